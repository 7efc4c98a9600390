"""Runs the measurements of growth that are named, or all of them."""

import sys

from benchmarks import ledgers, table


def main() -> None:
    """Print each measurement as lines of one table, and its notes as lines with a #."""
    ledgers.settings()
    from django.core.management import call_command

    from benchmarks.scale import readers, sizes

    known = {"readers": readers.measure, "sizes": sizes.measure}
    chosen = sys.argv[1:] or list(known)
    if unknown := set(chosen) - set(known):
        sys.exit(f"There is no measurement {unknown.pop()!r}; there are {', '.join(known)}.")
    with ledgers.fresh_server() as folder:
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        print(table.head(), flush=True)
        for name in chosen:
            for row in known[name](folder):
                print(row, flush=True)


if __name__ == "__main__":
    main()

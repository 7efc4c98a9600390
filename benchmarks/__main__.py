"""Runs the measurements named, or all of them."""

import sys

from benchmarks import ledgers, table


def main() -> None:
    """Print each measurement as lines of one table."""
    ledgers.settings()
    from benchmarks import (
        batch_page,
        downloads,
        imports,
        matrix,
        memory,
        overview,
        pages,
        peers,
        posting,
    )

    known = {
        "posting": posting.measure,
        "matrix": matrix.measure,
        "overview": overview.measure,
        "pages": pages.measure,
        "imports": imports.measure,
        "downloads": downloads.measure,
        "batch_page": batch_page.measure,
        "peers": peers.measure,
        "memory": memory.measure,
    }
    chosen = sys.argv[1:] or list(known)
    if unknown := set(chosen) - set(known):
        sys.exit(f"There is no measurement {unknown.pop()!r}; there are {', '.join(known)}.")
    with ledgers.fresh_server() as folder:
        print(table.head(), flush=True)
        for name in chosen:
            for row in known[name](folder):
                print(row, flush=True)


if __name__ == "__main__":
    main()

"""What `make clean` runs: removes all data of this folder, wherever they are, once told yes."""

import shutil
import sys
from pathlib import Path

from carsi_tracker.database import address
from carsi_tracker.local import place, postgresql


def main() -> None:
    """Name what would be removed, and remove it where the answer is yes."""
    folder = address.EMBEDDED
    try:
        ours = belongings(folder)
        if ours and _told("This removes the ledger, people and passwords of this folder:", ours):
            _stop(folder)
            _remove(ours)
        for kept, home in place.of_deleted_folders():
            if _told(f"This keeps the data of {home}, which is not there any more:", [kept]):
                _remove([kept])
    except postgresql.ServerError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}.")


def belongings(folder: Path) -> list[Path]:
    """Return the folders that hold what the server of `folder` keeps, in `var/` and elsewhere."""
    found = {folder.parent, *place.kept_elsewhere(folder)}
    sockets = postgresql.socket_folder(folder)
    if sockets != place.data_folder(folder):
        found.add(sockets)
    return sorted(path for path in found if path.exists())


def _told(what: str, found: list[Path]) -> bool:
    print(what)
    print("\n".join(f"  {path}" for path in found))
    print("Type yes to remove it for good: ", end="", flush=True)
    told = sys.stdin.readline().strip() == "yes"
    if not told:
        print("\nNothing was removed.")
    return told


def _remove(found: list[Path]) -> None:
    for path in found:
        shutil.rmtree(path)
    print("Removed.")


def _stop(folder: Path) -> None:
    """Stop a server that nobody uses. Raises ServerError where somebody does."""
    if postgresql.lives(folder):
        postgresql.start(folder)
        if not postgresql.release(folder):
            raise postgresql.ServerError("The tracker of this folder runs; stop it first.")


if __name__ == "__main__":
    main()

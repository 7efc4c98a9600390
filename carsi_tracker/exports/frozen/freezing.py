"""Freezes a version: pages and files are asked, and written so that they stand alone."""

import hashlib
import multiprocessing
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar

from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connections

from carsi_tracker.exports.frozen import beside
from carsi_tracker.exports.frozen.asking import NotFrozen, answer, as_it_stood
from carsi_tracker.exports.frozen.contents import asked_of, day_of, days_of, first_pages
from carsi_tracker.exports.frozen.places import SITE, VERIFY, Copy, FrozenAddress
from carsi_tracker.exports.frozen.rewriting import as_frozen, links
from carsi_tracker.figures.query import Version

A = TypeVar("A")
R = TypeVar("R")
Links = frozenset[FrozenAddress]
Progress = Callable[[str, int, int], None]
"""Takes what is being done, how much of it is done, and how much there is."""
ADDRESSES_A_CHUNK = 16

_work: Callable[[Any], Any] = bool
"""What the processes of a pool do: they are forked with it, and nothing of it is sent."""


def freeze(
    version: Version,
    folder: Path,
    site: str,
    progress: Progress,
    *,
    processes: int,
    chosen: Callable[[FrozenAddress], bool] = bool,
) -> None:
    """Write the frozen site of a version into a folder, which must be empty or not be there.

    Of its pages it has those that are chosen, by default all. Raises NotFrozen.
    """
    copy = Copy(version, (day_of(version),), site)
    with _whole_or_not_at_all(folder) as made, as_it_stood(copy):
        asked = asked_of(version)
        copy = replace(copy, days=days_of(asked))
        copy = replace(copy, files=beside.write_ledger(made, copy))
        beside.write_data(made, copy, asked)
        pages = [FrozenAddress(VERIFY, copy.newest, spanish) for spanish in (False, True)]
        freezing = Freezing(made, copy, progress, processes)
        freezing.freeze([*pages, *filter(chosen, first_pages(copy, asked))])
        beside.write_citation(made, copy)
        _write_sums(made)


@contextmanager
def _whole_or_not_at_all(folder: Path) -> Iterator[Path]:
    """Give a folder beside another one, whose place it takes at the end. Raises NotFrozen."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotFrozen(f"{folder} is not empty: name a folder that is, or that does not exist.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise NotFrozen(f"Nothing can be written beside {folder}: {error.strerror}.") from error
    try:
        yield made
        made.chmod(0o755)
        made.replace(folder)
    except OSError as error:
        raise NotFrozen(f"{folder} can't be written: {error.strerror}.") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


@dataclass
class Freezing:
    """A frozen site while it is made, in a folder, by several processes."""

    folder: Path
    copy: Copy
    progress: Progress
    processes: int

    def freeze(self, first: Sequence[FrozenAddress]) -> None:
        """Write the given pages, and what is frozen of all that they link to."""
        kept = self._gather(first)
        pages = sorted(each for each in kept if each.is_page)
        rewrite = self._in_processes("Writing links", lambda page: self._rewrite(page, kept), pages)
        for name in sorted({name for names in rewrite for name in names}):
            self._write_static(name)

    def _gather(self, first: Sequence[FrozenAddress]) -> Links:
        kept: set[FrozenAddress] = set()
        seen, asked = set(first), list(first)
        while asked:
            found = self._in_processes("Reading pages", self._keep, asked)
            new: set[FrozenAddress] = set()
            for address, linked in zip(asked, found, strict=True):
                if linked is not None:
                    kept.add(address)
                    new |= linked
            asked = sorted(new - seen)
            seen |= new
        return frozenset(kept)

    def _keep(self, address: FrozenAddress) -> Links | None:
        """Write what the living site answers; return what is to be frozen of its links."""
        living = address.living(self.copy)
        path = self._path(address)
        if address.path == VERIFY:
            content = beside.verify_page(address, self.copy)
        else:
            with answer(living) as pieces:
                if pieces is None:
                    return None
                if not address.is_page:
                    self._write_file(path, pieces)
                    return frozenset()
                content = b"".join(pieces)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return frozenset(
            link for link in links(content, living, self.copy) if _is_followed(link, address)
        )

    def _write_file(self, path: Path, pieces: Iterable[bytes]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".csv":  # as long as the ledger, and without an address of the site
            with path.open("wb") as file:
                file.writelines(pieces)
        else:
            path.write_bytes(b"".join(pieces).replace(SITE.encode(), self.copy.site.encode()))

    def _rewrite(self, address: FrozenAddress, kept: Links) -> set[str]:
        path = self._path(address)
        page, static = as_frozen(path.read_bytes(), address, self.copy, kept)
        path.write_text(page, encoding="utf-8", newline="\n")
        return static

    def _write_static(self, name: str) -> None:
        path = self.folder / "static" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with staticfiles_storage.open(name) as file:
            path.write_bytes(file.read())

    def _path(self, address: FrozenAddress) -> Path:
        return self.folder / address.place(self.copy)

    def _in_processes(self, what: str, work: Callable[[A], R], given: Sequence[A]) -> list[R]:
        """Do something with each of what is given, in as many processes as may be."""
        done = []
        for result in _results(work, given, self.processes):
            done.append(result)
            self.progress(what, len(done), len(given))
        return done


def _results(work: Callable[[A], R], given: Sequence[A], processes: int) -> Iterator[R]:
    if processes == 1:
        yield from map(work, given)
        return
    global _work  # noqa: PLW0603 (it is for what is forked)
    _work = work
    connections.close_all()  # each process opens its own
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as pool:
        yield from pool.map(_do, given, chunksize=ADDRESSES_A_CHUNK)


def _do(given: Any) -> Any:
    return _work(given)


def _is_followed(link: FrozenAddress, by: FrozenAddress) -> bool:
    """Say whether a link adds what is frozen: lists with filters lead to their own pages alone."""
    if link.is_page and not link.filters and link.page == 1:
        return False  # it is among the first pages, if it is anywhere
    return not by.filters or (link.is_page and link.filters == by.filters)


def _write_sums(folder: Path) -> None:
    """Write the SHA-256 of each file, as `sha256sum` does."""
    files = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    with (folder / beside.SUMS).open("w", encoding="utf-8", newline="\n") as sums:
        for name in files:
            with (folder / name).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            sums.write(f"{digest}  {name}\n")


def processors() -> int:
    """Return how many processes can work at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

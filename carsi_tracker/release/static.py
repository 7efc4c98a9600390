"""Static files of earlier releases, which pages that somebody kept still name."""

import os
from datetime import timedelta
from filecmp import cmp
from pathlib import Path
from time import time
from typing import Any

from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.checks import CheckMessage, Warning  # noqa: A004 (Django's name)
from django.core.exceptions import ImproperlyConfigured

KEPT_FOR = timedelta(days=30)
"""How long a file is kept from the first release on that does without it."""
COMPRESSED = (".gz", ".br")
NOT_CURRENT = (
    "The static files are those of another release: run manage.py collectstatic, and start the web "
    "processes again."
)


def named_files() -> set[str]:
    """Return the collected files that pages name now; nothing where no names are kept."""
    if not isinstance(staticfiles_storage, ManifestFilesMixin):
        return set()
    names, _digest = staticfiles_storage.load_manifest()
    return {*names, *names.values(), staticfiles_storage.manifest_name} if names else set()


def require_static_files() -> None:
    """Raise ImproperlyConfigured where pages name static files that nobody has collected."""
    if isinstance(staticfiles_storage, ManifestFilesMixin) and not named_files():
        raise ImproperlyConfigured("No static files are collected: run manage.py collectstatic.")


def check_that_static_files_are_current(**_of: Any) -> list[CheckMessage]:
    """Say that what is collected is not what this release has."""
    for finder in get_finders():
        for name, storage in finder.list([]):
            collected = staticfiles_storage.path(name)
            if not Path(collected).is_file() or not cmp(
                storage.path(name), collected, shallow=False
            ):
                return [Warning(NOT_CURRENT, id="release.W002")]
    return []


def retire(root: Path, before: set[str]) -> None:
    """Remove the files that pages have done without for KEPT_FOR.

    `before` are those that pages named until now: of these, the ones that are no longer named
    begin to count.
    """
    named = named_files()
    for path in root.rglob("*") if named else ():
        name = path.relative_to(root).as_posix()
        for ending in COMPRESSED:
            name = name.removesuffix(ending)
        if not path.is_file() or name in named:
            continue
        if name in before:
            os.utime(path)
        elif time() - path.stat().st_mtime > KEPT_FOR.total_seconds():
            path.unlink()

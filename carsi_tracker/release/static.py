"""Static files of earlier releases, which pages that somebody kept still name."""

import os
from datetime import timedelta
from pathlib import Path
from time import time

from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.exceptions import ImproperlyConfigured

KEPT_FOR = timedelta(days=30)
"""How long a file is kept from the first release on that does without it."""
COMPRESSED = (".gz", ".br")


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

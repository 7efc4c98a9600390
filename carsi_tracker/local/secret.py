"""The secret that signs sessions and forms."""

import contextlib
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from carsi_tracker import environment
from carsi_tracker.database.address import VAR, is_embedded


def secret_key() -> str:
    """Return SECRET_KEY, or locally the one kept in `var/`; raise ImproperlyConfigured."""
    if key := environment.text("SECRET_KEY"):
        return key
    if is_embedded():
        return kept(VAR / "secret_key")
    message = "SECRET_KEY is not set: set it to a long random text, the same for every process."
    raise ImproperlyConfigured(message)


def kept(file: Path) -> str:
    """Return the secret in a file that only its owner may read, made where there is none."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):  # another process was first
            file.hardlink_to(draft)
        draft.unlink()
    return file.read_text()

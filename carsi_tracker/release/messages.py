"""The Spanish messages, which are compiled from the catalogue that translators write."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 (Django's name)
from django.core.exceptions import ImproperlyConfigured

NOT_COMPILED = (
    "The messages of {} are not compiled, so its pages would be in English: "
    "run manage.py collectstatic, which compiles them."
)
NOT_CURRENT = (
    "The messages of {} are those of another release: run manage.py collectstatic, and start the "
    "web processes again."
)


def compile_messages() -> None:
    """Compile the catalogues that differ from what is compiled; nobody reads half of one."""
    for compiled, made in _not_current():
        unfinished = compiled.with_suffix(".unfinished")
        unfinished.write_bytes(made)
        unfinished.replace(compiled)


def require_messages() -> None:
    """Raise ImproperlyConfigured where a language has no compiled messages."""
    for lack in _lacks():
        raise ImproperlyConfigured(lack)


def check_messages(**_of: Any) -> list[CheckMessage]:
    """Say which language has no compiled messages, for `manage.py check`."""
    return [Error(lack, id="release.E001") for lack in _lacks()]


def check_that_messages_are_current(**_of: Any) -> list[CheckMessage]:
    """Say which language has messages compiled from another release's catalogue."""
    return [
        Warning(NOT_CURRENT.format(compiled.parents[1].name), id="release.W001")
        for compiled, _made in _not_current()
        if compiled.is_file()
    ]


def _not_current() -> Iterator[tuple[Path, bytes]]:
    for catalogue, compiled in _catalogues():
        made = BytesIO()
        with catalogue.open("rb") as source:
            write_mo(made, read_po(source))
        if not compiled.is_file() or compiled.read_bytes() != made.getvalue():
            yield compiled, made.getvalue()


def _lacks() -> list[str]:
    return [
        NOT_COMPILED.format(compiled.parents[1].name)
        for _catalogue, compiled in _catalogues()
        if not compiled.is_file()
    ]


def _catalogues() -> Iterator[tuple[Path, Path]]:
    for folder in settings.LOCALE_PATHS:
        for catalogue in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            yield catalogue, catalogue.with_suffix(".mo")

"""The Spanish catalogue: its messages, and the parts that are filled in."""

import re
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.conf import settings

CATALOGUE = Path(settings.BASE_DIR) / "locale" / "es" / "LC_MESSAGES" / "django.po"


PARTS = re.compile(r"%\(\w+\)[sd]|%[sd]")


def messages() -> list[Message]:
    with CATALOGUE.open("rb") as lines:
        return [message for message in read_po(lines, locale="es") if message.id]


def texts(said: str | tuple[str, ...] | list[str]) -> list[str]:
    return [said] if isinstance(said, str) else list(said)

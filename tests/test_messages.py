"""The Spanish catalogue is whole."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client

CATALOGUE = Path(settings.BASE_DIR) / "locale" / "es" / "LC_MESSAGES" / "django.po"
PAGES = (
    "/es/",
    "/es/entries/?country=PA&stage=committed&as_of=2010-09-30",
    "/es/entries/?measure=available",
    "/es/entries/12-5/",
    "/es/commitments/",
    "/es/commitments/CARSI-08-INCLE-10/",
    "/es/documents/",
    "/es/documents/gao-13-295r/",
    "/es/changes/",
    "/es/changes/12/",
    "/es/balance/",
    "/es/entries/?page=99",
    "/es/entries/?area=x",
    "/es/nothing/",
)


def messages() -> list[tuple[str, list[str]]]:
    with CATALOGUE.open("rb") as lines:
        catalogue = read_po(lines)
    assert not any(message.fuzzy for message in catalogue if message.id)
    return [
        (
            message.id if isinstance(message.id, str) else message.id[-1],
            [message.string] if isinstance(message.string, str) else list(message.string),
        )
        for message in catalogue
        if message.id
    ]


def test_every_message_is_translated_and_keeps_its_parts() -> None:
    for english, spanish in messages():
        parts = set(re.findall(r"%\(\w+\)s|%\(\w+\)d|%s|%d", english))
        for text in spanish:
            assert text, english
            found = set(re.findall(r"%\(\w+\)s|%\(\w+\)d|%s|%d", text))
            assert found <= parts, english
        assert set(re.findall(r"%\(\w+\)s|%\(\w+\)d|%s|%d", spanish[-1])) == parts, english


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("path", PAGES)
def test_no_page_in_spanish_says_anything_in_english(client: Client, path: str) -> None:
    html = client.get(path).content.decode()
    ours = re.sub(r"<(\w+)[^>]*\slang=\"en\"[^>]*>.*?</\1>", "", html, flags=re.DOTALL)
    for english, spanish in messages():
        plain = re.sub(r"\s+", " ", re.split(r"%\(|<", english)[0]).strip()
        if len(plain) > 8 and not any(plain in text for text in spanish):
            assert f">{plain}" not in re.sub(r"\s+", " ", ours), path

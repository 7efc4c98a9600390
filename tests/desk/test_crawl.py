"""All pages of the desk that links lead to: none refuses who sees it, none mixes languages."""

import re
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path
from urllib.parse import urljoin

import django
import pytest
from django.db import transaction
from django.test import Client

from carsi_tracker.ledger.models import Basis, ProgrammingArea, Stage
from tests.catalogue import PARTS, messages, texts
from tests.desk.conftest import People
from tests.desk.crawling import Form, Found, crawl, kind, read, sent_wrongly, world

ROLES = ["many", "petra"]


def words(text: str) -> int:
    return len(re.findall(r"[A-Za-z]{2,}", text))


def english() -> tuple[set[str], list[str]]:
    """Return what stands as a text of its own, and what stands within others, untranslated."""
    pairs = [
        pair
        for message in messages()
        for pair in zip(texts(message.id), texts(message.string), strict=False)
    ]
    for name in ("contrib/admin", "contrib/auth", "conf", ""):
        path = Path(django.__file__).parent / name / "locale/es/LC_MESSAGES/django.mo"
        if name and path.exists():
            with path.open("rb") as file:
                known = GNUTranslations(file)._catalog  # type: ignore[attr-defined]
            pairs += [(i, s) for i, s in known.items() if isinstance(i, str) and i]
    spanish = {said for _, said in pairs} | {*Stage.values, *Basis.values}  # codes of files
    spanish |= {*ProgrammingArea.objects.values_list("name_en", flat=True)}
    whole = {re.sub(r"\s+", " ", key.split("\x04")[-1]).strip() for key, _ in pairs} - spanish
    parts = {part.strip(" .,;:()“”") for text in whole for part in PARTS.split(text)}
    return whole, [part for part in parts if words(part) >= 3 and len(part) > 15]


def standing(found: Found, whole: set[str], parts: list[str]) -> Iterator[str]:
    assert found.read
    for text in set(found.read.texts):
        pieces = {text, text.rstrip(".: "), *re.split(r"(?<=[.:?])\s", text)}
        yield from (piece for piece in pieces if piece in whole and words(piece))
    together = "\n".join(found.read.texts)
    yield from (part for part in parts if part in together)


@pytest.mark.parametrize("who", ROLES)
def test_no_english_stands_on_a_spanish_page(people: People, who: str) -> None:
    of = world(people)
    client = people.client(of.many if who == "many" else people.petra)
    pages = [*crawl(client, [f"/es{start}" for start in of.starts], "es")]
    if who == "many":
        for path, typed in sent_wrongly(of):
            response = client.post(f"/es{path}", typed)
            pages.append(Found(f"{path} (sent)", "", response.status_code, read(response, "es")))
    whole, parts = english()
    mixed = {(t, f.path) for f in pages if f.read for t in standing(f, whole, parts)}
    once = dict(sorted(mixed, reverse=True))
    assert not once, "\n".join(f"{text!r} on {path}" for text, path in once.items())
    assert len(pages) > 60


@pytest.mark.parametrize("who", ["benito", "petra", "adela"])
def test_no_link_or_button_is_shown_to_who_may_not_use_it(people: People, who: str) -> None:
    world(people)
    client = people.client(getattr(people, who))
    pages = [*crawl(client, ["/admin/", "/account/"])]
    refused = [f"{f.source} leads to {f.path}: {f.status}" for f in pages if f.status >= 400]
    pressed: set[tuple[object, ...]] = set()
    for found in pages:
        for form in found.read.forms if found.read else []:
            refused += press(client, found.path, form, pressed)
    assert not refused, "\n".join(refused)
    assert len(pressed) > 5


def press(client: Client, page: str, form: Form, pressed: set[tuple[object, ...]]) -> Iterator[str]:
    """Press each button of a form once for each kind of page, and take back what that did."""
    for button in form.buttons:
        method = button.get("formmethod", form.method)
        target = urljoin(page, button.get("formaction") or form.action or page)
        sign = (kind(page), kind(target), button.get("name"))
        if method != "post" or "logout" in target or sign in pressed:
            continue
        pressed.add(sign)
        sent: dict[str, list[str]] = {}
        for name, value in form.fields:
            sent.setdefault(name, []).append(value)
        sent[button.get("name", "")] = [button.get("value", "")]
        with transaction.atomic():
            status = client.post(target, sent).status_code
            transaction.set_rollback(True)
        if status >= 400:
            yield f"{page}: {button} of {target} answers {status}"

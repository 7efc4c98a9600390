"""Every page of the desk that a person is led to, read as a browser would read it."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve
from django.urls.exceptions import Resolver404

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Commitment
from tests import factories
from tests.desk.conftest import ALLOCATE, People, address, allocate, allocation

ALIKE = 1
"""So many addresses of a kind are followed: those of one row are like those of another."""
EMPTY = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
TOLD = {"title", "aria-label", "placeholder", "alt", "aria-description"}


@dataclass
class Form:
    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[dict[str, str]] = field(default_factory=list)


class Reader(HTMLParser):
    """What is said on a page in its own language, where it leads, and what it sends."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.open: list[tuple[str, str, bool]] = []
        self.texts: list[str] = []
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.named: dict[str, Form] = {}
        self.form: Form | None = None
        self.select: tuple[Form, str] | None = None
        self.chosen: str | None = None

    @property
    def here(self) -> tuple[str, bool]:
        return (self.open[-1][1], self.open[-1][2]) if self.open else (self.language, False)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        language, silent = self.here
        language = found.get("lang", language)
        silent = silent or tag in {"script", "style", "code", "kbd", "textarea", "svg"}
        if tag not in EMPTY:
            self.open.append((tag, language, silent))
        if language == self.language and not silent:
            self.texts += [
                text
                for name, text in found.items()
                if name in TOLD or (name.startswith("data-") and " " in text)
            ]
            if tag == "input" and found.get("type") == "submit":
                self.texts.append(found.get("value", ""))
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        self._of_form(tag, found)

    def _of_form(self, tag: str, found: dict[str, str]) -> None:
        if tag == "form":
            self.form = Form(found.get("action", ""), found.get("method", "get").lower())
            self.forms.append(self.form)
            self.named[found.get("id", "")] = self.form
        form = self.named.get(found["form"]) if "form" in found else self.form
        if form is None or "disabled" in found:
            return
        kind = found.get("type", "submit" if tag == "button" else "text")
        if tag in {"button", "input"} and kind == "submit":
            form.buttons.append(found)
        elif tag == "input" and "name" in found and kind not in {"file", "button"}:
            if kind not in {"checkbox", "radio"} or "checked" in found:
                form.fields.append((found["name"], found.get("value", "on")))
        elif tag == "select" and "name" in found:
            self.select, self.chosen = (form, found["name"]), None
        elif tag == "option" and self.select and (self.chosen is None or "selected" in found):
            self.chosen = found.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        if tag == "select" and self.select:
            self.select[0].fields.append((self.select[1], self.chosen or ""))
            self.select = None
        while any(name == tag for name, *_ in self.open):
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        language, silent = self.here
        if language == self.language and not silent and data.strip():
            self.texts.append(re.sub(r"\s+", " ", data).strip())


@dataclass
class Found:
    """A page: its address, who led to it, what it answered."""

    path: str
    source: str
    status: int
    read: Reader | None


def kind(path: str) -> str | None:
    """Return what addresses alike share; none for those outside of the desk."""
    parts = urlsplit(path)
    try:
        route = resolve(parts.path).route
    except Resolver404:
        return parts.path
    asked = min((name for name, _ in parse_qsl(parts.query, keep_blank_values=True)), default="")
    return f"{route}?{asked}" if "admin/" in route or "account/" in route else None


def read(response: Any, language: str) -> Reader | None:
    if not response.get("Content-Type", "").startswith("text/html"):
        return None
    reader = Reader(language)
    reader.feed(response.content.decode())
    return reader


def crawl(client: Client, starts: list[str], language: str = "en") -> Iterator[Found]:
    """Yield all pages that links lead to, a few of each kind."""
    waiting = [(start, "") for start in starts]
    met, kinds = set(starts), Counter[str]()
    while waiting:
        path, source = waiting.pop(0)
        response = client.get(path)
        if not response.streaming and response.status_code in {301, 302}:
            target = urljoin(path, response["Location"])
            if target not in met:
                met.add(target)
                waiting.append((target, path))
        page = None if response.streaming else read(response, language)
        yield Found(path, source, response.status_code, page)
        for link in page.links if page else []:
            target = urljoin(path, link.partition("#")[0])
            alike = kind(target) if target.startswith("/") and "logout" not in target else None
            other = target.startswith("/es/") != (language == "es")
            if target in met or alike is None or other or kinds[alike] >= ALIKE:
                continue
            kinds[alike] += 1
            met.add(target)
            waiting.append((target, path))


PLAN = "Programa (miles de $)\tMonto\tFecha\nEstado de derecho\t10\t8/24/2010\nTotal\t11\t\n"
WRONG = "\t\t2008\tINCLE\t\t\t\t\t\tcomprometido\t1x\t31/31/2009\tno-such\t\tdicho"
BAD_FILE = b"reference,stage,amount_usd\nCARSI-99,obliged,1x\n"


@dataclass
class World:
    """Batches in every state, and a person in two roles who sees nearly all of the desk."""

    people: People
    many: User
    draft: Batch
    starts: list[str]


def world(people: People) -> World:
    many = factories.person(username="marta", is_analyst=True, is_administrator=True)
    client = people.client(many)
    draft = allocate(client, _draft="")
    over = allocate(client, _draft="", amount="11,500,000", reference="CARSI-08-INCLE-88")
    returned = allocate(client, reference="CARSI-08-INCLE-90")
    posting.send_back(returned.pk, people.petra, "Which page?")
    posted = allocate(client, reference="CARSI-08-INCLE-91")
    posting.post(posted.pk, people.petra, posting.digest(posted.pk))
    submitted = allocate(client, reference="CARSI-08-INCLE-92")
    client.post(address(submitted, "remark"), {"text": "See the table.", "after": 0})
    bad = client.post(
        "/admin/ledger/batch/import/", {"file": SimpleUploadedFile("bad.csv", BAD_FILE)}
    )["Location"]
    starts = ["/admin/", "/account/", ALLOCATE, bad, "/admin/find/?q=honduras", "/admin/find/?q=zz"]
    starts += [f"/admin/ledger/batch/{b.pk}/change/" for b in (draft, over, returned, submitted)]
    return World(people, many, draft, starts)


def sent_wrongly(of: World) -> list[tuple[str, dict[str, Any]]]:
    """What is typed so that a form is shown again with what is wrong."""
    old = f"/admin/ledger/commitment/{Commitment.objects.earliest('pk').pk}"
    paste = address(of.draft, "lines/paste")
    nothing: dict[str, Any] = {}
    return [
        (paste, {"pasted": PLAN, "revision": of.draft.revision}),
        (paste, {"pasted": WRONG, "revision": of.draft.revision}),
        (ALLOCATE, allocation(amount="1x", effective_date="soon", country="")),
        (ALLOCATE, allocation(amount="11,500,000", effective_date="2009-03-13")),
        ("/admin/ledger/batch/add/", nothing),
        ("/admin/ledger/batch/import/", nothing),
        ("/admin/ledger/batch/returned/", nothing),
        *[(f"{old}/{verb}/", nothing) for verb in ("record-obligation", "reduce", "move")],
        *[
            (f"/admin/ledger/{name}/add/", nothing)
            for name in ("country", "document", "organization", "publishedfigure", "openquestion")
        ],
        ("/admin/accounts/user/add/", nothing),
    ]

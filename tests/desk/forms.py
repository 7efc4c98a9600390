"""Forms as a browser would send them."""

from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.forms.stale import fingerprint
from carsi_tracker.ledger.models import Document


class _Form(HTMLParser):
    """Collects what the fields of one form hold."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.inside = False
        self.fields: list[tuple[str, str]] = []
        self.select: str | None = None
        self.chosen: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = found.get("id") == self.form_id
        elif not self.inside:
            return
        elif tag == "input" and "name" in found:
            if found["type"] not in {"checkbox", "radio"} or "checked" in found:
                self.fields.append((found["name"], found.get("value", "on")))
        elif tag == "select":
            self.select, self.chosen = found["name"], None
        elif tag == "option" and self.select and (self.chosen is None or "selected" in found):
            self.chosen = found["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select" and self.select:
            self.fields.append((self.select, self.chosen or ""))
            self.select = None


def filled(response: HttpResponse, form_id: str) -> dict[str, Any]:
    """Return what a browser would send of a form of a page, by name; `row` as a list."""
    assert response.status_code == 200
    parser = _Form(form_id)
    parser.feed(response.content.decode())
    sent: dict[str, Any] = dict(parser.fields)
    assert sent, form_id
    return sent | {"row": [value for name, value in parser.fields if name == "row"]}


PASSWORD = "a-long-walk-in-Tegucigalpa"


def person(user: User, **changes: Any) -> dict[str, Any]:
    """What somebody fills into a person's form; a role that is off is not sent."""
    sent: dict[str, Any] = {
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
    }
    roles = ("is_analyst", "is_approver", "is_administrator", "is_active")
    sent |= {role: "on" for role in roles if getattr(user, role)} | changes
    return {name: value for name, value in sent.items() if value is not None}


def change(client: Client, document: Document, **changes: Any) -> Any:
    document = Document.objects.get(pk=document.pk)
    sent = {"background": "on"} if document.background else {}
    sent |= {
        "title": document.title,
        "title_es": document.title_es,
        "language": document.language,
        "publisher": document.publisher,
        "published_on": str(document.published_on),
        "url": document.url,
        "note": document.note,
        "change_reason": "the file",
        "seen": fingerprint(document),
    }
    return client.post(f"/admin/ledger/document/{document.pk}/change/", sent | changes)

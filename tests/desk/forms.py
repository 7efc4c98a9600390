"""Forms as a browser would send them."""

from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse


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

"""The page that tells of the API, made of its description, with lines to copy."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from carsi_tracker.exports.api.examples import examples
from carsi_tracker.exports.api.openapi import META, REFUSED, SAID, description
from carsi_tracker.exports.api.views import api
from carsi_tracker.reports.page.address import site_of
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.reports.page.render import render_page


@dataclass(frozen=True)
class ToldField:
    """A field or a parameter: its name, what it holds, what it means."""

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True)
class ToldList:
    """A list of the API, with its addresses, parameters and fields."""

    name: str
    path: str
    one: str
    summary: str
    parameters: tuple[str, ...]
    fields: tuple[ToldField, ...]


@public_page()
def reference(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Show how programs ask: lists, parameters, fields, refusals, examples."""
    described = description(request, api)
    return render_page(
        request,
        public,
        "exports/api.html",
        lists=list(_lists(described)),
        parameters=[
            ToldField(name, example, str(said)) for name, (said, example, _more) in SAID.items()
        ],
        meta=[ToldField(name, "", str(said)) for name, said in META.items()],
        refusals=REFUSED.items(),
        examples=examples(site_of(request), request.LANGUAGE_CODE),
    )


def _lists(described: dict[str, Any]) -> Iterator[ToldList]:
    schemas, paths = described["components"]["schemas"], described["paths"]
    for path, methods in paths.items():
        if path.endswith("{key}"):
            continue
        asked = methods["get"]
        answer = asked["responses"]["200"]["content"]["application/json"]["schema"]
        rows = schemas[_named(answer)]["properties"]["data"]["items"]
        yield ToldList(
            asked["tags"][0],
            path,
            f"{path}/{{key}}" if f"{path}/{{key}}" in paths else "",
            asked["summary"],
            tuple(map(_named, asked["parameters"])),
            tuple(
                ToldField(name, _kind(field), field["description"])
                for name, field in schemas[_named(rows)]["properties"].items()
            ),
        )


def _named(reference: dict[str, str]) -> str:
    """Return the name of what a description refers to."""
    return reference["$ref"].rpartition("/")[2]


def _kind(field: dict[str, Any]) -> str:
    """Say in words what a field holds."""
    said = {"date": _("a day"), "date-time": _("a moment in UTC")}
    kind: dict[str, Any] = next(
        (each for each in field.get("anyOf", [field]) if each.get("type") != "null"), {}
    )
    if kind.get("type") == "integer":
        return _("a whole number")
    if "pattern" in kind or "pattern" in field:
        return _("dollars and cents, as text")
    return said.get(field.get("format", ""), _("text"))

"""The API's description: OpenAPI 3.1, in the language that is spoken."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.openapi.schema import REF_TEMPLATE

from carsi_tracker.exports.api.fields import SPOKEN
from carsi_tracker.exports.api.figures import BY, SUMS
from carsi_tracker.exports.api.problems import MEDIA_TYPE
from carsi_tracker.exports.api.schema import ApiProblem
from carsi_tracker.exports.api.tables import API_TABLES
from carsi_tracker.exports.tables import LANGUAGES
from carsi_tracker.figures.published import Verdict
from carsi_tracker.figures.query import MEASURES
from carsi_tracker.ledger.models import Basis, Stage
from carsi_tracker.reports.downloads.fields import Field
from carsi_tracker.reports.downloads.provenance import LICENCE
from carsi_tracker.reports.page.address import site_of
from carsi_tracker.reports.records import evidence

SAID: dict[str, tuple[Promise, str, dict[str, Any]]] = {
    "as_of": (
        gettext_lazy(
            "figures through the end of this day; without it, through today in Washington"
        ),
        "2009-09-30",
        {"format": "date"},
    ),
    "version": (
        gettext_lazy(
            "figures as this version of the ledger knew them: its number and the start of its "
            "checksum; a bare number redirects to that"
        ),
        "16",
        {},
    ),
    "known_on": (
        gettext_lazy("redirects to the version that the ledger was at on a day, or at a moment"),
        "2026-11-25",
        {},
    ),
    "area": (gettext_lazy("entries of a programming area, by code"), "community", {}),
    "country": (
        gettext_lazy("entries of a country, by code; regional is the region as such"), "HN", {},
    ),
    "goal": (
        gettext_lazy("entries of a goal, by number; none is what states none"), "2", {},
    ),
    "account": (gettext_lazy("entries of an account"), "INCLE", {}),
    "year": (gettext_lazy("entries of a fiscal year, the one of the appropriation"), "2009", {}),
    "agency": (gettext_lazy("entries of an agency"), "USAID", {}),
    "partner": (gettext_lazy("entries of a partner; none is what names none"), "none", {}),
    "commitment": (
        gettext_lazy("entries of a commitment, by reference"), "CARSI-08-INCLE-10", {},
    ),
    "stage": (gettext_lazy("entries of a stage"), "committed", {"enum": list(Stage.values)}),
    "measure": (
        gettext_lazy("the entries behind a difference, with their signs; not with stage"),
        "available",
        {"enum": list(MEASURES)},
    ),
    "basis": (gettext_lazy("the evidence"), "stated", {"enum": list(Basis.values)}),
    "document": (gettext_lazy("entries that cite a document, by key"), "gao-13-295r", {}),
    "posted_in": (gettext_lazy("the entries of one version"), "12", {}),
    "posted_from": (gettext_lazy("the entries of a version and all later ones"), "12", {}),
    "text": (
        gettext_lazy("entries that hold all these words, in either language"), "policia", {},
    ),
    "amount_from": (gettext_lazy("entries of at least this amount, in dollars"), "1000000", {}),
    "amount_to": (gettext_lazy("entries of at most this amount, in dollars"), "0", {}),
    "date_from": (
        gettext_lazy("entries that took effect on this day or later"), "2009-01-01",
        {"format": "date"},
    ),
    "date_to": (
        gettext_lazy("entries that took effect on this day or earlier"), "2009-12-31",
        {"format": "date"},
    ),
    "sort": (gettext_lazy("the order: a column, - in front for descending"), "", {}),
    "evidence": (
        gettext_lazy("documents with such entries"), "stated", {"enum": list(evidence.CHOICES)},
    ),
    "publisher": (gettext_lazy("totals of one publisher, as its name is written there"), "", {}),
    "verdict": (
        gettext_lazy("totals that compare so"), "matches", {"enum": list(Verdict.values)},
    ),
    "by": (
        gettext_lazy(
            "what a row is of: one or two of the dimensions, divided by a comma; without it, all "
            "is one row"
        ),
        "area,country",
        {},
    ),
    "cursor": (
        gettext_lazy("where the next rows begin; stands in “next” of an answer, never made up"),
        "",
        {},
    ),
    "key": (gettext_lazy("the key of a row"), "", {}),
}  # fmt: skip
"""What each parameter asks, an example, and what its values are."""
TIME = ("as_of", "version", "known_on")
FILTERS = tuple(SAID)[len(TIME) : tuple(SAID).index("sort")]
META: dict[str, Promise] = {
    "as_of": gettext_lazy("the day through which figures are"),
    "version": gettext_lazy("the version of the ledger"),
    "checksum": gettext_lazy("the checksum of the ledger up to it"),
    "posted_at": gettext_lazy("when it was posted"),
    "licence": gettext_lazy("the license of the data"),
    "self": gettext_lazy("the address of this answer, with day and version: it lasts"),
    "html": gettext_lazy("the page of the same question"),
    "csv": gettext_lazy("the file of the same question, whole"),
    "count": gettext_lazy("how many rows there are in all"),
    "total_of": gettext_lazy("the stage or balance that the total sums"),
    "total_usd": gettext_lazy("the total; null where it is not known, or rows don’t add up"),
}
REFUSED = {
    "400": gettext_lazy(
        "A parameter can’t be read: the problem names it and says what is accepted"
    ),
    "404": gettext_lazy("Nothing has this address in the version that is asked"),
    "405": gettext_lazy("Only GET, HEAD and OPTIONS are answered"),
    "406": gettext_lazy("Only JSON is answered"),
    "429": gettext_lazy("Too many requests"),
    "500": gettext_lazy("An error of the tracker"),
    "503": gettext_lazy(
        "Too much is asked for at once, or the database is away; says when to come back"
    ),
}


def description(request: HttpRequest, api: NinjaAPI) -> dict[str, Any]:
    """Return the description of the API on the site that is asked, as OpenAPI has it."""
    made = dict(api.get_openapi_schema(path_prefix="/api/v1/"))
    made["info"] = {
        "title": "CARSI Tracker",
        "version": api.version,
        "summary": _("The public ledger of U.S. security aid to Central America, for programs"),
        "description": _(
            "Answers are of one day and one version of the ledger, and name both. Amounts are U.S. "
            "dollars with cents, as text. Fields are never renamed; new ones may come."
        ),
        "license": {"name": "CC0 1.0", "url": LICENCE},
    }
    made["servers"] = [{"url": site_of(request)}]
    made["tags"] = [
        {"name": each.name, "description": str(each.table.title)} for each in API_TABLES.values()
    ]
    made["tags"].append({"name": "figures", "description": _("Figures")})
    schemas = made["components"]["schemas"]
    schemas["Problem"] = ApiProblem.model_json_schema(ref_template=REF_TEMPLATE)
    _describe_schemas(schemas)
    made["components"]["parameters"] = {name: _parameter(name) for name in SAID if name != "key"}
    made["components"]["responses"] = {
        f"Refused{status}": {
            "description": str(said),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, said in REFUSED.items()
    }
    for path, methods in made["paths"].items():
        methods.pop("head", None)
        _describe(path, methods["get"])
    return made


def _parameter(name: str) -> dict[str, Any]:
    said, example, more = SAID[name]
    shown = {"example": example} if example else {}
    return {
        "name": name, "in": "query", "required": False, "description": str(said),
        "schema": {"type": "string", **more}, **shown,
    }  # fmt: skip


def _describe(path: str, operation: dict[str, Any]) -> None:
    """Say of an operation what it answers, what it takes, and what else may come."""
    name = path.split("/")[3]
    one = path.endswith("{key}")
    table = API_TABLES.get(name)
    operation["tags"] = [name]
    if table is None:
        said, own = _("Figures by one dimension or by two"), [*FILTERS, "by", "cursor"]
    else:
        title, meaning = str(table.table.title), str(table.table.meaning)
        said = _("%(title)s: one by its key") % {"title": title} if one else f"{title}: {meaning}"
        filters = FILTERS if table.takes_filters else ()
        sort = ["sort"] if table.table.sorts else []
        own = [] if one else [*filters, *table.table.own, *sort, "cursor"]
    operation["summary"] = said
    operation["description"] = said
    for parameter in operation["parameters"]:
        parameter["description"] = str(SAID["key"][0])
    operation["parameters"] += [
        {"$ref": f"#/components/parameters/{each}"} for each in (*TIME, *own)
    ]
    found = operation["responses"].pop(200)
    found["description"] = _("The rows, and what they are of")
    operation["responses"] = {
        "200": found,
        "302": {"description": _("The address that lasts of what is asked")},
        "304": {"description": _("It is unchanged since it was last read")},
        **{status: {"$ref": f"#/components/responses/Refused{status}"} for status in REFUSED},
    }


def _describe_schemas(schemas: dict[str, Any]) -> None:
    for name, schema in schemas.items():
        schema.pop("description", None)
        columns = _columns(name)
        for field, of_field in schema.get("properties", {}).items():
            of_field.pop("title", None)
            if name == "ApiMeta":
                of_field["description"] = str(META[field])
            elif field in columns:
                of_field["description"] = columns[field]


def _columns(schema: str) -> dict[str, str]:
    """Return what the fields of a row mean, by name."""
    if schema == "FiguresRow":
        return {**{name: str(said) for name, said in BY.items()}, **_meanings(SUMS)}
    tables = {
        f"{''.join(word.capitalize() for word in each.name.split('-'))}Row": each
        for each in API_TABLES.values()
    }
    return _meanings(tables[schema].table.fields) if schema in tables else {}


def _meanings(columns: tuple[Field, ...]) -> dict[str, str]:
    found = {}
    for column in columns:
        for name in (
            [f"{column.name}_{language}" for language in LANGUAGES]
            if column.name in SPOKEN
            else [column.name]
        ):
            found[name] = str(column.meaning)
    return found

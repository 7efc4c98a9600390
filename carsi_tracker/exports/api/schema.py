"""What answers look like, as models from which the description in OpenAPI is made."""

from collections.abc import Iterable
from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field, create_model

from carsi_tracker.exports.api.fields import ApiField
from carsi_tracker.reports.downloads.fields import Holds

AMOUNT = r"^-?[0-9]+\.[0-9]{2}$"
KINDS: dict[Holds, tuple[Any, dict[str, Any]]] = {
    Holds.TEXT: (str, {}),
    Holds.CODE: (str, {}),
    Holds.NUMBER: (int, {}),
    Holds.AMOUNT: (str, {"pattern": AMOUNT}),
    Holds.SUM: (str, {"pattern": AMOUNT}),
    Holds.DAY: (str, {"json_schema_extra": {"format": "date"}}),
    Holds.MOMENT: (str, {"json_schema_extra": {"format": "date-time"}}),
}


class ClosedSchema(Schema):
    """An object that has the members named, and no others."""

    model_config = ConfigDict(extra="forbid")


class ApiMeta(ClosedSchema):
    """What an answer is of."""

    as_of: str = Field(json_schema_extra={"format": "date"})
    version: int
    checksum: str
    posted_at: str | None = Field(json_schema_extra={"format": "date-time"})
    licence: str = Field(json_schema_extra={"format": "uri"})
    self: str = Field(json_schema_extra={"format": "uri"})
    html: str | None = Field(json_schema_extra={"format": "uri"})
    csv: str | None = Field(json_schema_extra={"format": "uri"})
    count: int = Field(ge=0)
    total_of: str | None
    total_usd: str | None = Field(pattern=AMOUNT)


class ApiProblem(Schema):
    """A refusal (RFC 9457)."""

    type: str = Field(json_schema_extra={"format": "uri-reference"})
    title: str
    status: int
    detail: str
    parameter: str | None = None
    value: str | None = None
    accepted: str | None = None


def row_model(name: str, fields: Iterable[ApiField], sometimes: Iterable[str] = ()) -> type[Schema]:
    """Return the model of rows; those fields that are there `sometimes` depend on what is asked."""
    members: dict[str, Any] = {}
    for field in fields:
        kind, more = KINDS[field.column.holds]
        default = None if field.name in set(sometimes) else ...
        members[field.name] = (kind | None, Field(default, **more))
    return create_model(name, __base__=ClosedSchema, **members)


def answer_model(name: str, row: type[Schema]) -> type[Schema]:
    """Return the model of an answer that has such rows."""
    members: dict[str, Any] = {
        "meta": (ApiMeta, ...),
        "data": (list[row], ...),  # type: ignore[valid-type]
        "next": (str | None, Field(json_schema_extra={"format": "uri"})),
    }
    return create_model(name, __base__=ClosedSchema, **members)

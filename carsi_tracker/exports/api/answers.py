"""An answer: what it is of, its rows, and where the next begin."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from carsi_tracker.exports.api.cursors import cursor
from carsi_tracker.exports.api.fields import WRITERS
from carsi_tracker.exports.api.rows import Row
from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Query
from carsi_tracker.reports.downloads.fields import Holds
from carsi_tracker.reports.downloads.provenance import LICENCE
from carsi_tracker.reports.page.address import Address, site_of
from carsi_tracker.reports.page.citation import posted_at
from carsi_tracker.reports.page.public_page import PublicRequest

CURSOR = "cursor"
OPENAPI = "/api/v1/openapi.json"
DESCRIBED = f'<{OPENAPI}>; rel="service-desc"; type="application/json"'


@dataclass(frozen=True)
class ApiAnswer:
    """What an answer holds beside the request: rows, how many there are in all, where others are.

    `last` is the key after which the next rows begin; `html` and `csv` are paths of the same
    question; `summed` is what the total is of, None of a list without one, and `stage` what it sums
    where neither a stage nor a balance is asked.
    """

    rows: Sequence[Row]
    count: int
    last: str | None = None
    html: str | None = None
    csv: str | None = None
    summed: Query | None = None
    stage: str | None = None

    def response(self, request: HttpRequest, public: PublicRequest) -> HttpResponse:
        """Return it as JSON, with the address of the next rows."""
        site, query = site_of(request), public.query
        here = site + request.path
        address = replace(public.address, query=query.permanent(), page=1)
        following = None
        if self.last is not None:
            question = without_cursor(address)
            token = cursor(request.path + question.query_string(), query, self.last)
            following = here + with_cursor(question, token).query_string()
        posted = posted_at(query.version)
        name, total = self._total()
        held = {
            "meta": {
                "as_of": query.day.isoformat(),
                "version": query.version.number,
                "checksum": query.version.checksum,
                "posted_at": posted and WRITERS[Holds.MOMENT](posted),
                "licence": LICENCE,
                "self": here + address.query_string(),
                "html": self.html and site + self.html,
                "csv": self.csv and site + self.csv,
                "count": self.count,
                "total_of": name,
                "total_usd": total,
            },
            "data": self.rows,
            "next": following,
        }
        response = HttpResponse(
            json.dumps(held, ensure_ascii=False, separators=(",", ":")),
            content_type="application/json",
        )
        links = [f'<{following}>; rel="next"'] if following else []
        response["Link"] = ", ".join([*links, DESCRIBED])
        return response

    def _total(self) -> tuple[str | None, str | None]:
        """Return the name of the stage or balance that the total sums, and the total if known."""
        if self.summed is None:
            return None, None
        filters = self.summed.filters
        name = filters.measure or filters.stage or self.stage
        if name is None:
            return None, None
        sum_ = aggregates.totals(self.summed).of(name)
        return str(name), WRITERS[Holds.SUM](sum_.amount) if sum_.known else None


def without_cursor(address: Address) -> Address:
    """Return the address of the first rows."""
    return replace(address, own=tuple(each for each in address.own if each[0] != CURSOR))


def with_cursor(address: Address, token: str) -> Address:
    """Return the address of the rows where a cursor begins."""
    return replace(address, own=(*address.own, (CURSOR, token)))


def path_of(name: str, address: Address, *args: str | int) -> str:
    """Return the path of a page or a file of the same question, for ever."""
    return reverse(name, args=args) + address.query_string()

"""What list pages share: a page of a table, or the page that says it has no such page."""

from typing import Any

from django.core.paginator import EmptyPage, Paginator
from django.http import HttpRequest, HttpResponse

from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.page.render import render_page
from carsi_tracker.reports.tables.base import ROWS_A_PAGE, LedgerTable


class CountedPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs alone
    """A paginator that is told how many rows there are, where figures know that already."""

    def __init__(self, *args: Any, rows: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if rows is not None:
            self.count = rows


def render_list(
    request: HttpRequest,
    public: PublicRequest,
    template: str,
    table: LedgerTable,
    rows: int | None = None,
    **context: Any,
) -> HttpResponse:
    """Render the page of the table that the address names; 404 where the table lacks it.

    `rows` is how many rows the table has, where that is known.
    """
    try:
        table.paginate(
            paginator_class=CountedPaginator,
            page=public.address.page,
            per_page=ROWS_A_PAGE,
            rows=rows,
        )
    except EmptyPage:
        first_page = table.page_address(1)
        return render_page(
            request, public, "reports/no_such_page.html", status=404, first_page=first_page
        )
    return render_page(request, public, template, table=table, **context)

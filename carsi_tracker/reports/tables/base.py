"""What all public tables share: heads that sort, pages, and the query kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from carsi_tracker.figures.query import Query
from carsi_tracker.reports.page.address import Address, as_query_string
from carsi_tracker.reports.page.public_page import PublicRequest

ROWS_A_PAGE = 100


@dataclass(frozen=True)
class ColumnHead:
    """The head of a column: its title, how it is sorted now, and the page sorted by it.

    `classes` are those of its cells.
    """

    title: str
    classes: str
    sorted: str
    href: str | None


class LedgerTable(tables.Table):  # type: ignore[misc]
    """A table that knows its address: heads sort it, pages follow, both keep the query.

    Each column has a method `render_` that makes its cell of a record.
    """

    numeric: ClassVar[frozenset[str]] = frozenset()
    key: ClassVar[str] = ""
    """The column to read first, which is tinted."""
    caption: ClassVar[Any] = ""
    file: ClassVar[str] = ""

    class Meta:
        template_name = "tables/table.html"
        attrs: ClassVar[dict[str, str]] = {}

    def __init__(
        self,
        data: QuerySet[Any] | list[Any],
        path: str,
        public: PublicRequest,
        of: Query,
        **kwargs: Any,
    ) -> None:
        """Show `data`, which is what the query `of` is about, on the page `path`."""
        self.path, self.public, self.of = path, public, of
        super().__init__(data, order_by=public.address.sort or self._meta.order_by, **kwargs)

    @classmethod
    def sorts(cls) -> frozenset[str]:
        """Return the names of the columns that the table can be sorted by."""
        return frozenset(
            name for name, column in cls.base_columns.items() if column.orderable is not False
        )

    @classmethod
    def is_sorted_by_number(cls, public: PublicRequest) -> bool:
        """Say whether rows are asked for in the order of a column of numbers."""
        return (public.address.sort or "").removeprefix("-") in cls.numeric

    @cached_property
    def shown(self) -> list[Any]:
        """Return what the rows of the present page show."""
        return [row.record for row in self.page.object_list]

    @property
    def names(self) -> list[str]:
        """The names of the columns that are shown."""
        return list(self.columns.names())

    def lines(self) -> Iterator[SafeString]:
        """Yield the cells of each row."""
        return self.cells_of(self.shown)

    def cells_of(self, records: Iterable[Any]) -> Iterator[SafeString]:
        """Yield the cells of rows, the first its head: built here, as a page has hundreds."""
        head, *others = (getattr(self, f"render_{name}") for name in self.names)
        classes = map(self.classes_of, self.names[1:])
        opened = [f'<td class="{each}">' if each else "<td>" for each in classes]
        for record in records:
            cells = (
                f"{cell}{conditional_escape(render(record))}</td>"
                for cell, render in zip(opened, others, strict=True)
            )
            first = conditional_escape(head(record))
            yield SafeString(f'<th scope="row">{first}</th>{"".join(cells)}')

    def classes_of(self, name: str) -> str:
        """Return the classes of a column's cells."""
        return " ".join(["number"] * (name in self.numeric) + ["key"] * (name == self.key))

    def heads(self) -> Iterator[ColumnHead]:
        """Yield the heads of the columns."""
        for bound in map(self.columns.__getitem__, self.names):
            current = next((name for name in self.order_by if name.bare == bound.name), None)
            order = (
                "" if current is None else "descending" if current.is_descending else "ascending"
            )
            sort = f"-{bound.name}" if order == "ascending" else bound.name
            href = self.path + self.public.address.sorted_by(sort).query_string()
            yield ColumnHead(
                str(bound.header),
                self.classes_of(bound.name),
                order,
                href if bound.orderable else None,
            )

    @cached_property
    def query_string(self) -> str:
        """Write the day and version that links carry on."""
        return as_query_string(self.public.query.everywhere())

    @property
    def file_query(self) -> str:
        """The query of the whole table as a file, in the same order."""
        return Address(self.of, self.public.address.sort).query_string()

    def page_address(self, number: int) -> str:
        """Return the address of another page of the table."""
        return self.path + self.public.address.at_page(number).query_string()

    def pages(self) -> Iterator[tuple[str, str | None]]:
        """Yield the pages as (number, address), the present one without; gaps as an ellipsis."""
        for number in self.paginator.get_elided_page_range(self.page.number):
            here = number in (self.page.number, self.paginator.ELLIPSIS)
            yield str(number), None if here else self.page_address(int(number))

    @property
    def previous_page(self) -> str | None:
        """The address of the page before; None on the first."""
        number = self.page.number
        return self.page_address(number - 1) if self.page.has_previous() else None

    @property
    def next_page(self) -> str | None:
        """The address of the page after; None on the last."""
        return self.page_address(self.page.number + 1) if self.page.has_next() else None

"""The parts of the ledger that the public reads sums of: their names, order and filters."""

from collections.abc import Iterable, Iterator, Mapping

from django.utils.translation import gettext as _

from carsi_tracker.figures.query import NONE, Version
from carsi_tracker.figures.running_totals import Key
from carsi_tracker.figures.vocabulary import vocabulary
from carsi_tracker.ledger.models import Organization

Filters = dict[str, str | int]


class Parts:
    """What the values of dimensions are called, in the language of the page; one query."""

    def __init__(self, version: Version) -> None:
        words = vocabulary(version.number, version.checksum, version.label_revision)
        organizations: dict[str | int | None, str] = dict(
            Organization.objects.values_list("code", "code")
        )
        self._names: Mapping[str, Mapping[str | int | None, str]] = {
            "account": {each.code: each.code for each in words.accounts},
            "area": {each.code: each.name for each in words.areas},
            "country": {each.code: each.name for each in words.countries},
            "goal": {each.number: str(each) for each in words.goals}
            | {None: _("Goal not specified")},
            "agency": organizations,
            "partner": organizations | {None: _("Partner not specified")},
        }

        self._places = {
            name: {value: place for place, value in enumerate(values)}
            for name, values in self._names.items()
        }

    def in_order(
        self, dimensions: tuple[str, ...], keys: Iterable[Key]
    ) -> Iterator[tuple[Key, str, Filters]]:
        """Yield keys in the order of pages, each with its name and the filters that choose it.

        What has no such thing, as appropriations have no area, is left out.
        """
        named = [key for key in keys if self._names_all(dimensions, key)]
        for key in sorted(named, key=lambda key: self._place(dimensions, key)):
            values = dict(zip(dimensions, key, strict=True))
            name = ", ".join(self._name(*value) for value in values.items())
            if dimensions == ("account", "year"):
                name = f"{values['account']} FY{values['year']}"
            filters = {name: NONE if value is None else value for name, value in values.items()}
            yield key, name, filters

    def _names_all(self, dimensions: tuple[str, ...], key: Key) -> bool:
        pairs = zip(dimensions, key, strict=True)
        return all(name == "year" or value in self._names[name] for name, value in pairs)

    def _name(self, dimension: str, value: str | int | None) -> str:
        return f"FY{value}" if dimension == "year" else self._names[dimension][value]

    def _place(self, dimensions: tuple[str, ...], key: Key) -> tuple[object, ...]:
        return tuple(
            value if name == "year" else self._places[name][value]
            for name, value in zip(dimensions, key, strict=True)
        )

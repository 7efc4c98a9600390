"""The filters of text, amount and day choose what reading every entry chooses."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.selection import entries
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.folding import folded
from carsi_tracker.ledger.models import Commitment, Entry, Translation
from carsi_tracker.reports.page.address import as_query_string, written
from carsi_tracker.reports.page.parameters import BadAddress, read
from tests import factories

pytestmark = pytest.mark.usefixtures("sourced")


def ask(**address: str) -> Query:
    return read(address, *newest())


def test_a_text_asks_with_few_parameters_however_much_holds_it() -> None:
    asked = entries(ask(text="carsi")).query.sql_with_params()[1]
    assert list(Commitment.objects.order_by("reference").values_list("pk", flat=True)) in asked
    assert len(asked) <= 12


def words_of(entry: Entry, spanish: dict[str, str]) -> str:
    """All that an entry is found by."""
    commitment, document = entry.commitment, entry.document
    texts = [entry.note, entry.quote, entry.locator]
    texts += [spanish.get(text, "") for text in (entry.note, entry.locator)]
    texts += [document.key, document.title, document.title_es, document.publisher]
    if commitment:
        texts += [commitment.reference, commitment.title, commitment.title_es]
        for named in (commitment.area, commitment.country, commitment.agency, commitment.partner):
            if named:
                texts += [named.name_en, named.name_es]
        texts += [named.code for named in (commitment.agency, commitment.partner) if named]
    return folded("\n".join(texts))


def all_entries() -> list[Entry]:
    return list(
        Entry.objects.select_related(
            "document", "commitment__area", "commitment__country", "commitment__agency",
            "commitment__partner",
        ).order_by("posting_id", "line")
    )  # fmt: skip


NUMBERS = st.sampled_from(
    ["-5000000", "-2000000", "0", "1", "412000", "1000000", "1650000", "1650000.01", "4300000"]
)
DAYS = st.sampled_from(["2008-06-30", "2009-03-11", "2009-09-29", "2009-09-30", "2009-12-31"])
WORDS = st.sampled_from(
    ["panamá", "PANAMA", "pandillas", "gao", "carsi-08-incle", "police", "p", "%", "_", "\\", "el",
     "salvador", "nothing-has-this", "section", "reprogram", "usaid", "estado"]
)  # fmt: skip
ADDRESSES = st.fixed_dictionaries(
    {},
    optional={
        "text": st.lists(WORDS, min_size=1, max_size=3).map(" ".join),
        "amount_from": NUMBERS,
        "amount_to": NUMBERS,
        "date_from": DAYS,
        "date_to": DAYS,
        "as_of": DAYS,
        "stage": st.sampled_from(["committed", "obligated"]),
        "country": st.sampled_from(["PA", "HN"]),
    },
)


def chosen_by_hand(rows: list[Entry], address: dict[str, str]) -> list[Entry]:
    spanish = dict(Translation.objects.values_list("original", "spanish"))
    words = folded(address.get("text", "")).split()

    def chosen(entry: Entry) -> bool:
        country = entry.commitment.country.code if entry.commitment else None
        return (
            all(word in words_of(entry, spanish) for word in words)
            and entry.amount >= Decimal(address.get("amount_from", "-Infinity"))
            and entry.amount <= Decimal(address.get("amount_to", "Infinity"))
            and address.get("date_from", "") <= entry.effective_date.isoformat()
            and entry.effective_date.isoformat() <= address.get("date_to", "9999")
            and entry.effective_date.isoformat() <= address.get("as_of", "9999")
            and entry.stage == address.get("stage", entry.stage)
            and country == address.get("country", country)
        )

    return [entry for entry in rows if chosen(entry)]


def out_of_order(address: dict[str, str]) -> str | None:
    """The parameter that starts after it ends."""
    for lower, upper in (("amount_from", "amount_to"), ("date_from", "date_to")):
        kind: Any = Decimal if lower == "amount_from" else date.fromisoformat
        if lower in address and upper in address and kind(address[lower]) > kind(address[upper]):
            return lower
    return None


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(address=ADDRESSES)
def test_filters_choose_what_a_reading_of_all_entries_chooses(address: dict[str, str]) -> None:
    rows = all_entries()
    if wrong := out_of_order(address):
        with pytest.raises(BadAddress) as bad:
            ask(**address)
        assert bad.value.parameter == wrong
        return
    query = ask(**address)
    expected = chosen_by_hand(rows, address)
    assert [row.pk for row in entries(query)] == [row.pk for row in expected]
    totals = aggregates.totals(query)
    for stage in ("appropriated", "committed", "obligated", "disbursed"):
        total = sum((row.amount for row in expected if row.stage == stage), Decimal(0))
        assert getattr(totals, stage) == total
    assert totals.entries == len(expected)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(address=ADDRESSES, measure=st.sampled_from(["", "available", "unliquidated"]))
def test_the_commitments_of_a_filter_add_up_to_its_totals(
    address: dict[str, str], measure: str
) -> None:
    if measure:
        address = {**address, "measure": measure}
        address.pop("stage", None)
    assume(not out_of_order(address))
    query = ask(**address)
    totals, rows = aggregates.totals(query), list(aggregates.summed_commitments(query))
    by_commitment = aggregates.breakdown(query, "commitment")
    assert {row.reference for row in rows} == {code for code in by_commitment if code}
    for stage in ("committed", "obligated", "disbursed"):
        assert sum(getattr(row, stage) for row in rows) == getattr(totals, stage)
        for row in rows:
            assert getattr(row, stage) == getattr(by_commitment[row.reference], stage)
            behind = entries(query.where(commitment=row.reference)).filter(stage=stage)
            assert getattr(row, f"{stage}_entries") == behind.count()


def test_a_corrected_title_is_found_at_once_and_the_old_one_no_more() -> None:
    before = aggregates.totals(ask(text="PANAMA naval"))
    commitment = Commitment.objects.get(reference="CARSI-08-INCLE-10")
    title = commitment.title
    assert aggregates.totals(ask(text=title)).entries
    assert not aggregates.totals(ask(text="Quetzaltenango")).entries
    with posting.acting(factories.analyst()):
        Commitment.objects.filter(pk=commitment.pk).update(title="Quetzaltenango")
    assert not aggregates.totals(ask(text=title)).entries
    found = entries(ask(text="quetzaltenango"))
    assert {row.commitment_id for row in found} == {commitment.pk}
    assert aggregates.totals(ask(text="quetzaltenango")).entries == len(found) > 0
    assert aggregates.totals(ask(text="PANAMA naval")) == before


@pytest.mark.parametrize("written", ["412000", "412,000.00", "$412,000", "US$ 412 000"])
def test_an_amount_is_read_as_it_is_typed_and_written_plainly(written: str) -> None:
    query = ask(amount_from=written, amount_to=written)
    assert query.filters.amount_from == Decimal(412000)
    assert as_query_string(query) == "?amount_from=412000&amount_to=412000"
    assert aggregates.totals(query).entries
    assert {row.amount for row in entries(query)} == {Decimal(412000)}


@pytest.mark.parametrize("written", ["$(7,500.00)", " $ (7,500.00) ", "US$ (7,500)", "-$7,500"])
def test_an_amount_of_accountants_is_read_in_a_filter_too(written: str) -> None:
    assert ask(amount_from=written).filters.amount_from == Decimal(-7500)
    assert ask(amount_from=" $ -   ").filters.amount_from == Decimal(0)


def test_a_question_asked_of_other_entries_keeps_its_typed_filters() -> None:
    query = ask(amount_to="-0.01", date_to="2009-12-31", text="panama").where(goal=2)
    assert query.filters.amount_to == Decimal("-0.01")
    assert query.filters.date_to == date(2009, 12, 31)
    assert query.filters.goal == "2"
    again: Any = ask(**written(query.filters))
    assert again.filters == query.filters

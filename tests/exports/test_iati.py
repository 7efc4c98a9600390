"""IATI files: valid by the standard's schemas and rules, and their sums are the figures."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.http import parse_header_parameters
from lxml import etree

from carsi_tracker.database.reading import connection
from carsi_tracker.exports.iati.reporting import ReportingOrganization
from carsi_tracker.exports.iati.writer import Writer
from carsi_tracker.figures import aggregates
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import Entry, Posting, Stage
from carsi_tracker.reports.page.parameters import read

pytestmark = pytest.mark.usefixtures("sourced")

SCHEMAS = Path(__file__).parent / "iati_2_03"
OURS = ReportingOrganization("US-EIN-123456789", "22", "An Office & Sons")
DAYS = ["2009-03-13", "2009-09-30", "2011-09-30"]
VERSIONS = [12, 17]
OF_STAGES = {
    Stage.COMMITTED: "iati-activity/budget/value",
    Stage.OBLIGATED: "iati-activity/transaction[transaction-type/@code='2']/value",
    Stage.DISBURSED: "iati-activity/transaction[transaction-type/@code='3']/value",
}


@pytest.fixture(autouse=True)
def _published(settings: Any) -> None:
    settings.IATI_REPORTING_ORGANIZATION = OURS


@pytest.fixture(scope="module")
def schemas() -> dict[str, etree.XMLSchema]:
    return {
        name: etree.XMLSchema(etree.parse(SCHEMAS / f"iati-{name}-schema.xsd"))
        for name in ("activities", "organisations")
    }


def asked(client: Client, path: str = "activities", **parameters: Any) -> etree._Element:
    answer = client.get(f"/iati/{path}.xml", parameters, follow=True)
    assert answer.status_code == 200
    return etree.fromstring(answer.getvalue())


def pinned(number: int) -> str:
    return f"{number}-{Posting.objects.get(version=number).checksum[:8]}"


def broken(root: etree._Element) -> Iterator[str]:
    """Yield which rules of the standard's ruleset a file breaks, of those that bear on ours."""
    now = datetime.now(UTC).date().isoformat()
    for activity in root.iterfind("iati-activity"):
        name = activity.findtext("iati-identifier") or ""
        rules = {
            "began": "activity-date[@type='1' or @type='2']",
            "has sectors": "sector",
            "refers plainly": "not(.//@ref[contains(., '/') or contains(., '&') or "
            "contains(., '?') or contains(., '|')])",
            "begins with who reports": "starts-with(iati-identifier, reporting-org/@ref)",
            "sectors of the DAC are whole": "sum(sector[@vocabulary='1']/@percentage) = 100 or "
            "not(sector[@vocabulary='1'])",
            "own sectors are whole": "sum(sector[@vocabulary='99']/@percentage) = 100",
            "own sectors are named": "not(sector[@vocabulary='99'][not(narrative)])",
            "is in one place": "count(recipient-country | recipient-region) = 1",
            "organizations are named": "not(participating-org[not(@ref) and not(narrative)])",
            "sectors stand in one place": "not(transaction/sector)",
            "places stand in one place": "not(transaction/recipient-country)",
        }
        for rule, path in rules.items():
            if not activity.xpath(f"boolean({path})"):
                yield f"{name}: {rule}"
        dates = activity.xpath(
            "activity-date/@iso-date | transaction/transaction-date/@iso-date | .//@value-date"
        )
        if any(date > now for date in dates) or activity.get("last-updated-datetime")[:10] > now:
            yield f"{name}: is not of the future"
        for budget in activity.iterfind("budget"):
            start, end = (
                datetime.fromisoformat(budget.find(f"period-{at}").get("iso-date"))
                for at in ("start", "end")
            )
            if not 0 < (end - start).days <= 366:
                yield f"{name}: a budget is of a year at most"


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("number", VERSIONS)
def test_it_is_valid_and_its_sums_are_the_figures(
    client: Client, schemas: dict[str, etree.XMLSchema], day: str, number: int
) -> None:
    parameters = {"as_of": day, "version": pinned(number)}
    root = asked(client, **parameters)
    schemas["activities"].assertValid(root)
    assert not list(broken(root))
    sums = aggregates.totals(read(parameters, *newest()))
    for stage, path in OF_STAGES.items():
        found = sum((Decimal(value.text) for value in root.xpath(path)), Decimal(0))
        assert found == sums.of(stage).amount
    expected = aggregates.summed_commitments(read(parameters, *newest()))
    assert len(root) == expected.count()


def test_it_says_its_day_version_and_checksum_within_and_in_its_name(client: Client) -> None:
    posting = Posting.objects.get(version=12)
    parameters = {"as_of": "2009-09-30", "version": pinned(12)}
    answer = client.get("/iati/activities.xml", parameters)
    root = etree.fromstring(answer.getvalue())
    said = {etree.QName(name).localname: text for name, text in root.attrib.items()}
    assert (said["as-of"], said["checksum"]) == ("2009-09-30", posting.checksum)
    assert said["generated-datetime"] == posting.posted_at.isoformat()
    _, disposition = parse_header_parameters(answer["Content-Disposition"])
    assert disposition["filename"] == "carsi-iati-activities-2009-09-30-v12.xml"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert not answer["ETag"].startswith("W/")
    same = {"If-None-Match": answer["ETag"]}
    assert client.get("/iati/activities.xml", parameters, headers=same).status_code == 304


def test_the_same_question_has_the_same_bytes(client: Client) -> None:
    first, second = (client.get("/iati/activities.xml").getvalue() for _ in range(2))
    assert first == second


def test_what_it_says_of_a_commitment(client: Client) -> None:
    root = asked(client)

    def one(reference: str) -> etree._Element:
        return root.xpath(f"iati-activity[iati-identifier='{OURS.ref}-{reference}']")[0]

    limit = one("CARSI-09-FMF-01")
    assert limit.find("reporting-org").get("secondary-reporter") == "1"
    assert limit.find("recipient-region").get("code") == "1032"
    assert limit.find("sector[@vocabulary='1']").get("code") == "15132"
    assert limit.find("participating-org").get("ref") == "US-GOV-11"
    english, spanish = limit.iterfind("description/narrative")
    assert "at most: GAO gives one total" in english.text
    assert "como máximo: La GAO da un solo total" in spanish.text
    granted = one("CARSI-08-NADR-09")
    assert granted.find("participating-org[@role='4']").get("ref") == "XM-DAC-47079"
    assert granted.find("tag").get("code") == "5"
    assert granted.find("budget/period-start").get("iso-date") == "2007-10-01"
    pages = granted.xpath("document-link/@url")
    assert "http://testserver/documents/gao-13-295r/" in pages
    assert all(client.get(page).status_code == 200 for page in pages)


def test_a_commitment_that_was_taken_back_stays_without_a_budget(client: Client) -> None:
    cancelled = asked(client).xpath("iati-activity[activity-status/@code='5']")
    assert len(cancelled) == 2
    assert not [each for each in cancelled if each.find("budget") is not None]


def test_each_obligation_and_payment_is_a_transaction_reductions_too(client: Client) -> None:
    entries = Entry.objects.filter(stage__in=(Stage.OBLIGATED, Stage.DISBURSED))
    expected = {f"{entry.posting_id}-{entry.line}": entry.amount for entry in entries}
    found = asked(client).xpath("iati-activity/transaction")
    assert {each.get("ref"): Decimal(each.findtext("value")) for each in found} == expected
    assert min(expected.values()) < 0


def test_what_xml_cannot_hold_does_not_break_the_file() -> None:
    writer = Writer()
    with writer.within("iati-activity", ref='a"\x00<'):
        writer.narrate("title", {"en": "a\x01 & <b>\ufffe", "es": ""})
    (title,) = etree.fromstring(writer.taken())
    (narrative,) = title
    assert narrative.text == "a\ufffd & <b>\ufffd"


def test_the_organisation_file_is_valid(
    client: Client, schemas: dict[str, etree.XMLSchema]
) -> None:
    root = asked(client, "organisation")
    schemas["organisations"].assertValid(root)
    assert root.findtext("iati-organisation/name/narrative") == OURS.name


@pytest.mark.parametrize("path", ["activities", "organisation"])
def test_without_who_reports_there_is_no_file_and_the_answer_names_the_setting(
    client: Client, settings: Any, path: str
) -> None:
    before = client.get(f"/iati/{path}.xml")
    settings.IATI_REPORTING_ORGANIZATION = None
    answer = client.get(f"/iati/{path}.xml", headers={"If-None-Match": before["ETag"]})
    assert answer.status_code == 404
    assert "IATI_ORG_REF, IATI_ORG_TYPE, IATI_ORG_NAME" in answer.content.decode()


def test_a_day_without_commitments_has_no_file(client: Client) -> None:
    answer = client.get("/iati/activities.xml", {"as_of": "2008-01-02"})
    assert answer.status_code == 404
    assert "it holds no commitment" in answer.content.decode()


def test_nonsense_is_refused_and_a_head_has_no_body(client: Client) -> None:
    assert client.get("/iati/activities.xml", {"as_of": "soon"}).status_code == 400
    assert client.head("/iati/activities.xml").getvalue() == b""


def test_it_asks_the_database_as_often_for_few_rows_as_for_many(client: Client) -> None:
    counted = []
    for day in ("2009-03-13", "2011-09-30"):
        asked(client, as_of=day)
        with CaptureQueriesContext(connection) as queries:
            asked(client, as_of=day)
        counted.append(len(queries))
    assert counted[0] == counted[1]

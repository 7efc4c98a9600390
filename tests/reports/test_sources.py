"""Where figures come from, on the pages of commitments, documents and versions."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carsi_tracker.ledger.models import Commitment, Posting, Stage
from tests import factories
from tests.sourced import VERSION

FLOOR = "not less than"


def words_of(client: Client, address: str) -> str:
    response = client.get(address, follow=True)
    assert response.status_code == 200, address
    return " ".join(response.content.decode().split())


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize(
    "path", ["/commitments/CARSI-09-INCLE-01/", "/commitments/", "/appropriations/2009-incle/"]
)
def test_a_floor_is_named_where_the_amount_stands(client: Client, path: str) -> None:
    assert FLOOR in words_of(client, path).lower()


@pytest.mark.usefixtures("sourced")
def test_a_note_that_comes_later_is_not_shown_on_an_earlier_day(client: Client) -> None:
    assert FLOOR not in words_of(client, "/commitments/?as_of=2009-03-10").lower()


@pytest.mark.usefixtures("sourced")
def test_the_notes_of_a_list_of_commitments_take_one_query(client: Client) -> None:
    client.get("/commitments/?as_of=2009-09-30")
    with CaptureQueriesContext(connection) as asked:
        client.get("/commitments/?as_of=2009-09-30&sort=-committed")
    assert sum('"note"' in query["sql"].partition("FROM")[0] for query in asked) == 1


@pytest.mark.usefixtures("sourced")
def test_a_commitment_leads_to_its_appropriation_area_and_country(client: Client) -> None:
    page = words_of(client, "/commitments/CARSI-09-FMF-01/?as_of=2009-09-30")
    for path in ("/appropriations/2009-fmf/", "/areas/", "/countries/"):
        assert f'href="{path}' in page
    assert 'href="/appropriations/2009-fmf/?as_of=2009-09-30"' in page


@pytest.mark.usefixtures("sourced")
def test_a_version_says_what_it_did_to_each_appropriation(client: Client) -> None:
    page = words_of(client, "/changes/1/")
    assert 'id="subjects-caption"' in page
    assert "account=FMF&amp;year=2009&amp;stage=appropriated&amp;posted_in=1" in page


@pytest.mark.usefixtures("sourced")
def test_the_list_of_versions_says_what_each_committed(client: Client) -> None:
    assert "stage=committed&amp;posted_in=" in words_of(client, "/changes/")


@pytest.mark.usefixtures("sourced")
def test_a_version_knows_no_document_that_a_later_one_cites_first(client: Client) -> None:
    last = Posting.objects.get(version=VERSION)
    earlier = f"?version={VERSION}-{last.checksum[:8]}"
    draft, cited = factories.batch(), factories.document(key="cited-later")
    of = Commitment.objects.get(reference="CARSI-08-INCLE-05")
    factories.line(draft, of, Stage.COMMITTED, 1, document=cited)
    factories.posted(draft)
    for query, status, listed in ((earlier, 404, False), ("", 200, True)):
        assert client.get(f"/documents/cited-later/{query}").status_code == status
        assert ("/documents/cited-later/" in words_of(client, f"/documents/{query}")) is listed
    assert client.get(f"/entries/{earlier}&document=cited-later").status_code == 400

"""A page's tag, under which it is kept, says all that the page depends on (decision 10)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Commitment, Country, Document, Posting, Stage
from tests import factories

pytestmark = pytest.mark.usefixtures("sourced")

DAY = "as_of=2009-09-30"


def tag(client: Client, address: str = f"/about/?{DAY}", **more: Any) -> str:
    response = client.get(address, **more)
    assert response.status_code == 200
    etag: str = response["ETag"]
    return etag


@pytest.mark.parametrize(
    "other",
    [
        lambda client: tag(client, f"/es/about/?{DAY}"),
        lambda client: tag(client, f"/data/?{DAY}"),
        lambda client: tag(client, "/about/?as_of=2009-10-01"),
        lambda client: tag(client, f"/about/?country=HN&{DAY}"),
        lambda client: tag(client, secure=True),
        lambda client: tag(client, SERVER_NAME="localhost"),
        lambda client: tag(client, headers={"accept-encoding": "gzip"}),
    ],
    ids=["language", "path", "day", "filter", "scheme", "host", "compression"],
)
def test_a_page_has_another_tag_for_another(client: Client, other: Callable[[Client], str]) -> None:
    assert tag(client) == tag(client)
    assert other(client) != tag(client)


def test_a_page_of_a_version_has_another_tag_for_another_version(client: Client) -> None:
    tags = {
        tag(client, f"/about/?{DAY}&version={one.version}-{one.checksum[:8]}")
        for one in Posting.objects.filter(version__in=(8, 9))
    }
    assert len(tags) == 2


def test_all_pages_have_new_tags_after_a_release(client: Client, settings: Any) -> None:
    before = tag(client)
    settings.RELEASE = "the next one"
    assert tag(client) != before


def test_all_pages_have_new_tags_on_the_next_day(client: Client, monkeypatch: Any) -> None:
    pages = ("/about/", f"/about/?{DAY}")
    before = [tag(client, page) for page in pages]
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    assert not {tag(client, page) for page in pages} & set(before)


def test_all_pages_have_new_tags_after_a_name_was_corrected(client: Client) -> None:
    before = tag(client)
    with posting.acting(factories.administrator(), "A slip of the pen"):
        Country.objects.filter(code="HN").update(name_en="Honduras (corrected)")
    assert tag(client) != before


def test_all_pages_have_new_tags_after_a_posting_those_of_older_versions_too(
    client: Client,
) -> None:
    old, approver, draft = Posting.objects.get(version=9), factories.approver(), factories.batch()
    cited = Document.objects.get(key="gao-13-295r")
    factories.line(
        draft, Commitment.objects.get(reference="CARSI-08-INCLE-05"), Stage.COMMITTED, 1,
        document=cited,
    )  # fmt: skip
    pages = ("/about/", f"/about/?{DAY}&version=9-{old.checksum[:8]}")
    before = [tag(client, page) for page in pages]
    factories.posted(draft, approver)
    assert not {tag(client, page) for page in pages} & set(before)

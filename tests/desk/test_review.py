"""What an approver reads before posting: balances, public figures, the queue, sources."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256

import pytest
from django.test import Client

from carsi_tracker.accounts.models import User
from carsi_tracker.caching.remembered import forget_everything
from carsi_tracker.figures.aggregates import total
from carsi_tracker.figures.bounds import Mark
from carsi_tracker.figures.preview import KINDS, PublicFigure, preview
from carsi_tracker.figures.published import (
    MATCHING,
    VerdictChange,
    verdicts_changed,
    verdicts_of_draft,
)
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Batch, Commitment, Document, DocumentFile, Line, Stage
from carsi_tracker.ledger.posting import acting
from carsi_tracker.reports.page.address import as_query_string
from tests import factories
from tests.desk.conftest import (
    People,
    add_lines,
    address,
    allocate,
    allow_self_approval,
    appropriation,
    hidden,
    page_of,
    post_it,
    queries,
    reading,
)
from tests.sourced import AVAILABLE, COMMITTED, NEXT, VERSION, dollars

NADR = {"amount": "1000000.00", "effective_date": "2009-09-30"}


@pytest.fixture
def batch(people: People) -> Batch:
    return allocate(people.analyst)


def nadr(people: People, title: str, **changes: str) -> Batch:
    """An allocation that takes most of what is left of NADR FY2008, $1,365,000."""
    of = appropriation(2008, "NADR").pk
    return allocate(people.analyst, appropriation=of, called=title, **{**NADR, **changes})


def public_figures(batch_id: int) -> list[PublicFigure]:
    """What the public reads otherwise as of today."""
    return preview(batch_id).figures(today())


def review(client: Client, batch: Batch, **asked: str) -> str:
    response = client.get(address(batch, "review"), asked)
    assert response.status_code == 200
    return reading(response)


def test_a_review_shows_each_public_figure_before_and_after(people: People, batch: Batch) -> None:
    text, committed = review(people.approver, batch), dollars(COMMITTED)
    whole = f"≥≤ {committed} ≥≤ {dollars(COMMITTED + 250_000)} +250,000"
    left = f"≥≤ {dollars(AVAILABLE)} ≥≤ {dollars(AVAILABLE - 250_000)} −250,000"
    assert f"Total All {whole} {left} ≥≤ " in text
    assert re.search(r"Honduras [\d,]+ [\d,]+ \+250,000", text)
    assert re.search(r"Appropriation INCLE FY2008 [\d,]+ [\d,]+ \+250,000", text)
    assert re.search(r"Agency State/INL [\d,≥≤ ]+ \+250,000", text)
    assert re.search(r"Goal not specified [\d,]+ [\d,]+ \+250,000", text)
    assert f"Version {VERSION} Version {NEXT}" in text
    assert "Every day from June 15, 2009 changes by the same amounts" in text
    assert "Sep 30, 2008: no change" in text
    assert "Without any change on any day: Appropriated; Obligated;" in text


def test_a_review_shows_the_figures_of_a_day_that_is_chosen_or_typed(
    people: People, batch: Batch
) -> None:
    assert "As of September 30, 2009: 24 figures" in review(
        people.approver, batch, day="2009-09-30"
    )
    typed = review(people.approver, batch, day="June 14, 2009")
    assert "As of June 14, 2009 no figure changes." in typed
    assert "As of November" in review(people.approver, batch, day="soon")


def test_the_figures_of_a_review_are_those_that_posting_publishes(
    people: People, batch: Batch
) -> None:
    foretold = public_figures(batch.pk)
    assert {figure.kind for figure in foretold} == set(KINDS)
    post_it(people.approver, batch)
    public = Client()
    for figure in foretold:
        asked = replace(figure.query, dated=False, pinned=False)
        for query, amount in ((figure.query, figure.before), (asked, figure.after)):
            page = public.get(f"/entries/{as_query_string(query)}", follow=True)
            assert page.status_code == 200
            assert f"{amount.amount:,.0f}" in reading(page), (figure.name, figure.measure)


def test_a_figure_that_holds_a_limit_has_its_mark_before_and_after(people: People) -> None:
    batch = allocate(people.analyst, bound="at-most", bound_note="It says so.")
    figures = {
        (figure.kind, figure.name, figure.measure): figure for figure in public_figures(batch.pk)
    }
    country = figures["country", "Honduras", "committed"]
    assert country.change.limits.mark is Mark.AT_MOST
    text = review(people.approver, batch)
    assert re.search(r"Country Honduras [\d,]+ ≤\s[\d,]+ ≤\s\+250,000", text)
    assert re.search(r"≥≤\s[\d,]+ ≥≤\s[\d,]+ ≥\s−250,000", text)
    post_it(people.approver, batch)
    for figure in figures.values():
        asked = replace(figure.query, dated=False, pinned=False)
        assert total(replace(asked, version=newest()[0])).limits == figure.after.limits


def test_a_change_that_cancels_out_is_no_change_of_a_public_figure(
    people: People, batch: Batch
) -> None:
    post_it(people.approver, batch)
    commitment = Commitment.objects.get(introduced_by=batch)
    with acting(people.ana):
        other = Batch.objects.create(title="Later", reason="The boats came later")
        for amount, day in ((-250_000, date(2009, 6, 15)), (250_000, date(2009, 7, 1))):
            Line.objects.create(
                batch=other,
                appropriation=commitment.appropriation,
                commitment=commitment,
                stage="committed",
                amount=amount,
                effective_date=day,
                document=Document.objects.get(key="spend-plan-2008"),
                basis="stated",
            )
    posting.submit(other.pk, people.ana)
    text = review(people.approver, other)
    assert "24 public figures change" in text
    assert "As of June 30, 2009: 24 figures" in review(people.approver, other, day="2009-06-30")
    assert "As of July 1, 2009 no figure changes." in review(
        people.approver, other, day="2009-07-01"
    )
    assert (
        f"{commitment.reference} Committed, not obligated 250,000 250,000 0 250,000 0 Jun" in text
    )


def test_a_review_shows_how_far_each_commitment_gets(people: People) -> None:
    """A part of a posted commitment is obligated: 0 before, and less left unobligated."""
    first = allocate(people.analyst)
    post_it(people.approver, first)
    commitment = Commitment.objects.get(introduced_by=first)
    with acting(people.ana):
        second = Batch.objects.create(title="Contract", reason="Signed")
        Line.objects.create(
            batch=second,
            appropriation=commitment.appropriation,
            commitment=commitment,
            stage="obligated",
            amount=Decimal("100000.50"),
            effective_date=date(2009, 7, 1),
            document=Document.objects.get(key="spend-plan-2008"),
            locator="page 40",
            quote="boats “Boston Whaler”",
            basis="press",
            note="Two of four",
        )
    posting.submit(second.pk, people.ana)
    text = review(people.approver, second)
    assert (
        "Committed, not obligated 250,000 250,000 −100,000.50 149,999.50 149,999.50 Jul 1, 2009 "
        f"{commitment.reference} Obligated, not disbursed 100,000.50 0 +100,000.50 100,000.50 "
        "100,000.50 Jul 1, 2009" in text
    )
    assert "page 40" in text
    assert "spend-plan-2008 · press boats “Boston Whaler”" in text
    assert "Two of four" in text
    assert "100,000.50 obligated; " in text
    assert f"{commitment.reference} keeps $149,999.50 (committed, not obligated)" in text


def test_what_changed_since_it_was_sent_back_is_shown_to_both(people: People) -> None:
    batch = allocate(people.analyst)
    assert "What changed since" not in review(people.approver, batch)
    posting.send_back(batch.pk, people.petra, "The plan says $240,000.")
    assert "What changed since it was last submitted No changes." in reading(
        people.analyst.get(page_of(batch))
    )
    with acting(people.ana):
        batch.lines.update(amount=240_000, locator="page 13")
    changed = (
        "amount, U.S. dollars: $250,000.00 $240,000.00 page or section: page 12, table 3 page 13"
    )
    assert changed in reading(people.analyst.get(page_of(batch)))
    posting.submit(batch.pk, people.ana)
    text = review(people.approver, batch)
    assert "Lines (1)" in text
    assert changed in text
    assert "The plan says $240,000." in text


def test_a_source_leads_to_its_address_and_its_file(people: People, batch: Batch) -> None:
    document = Document.objects.get(key="spend-plan-2008")
    place = f"/admin/ledger/document/{document.pk}/file/"
    html = people.approver.get(address(batch, "review")).content.decode()
    assert f'<a href="{document.url}" rel="noopener noreferrer"' in html
    assert place not in html
    with acting(people.ana):
        DocumentFile.objects.create(
            document=document,
            name="plan.txt",
            media_type="text/plain",
            size=4,
            sha256=sha256(b"plan").hexdigest(),
            content=b"plan",
            added_by=people.ana,
        )
    client = people.approver
    assert place in client.get(address(batch, "review")).content.decode()
    assert client.get(place).status_code == 200


@pytest.mark.parametrize("version", [9, 14, 15])
def test_the_figures_of_a_reversal_lack_what_the_version_added(
    people: People, version: int
) -> None:
    batch = posting.reverse(version, people.ana, "Reversal", "Wrong")
    posting.submit(batch, people.ana)
    foretold = public_figures(batch)
    assert foretold
    for figure in foretold:
        asked = figure.query
        added = total(asked.where(posted_in=version))
        assert figure.before == total(asked), (figure.name, figure.measure)
        after = figure.before - added
        assert figure.after.amount == after.amount, (figure.name, figure.measure)
        assert figure.after.limits == after.limits, (figure.name, figure.measure)


@pytest.mark.parametrize("version", [4, 9, 14, 15])
def test_a_review_foretells_which_published_totals_compare_otherwise(
    people: People, version: int
) -> None:
    batch = posting.reverse(version, people.ana, "Reversal", "Wrong")
    posting.submit(batch, people.ana)
    before, _revision = newest()
    asked = Query(before, today())
    foretold = verdicts_of_draft(asked, batch)
    made = Batch.objects.get(pk=batch)
    text = review(people.approver, made)
    for each in foretold:
        assert f"{each.before.verdict.label} {each.after.verdict.label}" in text
    assert ("Posting changes no comparison." in text) is not foretold
    lost = sum(
        each.before.verdict in MATCHING and each.after.verdict not in MATCHING for each in foretold
    )
    assert (f"{lost} published total" in text and "no longer match" in text) == bool(lost)
    post_it(people.approver, made)
    after, _revision = newest()
    happened = verdicts_changed(asked, Query(after, today()))
    assert [outcome(each) for each in happened] == [outcome(each) for each in foretold]


def outcome(change: VerdictChange) -> tuple[object, ...]:
    figure, ours = change.after.figure, change.after.ours
    return figure.key, change.before.verdict, change.after.verdict, ours


def test_a_review_asks_as_often_whatever_number_of_published_totals(
    people: People, batch: Batch
) -> None:
    forget_everything()
    few = queries(people.approver, address(batch, "review"))
    for _each in range(20):
        factories.published_figure(by=people.ana)
    forget_everything()
    assert queries(people.approver, address(batch, "review")) == few


def test_new_budget_authority_shows_in_what_is_appropriated_and_available(people: People) -> None:
    of = appropriation(2009, "INCLE")
    with acting(people.ana):
        batch = Batch.objects.create(title="Supplement", reason="A law")
        Line.objects.create(
            batch=batch,
            appropriation=of,
            stage="appropriated",
            amount=Decimal("5000000.00"),
            effective_date=date(2010, 7, 29),
            document=of.law,
            basis="stated",
        )
    posting.submit(batch.pk, people.ana)
    figures = {(figure.kind, figure.measure): figure for figure in public_figures(batch.pk)}
    assert {measure for _kind, measure in figures} == {"appropriated", "available"}
    assert {kind for kind, _measure in figures} == {"whole", "appropriation", "account", "year"}
    assert figures["whole", "appropriated"].after.amount == 170_000_000
    assert figures["whole", "available"].after.amount == AVAILABLE + 5_000_000
    text = review(people.approver, batch)
    assert "Total All 165,000,000 170,000,000 +5,000,000" in text


def test_a_successor_says_what_it_replaces(people: People) -> None:
    first = allocate(people.analyst)
    post_it(people.approver, first)
    old = Commitment.objects.get(introduced_by=first)
    second = allocate(people.analyst, title="Moved", _draft="")
    with acting(people.ana):
        Commitment.objects.create(
            reference="SUCCESSOR-1",
            title="Patrol boats",
            appropriation=old.appropriation,
            area=old.area,
            country=old.country,
            agency=old.agency,
            introduced_by=second,
            replaces=old,
        )
        line = second.lines.get()
        for reference, amount in (("SUCCESSOR-1", 10_000), (old.reference, -10_000)):
            line.pk, line.commitment = None, Commitment.objects.get(reference=reference)
            line.amount = amount
            line.save()
    posting.submit(second.pk, people.ana)
    assert f"SUCCESSOR-1 new replaces {old.reference}" in review(people.approver, second)


def test_a_queue_says_which_earlier_batch_takes_the_room(people: People) -> None:
    first, second = nadr(people, "Radios"), nadr(people, "Scanners")
    alone = review(people.approver, first)
    assert "1 of 2 waiting." in alone
    assert (
        "Within balance. $1,000,000 committed; NADR FY2008 keeps $365,000 (uncommitted)." in alone
    )
    page = people.approver.get(address(second, "review"))
    text = reading(page)
    assert "Within balance." in text
    assert "It will exceed a balance once earlier batches are posted:" in text
    assert (
        "NADR FY2008: $1,000,000.00 is more than the uncommitted balance of $365,000.00 on "
        "September 30, 2009."
    ) in text
    assert "Earlier batches that use the balance: Radios" in text
    assert "2 of 2 waiting." in text
    assert "Before it: Radios" in text
    assert f'href="{address(first, "review")}"' in page.content.decode()


def test_a_batch_that_will_not_fit_takes_no_room_from_those_after_it(people: People) -> None:
    nadr(people, "Radios")
    nadr(people, "Scanners")
    third = nadr(people, "Vests", amount="300000.00")
    text = review(people.approver, third)
    assert "Within balance, now and after earlier batches are posted." in text


def test_a_batch_for_which_nothing_is_left_any_more_says_so(people: People) -> None:
    first, second = nadr(people, "Radios"), nadr(people, "Scanners")
    post_it(people.approver, first)
    text = review(people.approver, second)
    assert "Over balance now:" in text
    assert "$1,000,000.00 is more than the uncommitted balance of $365,000.00" in text
    assert "Within balance" not in text
    assert "Earlier batches that use the balance" not in text


def test_a_page_read_before_an_edit_does_not_post(people: People, batch: Batch) -> None:
    read = people.approver.get(address(batch, "review")).content.decode()
    posting.withdraw(batch.pk, people.ana)
    with acting(people.ana):
        batch.lines.update(amount=260_000)
    posting.submit(batch.pk, people.ana)
    sent = {"digest": hidden(read, "digest"), "confirmed": "on"}
    response = people.approver.post(address(batch, "post"), sent, follow=True)
    assert "This batch was changed since you read it. Read it again" in reading(response)
    assert response.redirect_chain[-1][0].startswith(address(batch, "review"))
    assert "260,000" in reading(response)
    later = people.approver.get(address(batch, "review"), {"digest": sent["digest"]})
    assert "This batch was changed since you began to read it." in reading(later)


def test_a_digest_read_on_one_page_of_lines_covers_all_pages(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    add_lines(people, batch, 30)
    posting.submit(batch.pk, people.ana)
    client = people.approver
    first = client.get(address(batch, "review"))
    text = reading(first)
    assert "Lines 1 to 25 of 31, in U.S. dollars. All of them are posted together." in text
    digest = hidden(first.content.decode(), "digest")
    second = client.get(address(batch, "review"), {"page": "2", "digest": digest})
    assert "Lines 26 to 31 of 31" in reading(second)
    assert hidden(second.content.decode(), "digest") == digest
    for page in ("0", "-1", "99", "x", "9" * 40):
        assert client.get(address(batch, "review"), {"page": page}).status_code == 200


def test_analysts_read_the_same_and_are_told_who_may_post(people: People, batch: Batch) -> None:
    for client in (people.analyst, people.client(people.benito), people.administrator):
        page = client.get(address(batch, "review"))
        text, committed = reading(page), dollars(COMMITTED)
        assert f"≥≤ {committed} ≥≤ {dollars(COMMITTED + 250_000)} +250,000" in text
        assert "Who may post it: Petra Paz." in text
        assert address(batch, "post") not in page.content.decode()
        assert address(batch, "send-back") not in page.content.decode()


@pytest.mark.commits
def test_an_office_without_a_second_person_is_told_that_nobody_may_post(
    people: People, batch: Batch
) -> None:
    User.objects.filter(pk=people.petra.pk).update(is_active=False)
    User.objects.filter(pk=people.ana.pk).update(is_approver=True)
    text = review(people.analyst, batch)
    assert "No approver can post it yet: everyone who could has worked on it." in text
    assert "You worked on this batch, so you cannot post it." in text
    allow_self_approval("One person works here.")
    page = people.analyst.get(address(batch, "review"))
    assert "Why: One person works here." in reading(page)
    assert address(batch, "post") in page.content.decode()


def test_only_a_submitted_batch_is_reviewed(people: People) -> None:
    draft = allocate(people.analyst, _draft="")
    assert people.approver.get(address(draft, "review"))["Location"] == page_of(draft)
    posting.submit(draft.pk, people.ana)
    post_it(people.approver, draft)
    assert people.approver.get(address(draft, "review"))["Location"] == page_of(draft)
    missing = "/admin/ledger/batch/9999/review/"
    assert people.approver.get(missing).status_code == 404


def test_whoever_is_not_signed_in_reviews_nothing(people: People, batch: Batch) -> None:
    response = Client().get(address(batch, "review"))
    assert response["Location"].startswith("/admin/login/?next=")


def test_a_review_speaks_spanish(people: People, batch: Batch) -> None:
    response = people.approver.get(f"/es{address(batch, 'review')}")
    assert response["Content-Language"] == "es"
    assert response.status_code == 200


def test_a_review_asks_as_often_for_many_lines_and_batches_as_for_one(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    posting.submit(batch.pk, people.ana)
    people.approver.get(address(batch, "review"))
    few = queries(people.approver, address(batch, "review"))
    many = allocate(people.analyst, _draft="")
    for number in range(5):
        allocate(people.analyst, called=f"Before it {number}")
    add_lines(people, many, 30)
    posting.submit(many.pk, people.ana)
    assert queries(people.approver, address(many, "review")) == few


def test_a_line_that_corrects_what_is_posted_says_what_stood_there_and_what_will(
    people: People, batch: Batch
) -> None:
    assert "Posted for that day" not in review(people.approver, batch), "all of it is new"
    post_it(people.approver, batch)
    commitment, day = Commitment.objects.get(introduced_by=batch), date(2009, 6, 15)
    other = factories.batch(people.ana, title="Dearer boats, fewer of them")
    factories.line(other, commitment, Stage.COMMITTED, -60_000, day, by=people.ana)
    factories.line(other, commitment, Stage.COMMITTED, 10_000, day, by=people.ana)
    factories.line(other, commitment, Stage.COMMITTED, 20_000, date(2009, 7, 1), by=people.ana)
    posting.submit(other.pk, people.ana)
    text = review(people.approver, other)
    assert "Posted for that day → with this batch" in text
    both = "250,000 → 200,000 −50,000"
    assert f"Jun 15, 2009 −60,000 {both} " in text
    assert f"Jun 15, 2009 10,000 {both} " in text
    assert "Jul 1, 2009 20,000 – " in text, "nothing is posted for another day"
    post_it(people.approver, other)
    stands = commitment.entries.filter(stage="committed", effective_date=day)
    assert sum(entry.amount for entry in stands) == 200_000


def test_a_line_of_an_appropriation_says_what_it_corrects_of_that_alone(people: People) -> None:
    fund = appropriation(2008, "INCLE")
    first = fund.entries.filter(stage="appropriated")[0]
    stood = sum(
        entry.amount
        for entry in fund.entries.filter(
            stage="appropriated", effective_date=first.effective_date, commitment=None
        )
    )
    batch = factories.batch(people.ana)
    factories.line(batch, fund, Stage.APPROPRIATED, 1_000, first.effective_date, by=people.ana)
    posting.submit(batch.pk, people.ana)
    text = review(people.approver, batch)
    assert f"1,000 {stood:,.0f} → {stood + 1_000:,.0f} +1,000" in text


def test_what_lines_correct_is_asked_as_often_for_many_as_for_one(
    people: People, batch: Batch
) -> None:
    post_it(people.approver, batch)
    commitment = Commitment.objects.get(introduced_by=batch)
    asked = []
    for count in (1, 20):
        other = factories.batch(people.ana, title=f"Corrects {count}")
        for _line in range(count):
            factories.line(other, commitment, Stage.COMMITTED, -1, date(2009, 6, 15), by=people.ana)
        posting.submit(other.pk, people.ana)
        people.approver.get(address(other, "review"))
        asked.append(queries(people.approver, address(other, "review")))
        posting.withdraw(other.pk, people.ana)
    assert asked[0] == asked[1]

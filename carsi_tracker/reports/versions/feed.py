"""The feed of versions: of the whole ledger, or of those that touch what its filters say."""

from datetime import date, datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator

from carsi_tracker import __version__
from carsi_tracker.figures import aggregates
from carsi_tracker.ledger.days import WASHINGTON
from carsi_tracker.ledger.models import LedgerHead, Posting
from carsi_tracker.ledger.text import well_formed
from carsi_tracker.reports.page.address import as_query_string, site_of
from carsi_tracker.reports.page.citation import NAME, posted_at
from carsi_tracker.reports.page.explanations import scope_in_words
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.reports.page.written import written
from carsi_tracker.reports.versions.effects import effect_in_words

ENTRIES_A_PAGE = 50
SINCE = date(2026, 1, 1)
"""The day from which the feeds themselves are named."""


class PagedFeed(Atom1Feed):
    """An Atom feed of which this is one page.

    Beside what Django's takes: `updated`, for a feed without entries, and `pages`, the addresses
    of other pages by how they stand to this one (first, previous, next, last).
    """

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        """Add what made the feed, and where its other pages are."""
        super().add_root_elements(handler)
        handler.addQuickElement("generator", self.feed["author_name"], {"version": __version__})
        for relation, address in self.feed["pages"].items():
            handler.addQuickElement("link", "", {"rel": relation, "href": address})

    def latest_post_date(self) -> datetime:
        """Return when the newest entry was posted; without any, when the ledger last changed."""
        updated: datetime = super().latest_post_date() if self.items else self.feed["updated"]
        return updated

    def write(self, outfile: Any, encoding: str) -> None:
        """Write the feed; what XML can't hold is replaced, because a version is final."""
        self.feed = _well_formed(self.feed)
        self.items = [_well_formed(item) for item in self.items]
        super().write(outfile, encoding)

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        """Mark an entry with the language of its title."""
        return {"xml:lang": item["language"]}


@public_page()
def feed(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Answer the newest versions with an entry in what is asked, and what each did to its sums."""
    effects = aggregates.breakdown(public.query, "version")
    versions = sorted((version for version in effects if version is not None), reverse=True)
    pages = Paginator(versions, ENTRIES_A_PAGE)
    if public.address.page not in pages.page_range:
        raise Http404
    page = pages.page(public.address.page)
    site = site_of(request)
    found = _empty_feed(request, public, page, site)
    for posting in _postings(page):
        posted_on = posting.posted_at.astimezone(WASHINGTON).date()
        title = written(posting.title, posting.language, public)
        found.add_item(
            title=f"{posting.version}: {title.text}",
            language=title.language,
            link=site + reverse("version", args=[posting.version]),
            description=_description(request, public, posting, effects[posting.version]),
            unique_id=tag(request.get_host(), posted_on, f"version:{posting.checksum}"),
            pubdate=posting.posted_at,
            updateddate=posting.posted_at,
        )
    return HttpResponse(found.writeString("utf-8"), content_type=PagedFeed.content_type)


def _empty_feed(
    request: HttpRequest, public: PublicRequest, page: Page[str | int], site: str
) -> PagedFeed:
    scope = scope_in_words(public)
    name = "feed" + as_query_string(public.query)

    def address(number: int) -> str:
        return site + request.path + public.address.at_page(number).query_string()

    others = {"first": 1, "last": page.paginator.num_pages}
    if page.has_previous():
        others["previous"] = page.previous_page_number()
    if page.has_next():
        others["next"] = page.next_page_number()
    title = _("CARSI Tracker: version history of the ledger")
    return PagedFeed(
        title=f"{title}, {scope}" if scope else title,
        link=site + reverse("changes"),
        description=None,
        subtitle=_("Each version of the ledger, with what it changed, why, and who approved it"),
        language=request.LANGUAGE_CODE,
        author_name=NAME,
        feed_url=address(page.number),
        feed_guid=tag(request.get_host(), SINCE, f"{request.LANGUAGE_CODE}:{name}"),
        updated=_last_change(public),
        pages={relation: address(number) for relation, number in others.items()},
    )


def _postings(page: Page[str | int]) -> list[Posting]:
    shown = Posting.objects.filter(version__in=list(page)).select_related("countersignature")
    return list(shown.order_by("-version"))


def _last_change(public: PublicRequest) -> datetime:
    """Return when the version asked about was posted; of the empty ledger, when it was made."""
    return posted_at(public.query.version) or LedgerHead.objects.get().posted_at


def _description(
    request: HttpRequest, public: PublicRequest, posting: Posting, effect: aggregates.Sums
) -> str:
    return render_to_string(
        "reports/feed_entry.html",
        {
            "public": public,
            "posting": posting,
            "effect": effect_in_words(effect),
            "entries": effect.entries,
            "language": request.LANGUAGE_CODE,
        },
    )


def _well_formed(texts: dict[str, Any]) -> dict[str, Any]:
    return {
        name: well_formed(text) if isinstance(text, str) else text for name, text in texts.items()
    }


def tag(host: str, day: date, name: str) -> str:
    """Return a tag URI (RFC 4151): who named a thing, since when, and what it is."""
    return f"tag:{host.partition(':')[0]},{day.isoformat()}:{name}"

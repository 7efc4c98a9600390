"""The Atom feed (RFC 4287) in pages (RFC 5005), with ids that outlast addresses."""

from datetime import date, datetime
from typing import Any

from django.utils.feedgenerator import Atom1Feed
from django.utils.xmlutils import SimplerXMLGenerator

from carsi_tracker import __version__
from carsi_tracker.ledger.text import well_formed


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


def _well_formed(texts: dict[str, Any]) -> dict[str, Any]:
    return {
        name: well_formed(text) if isinstance(text, str) else text for name, text in texts.items()
    }


def tag(host: str, day: date, name: str) -> str:
    """Return a tag URI (RFC 4151): who named a thing, since when, and what it is."""
    return f"tag:{host.partition(':')[0]},{day.isoformat()}:{name}"

"""What stands in the cells of tables."""

from html import escape

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from carsi_tracker.ledger.models import Basis, Commitment, Document, Entry
from carsi_tracker.ledger.money import figure as as_figure
from carsi_tracker.reports.page.links import Linked, path
from carsi_tracker.reports.page.marks import marked_plainly


def titled(thing: Commitment | Document) -> SafeString:
    """Show a title, marked with its language."""
    return format_html('<span lang="{}">{}</span>', thing.shown_in, thing.shown_title)


def document_link(document: Document, query_string: str) -> SafeString:
    """Link a document's title to its page."""
    href = path("document", document.key) + query_string
    return format_html(
        '<a href="{}" lang="{}">{}</a>', href, document.shown_in, document.shown_title
    )


def basis_mark(entry: Entry) -> SafeString:
    """Show how directly the document says an amount."""
    basis = Basis(entry.basis)
    return format_html('<span class="basis basis-{}">{}</span>', basis, basis.label)


def commitment_address(commitment: Commitment) -> str:
    """Return the address of a commitment's page."""
    return path("commitment", commitment.reference)


def reduction_cell(figure: Linked) -> SafeString:
    """Show a sum below zero of what reduces other amounts, as a link to its entries."""
    taken = marked_plainly(as_figure(-figure.amount), -figure.limits)
    return link(figure.href, _("reduces it by %s") % taken)


def link(href: str, text: str) -> SafeString:
    """Show a link."""
    return SafeString(f'<a href="{escape(href)}">{escape(text)}</a>')

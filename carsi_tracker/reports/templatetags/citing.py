"""The title of a page, said more than once, and how the page is cited."""

from html import unescape

from django import template
from django.utils.safestring import SafeString, mark_safe

from carsi_tracker.reports.page.citation import Citation

register = template.Library()


@register.simple_block_tag
def once(content: str) -> SafeString:
    """Render a block once, on one line; the page then shows it by the name given after `as`."""
    return mark_safe(" ".join(content.split()))  # noqa: S308 (a template rendered and escaped it)


@register.inclusion_tag("reports/_cite.html")
def cite(citation: Citation, title: SafeString) -> dict[str, str]:
    """Show a page's permanent address, and its citation in words and in BibTeX."""
    plain = unescape(title)
    return {
        "address": citation.address,
        "words": citation.in_words(plain),
        "bibtex": citation.bibtex(plain),
    }

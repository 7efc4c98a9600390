"""The title of a page, said more than once, how a page is cited, texts as people wrote them."""

from collections.abc import Mapping
from html import unescape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from carsi_tracker.reports.page.citation import Citation
from carsi_tracker.reports.page.written import WrittenText, whose_amount
from carsi_tracker.reports.page.written import written as written_on

register = template.Library()
register.simple_tag(whose_amount)


@register.simple_block_tag
def once(content: str) -> SafeString:
    """Render a block once, on one line; the page then shows it by the name given after `as`."""
    return mark_safe(" ".join(content.split()))  # noqa: S308 (a template rendered and escaped it)


@register.inclusion_tag("reports/_cite.html")
def cite(citation: Citation, title: SafeString) -> dict[str, str]:
    """Show a page's permanent address, and its citation by this title in words and in BibTeX."""
    plain = unescape(title)
    return {
        "address": citation.address,
        "words": citation.in_words(plain),
        "bibtex": citation.bibtex(plain),
    }


@register.simple_tag(takes_context=True)
def written(context: Mapping[str, Any], text: str, language: str = "") -> WrittenText:
    """Show a text as it was written; in Spanish on a page in Spanish, where that is entered."""
    return written_on(text, language, context["public"])

"""How templates explain words where they stand."""

from typing import Any

from django import template

from carsi_tracker.reports.page.glossary import TERMS

register = template.Library()


@register.inclusion_tag("reports/_terms.html", takes_context=True)
def terms(context: template.Context, *anchors: str | None) -> dict[str, Any]:
    """Explain words of the glossary, by their anchors, each once; leave out what is empty.

    Raises KeyError for a word that the glossary does not have.
    """
    return {
        "terms": [TERMS[anchor] for anchor in dict.fromkeys(anchors) if anchor],
        "query_string": context.get("query_string", ""),
    }

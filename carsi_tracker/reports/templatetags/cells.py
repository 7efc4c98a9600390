"""How templates explain the signs of a table: a dash and a zero are not the same."""

from django import template
from django.template.base import NodeList, Parser, Token
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from carsi_tracker.reports.page.links import path
from carsi_tracker.reports.page.marks import marks_in
from carsi_tracker.reports.page.unknown import DASH, ZERO

register = template.Library()

SIGNS = {
    '<span aria-hidden="true">–</span>': DASH,
    '<a class="zero"': ZERO,
}


class ExplainedNode(template.Node):
    """A table or section, and below it what its dashes, zeros and marks mean, where it has any."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        """Render the table and look which signs it has."""
        table = self.nodelist.render(context)
        said = [str(words) for sign, words in SIGNS.items() if sign in table]
        if marks := marks_in(table):
            limits = f"{path('about')}{context.get('query_string', '')}#limits-title"
            words = ", ".join(f"{mark.sign} {mark.label}" for mark in marks)
            why = gettext("a source gives a limit")
            said.append(format_html('{}: <a href="{}">{}</a>.', words, limits, why))
        if '<a class="empty"' in table and context["request"].path != path("gaps"):
            gaps = f"{path('gaps')}{context.get('query_string', '')}"
            said.append(format_html('<a href="{}">{}</a>.', gaps, gettext("All data gaps")))
        return table + format_html('<p class="method">{}</p>', _in_one(said)) if said else table


def _in_one(sentences: list[str]) -> SafeString:
    return format_html_join(" ", "{}", ((sentence,) for sentence in sentences))


@register.tag
def explained(parser: Parser, _token: Token) -> ExplainedNode:
    """Explain the signs of the table inside."""
    nodelist = parser.parse(("endexplained",))
    parser.delete_first_token()
    return ExplainedNode(nodelist)

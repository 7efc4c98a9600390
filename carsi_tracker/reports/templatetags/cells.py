"""How templates explain the signs of a table: a dash and a zero are not the same."""

from django import template
from django.template.base import NodeList, Parser, Token
from django.utils.html import format_html
from django.utils.safestring import SafeString

from carsi_tracker.reports.page.unknown import DASH, ZERO

register = template.Library()

SIGNS = {
    '<span aria-hidden="true">–</span>': DASH,
    '<a class="zero"': ZERO,
}


class ExplainedNode(template.Node):
    """A table, and below it what its dashes and zeros mean, where it has any."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        """Render the table and look which signs it has."""
        table = self.nodelist.render(context)
        said = " ".join(str(words) for sign, words in SIGNS.items() if sign in table)
        return table + format_html('<p class="method">{}</p>', said) if said else table


@register.tag
def explained(parser: Parser, _token: Token) -> ExplainedNode:
    """Explain the signs of the table inside."""
    nodelist = parser.parse(("endexplained",))
    parser.delete_first_token()
    return ExplainedNode(nodelist)

"""How templates mark what is kept of a page for other days."""

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.safestring import SafeString

from carsi_tracker.reports.page.kept import PARTS

register = template.Library()


class KeptNode(template.Node):
    """A part of a page; `by` is what it depends on beside all that `page_key` names."""

    def __init__(self, name: str, by: list[FilterExpression], nodelist: NodeList) -> None:
        self.name, self.by, self.nodelist = name, by, nodelist

    def render(self, context: template.Context) -> SafeString:
        """Render the part, unless the page has shown it on another day."""
        page_key = context.get("page_key")
        if page_key is None:
            return self.nodelist.render(context)
        key = (page_key, self.name, *(each.resolve(context) for each in self.by))
        part = PARTS.get(key)
        if part is None:
            part = self.nodelist.render(context)
            PARTS.put(key, part)
        return SafeString(part)


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """Keep a part of a page by its name, and by the values that it depends on."""
    _tag, name, *by = token.split_contents()
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(name, [parser.compile_filter(each) for each in by], nodelist)

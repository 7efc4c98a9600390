"""The words that an amount was quoted with stand where it stands, marked with their language."""

from decimal import Decimal

from django.test import Client

from carsi_tracker.ledger import checksum
from carsi_tracker.ledger.models import Stage
from tests import factories

QUOTE = "se comprometen “ocho lanchas”, <todas> nuevas"


def test_a_quote_stands_with_its_entry_and_in_the_version_s_file(desk_database: None) -> None:
    source = factories.document(key="carta-2009", language="es", url="https://example.org/carta")
    draft = factories.batch()
    fund = factories.appropriation()
    factories.line(draft, fund, Stage.APPROPRIATED, Decimal("7.25"), document=source, quote=QUOTE)
    version = factories.posted(draft)
    page = Client().get(f"/entries/{version}-1/").content.decode()
    assert (
        '<blockquote lang="es" cite="https://example.org/carta">'
        "<p>se comprometen “ocho lanchas”, &lt;todas&gt; nuevas</p></blockquote>"
    ) in page
    listed = Client().get("/documents/carta-2009/", follow=True).content.decode()
    assert '<q lang="es">se comprometen “ocho lanchas”, &lt;todas&gt; nuevas</q>' in listed
    file = "".join(checksum.entries_csv(version))
    assert file.splitlines()[1].endswith(',"se comprometen “ocho lanchas”, <todas> nuevas"')


def test_an_entry_without_a_quote_says_nothing_of_one(desk_database: None) -> None:
    page = Client().get("/entries/1-1/", follow=True).content.decode()
    assert "<blockquote" not in page
    assert "In its words" not in page

"""Translations: what posted texts say in Spanish, kept by analysts and administrators."""

from typing import Any

from django.contrib import admin
from django.db import connection
from django.http import HttpRequest, HttpResponse

from carsi_tracker.desk.reference.admin import ReferenceAdmin
from carsi_tracker.ledger.models import Translation

SHOWN = 20
"""How many texts that have no Spanish yet are shown at once."""
UNTRANSLATED = """
    select text from rules.texts_in_english
    where text <> '' and octet_length(text) <= 2600 and char_length(text) <= 2000
        and not exists (select from ledger_translation where original = text)
    order by text limit %s
"""


@admin.register(Translation)
class TranslationAdmin(ReferenceAdmin):
    change_list_template = "desk/translations.html"
    fixed_fields = ("original",)
    list_display = ("original", "spanish")
    search_fields = ("original", "spanish")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """List the translations, below the texts that have none yet."""
        with connection.cursor() as cursor:
            cursor.execute(UNTRANSLATED, [SHOWN])
            texts = [text for (text,) in cursor.fetchall()]
        return super().changelist_view(request, {"untranslated": texts} | (extra_context or {}))

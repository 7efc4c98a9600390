"""Open questions: what is not known and what would settle it, kept by analysts."""

from typing import Any

from django.contrib import admin

from carsi_tracker.desk.reference.admin import ReferenceAdmin, ReferenceForm
from carsi_tracker.imports.published_cells import what_laws_lack
from carsi_tracker.ledger.models import OpenQuestion


class OpenQuestionForm(ReferenceForm):
    """An open question, with the sum that it is about."""

    def clean(self) -> dict[str, Any]:
        """Refuse filters that the database would refuse, each at its field."""
        cleaned = super().clean()
        for name, message in what_laws_lack(cleaned):
            self.add_error(name, message)
        return cleaned


@admin.register(OpenQuestion)
class OpenQuestionAdmin(ReferenceAdmin):
    form = OpenQuestionForm
    fixed_fields = ("key",)
    list_display = ("question", "measure", "account", "year", "country", "position", "state")
    list_filter = ("retired", "measure")
    list_select_related = ("account", "country")
    search_fields = ("key", "question", "question_es", "settled_by", "settled_by_es")

"""Batches: their list, and the addresses of what is done with them."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from carsi_tracker.desk.batches import batch_page, batch_texts, comments, decisions
from carsi_tracker.desk.batches.held import COLUMNS, held
from carsi_tracker.desk.drafting import allocation, import_page, returned
from carsi_tracker.desk.forms.again import shows_again
from carsi_tracker.desk.forms.ids import id_sent
from carsi_tracker.desk.lines import draft_file, line_pages, new_commitments, table_page
from carsi_tracker.desk.pasting.page import paste_rows
from carsi_tracker.desk.review import review_page, sources
from carsi_tracker.desk.site import ListAdmin, person
from carsi_tracker.ledger.models import Batch, Stage
from carsi_tracker.ledger.money import figure


class MyBatches(admin.SimpleListFilter):
    """Those that the person keeps who asks, or the drafts among them."""

    title = _("person")
    parameter_name = "keeper"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer one's own."""
        return [("drafts", _("your drafts")), ("mine", _("all that you keep"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Batch]) -> QuerySet[Batch]:
        """Return one's own, or all."""
        own = {"keeper": person(request).pk}
        of: dict[str, dict[str, Any]] = {"drafts": own | {"state": Batch.State.DRAFT}, "mine": own}
        return queryset.filter(**of.get(self.value() or "", {}))


class BatchList(ChangeList):
    """A page of batches, with what each holds asked for all of them at once."""

    def get_results(self, request: HttpRequest) -> None:
        """Find the batches of the page, and what they hold."""
        super().get_results(request)
        self.result_list = list(self.result_list)
        holding = held(batch.pk for batch in self.result_list)
        own = person(request).pk
        for batch in self.result_list:
            batch.held = holding[batch.pk]
            batch.can_go = batch.state == Batch.State.DRAFT and batch.keeper_id == own


def _amount(batch: Any, stage: Stage) -> str:
    amount = batch.held.columns[COLUMNS.index(stage)]
    return "–" if amount is None else figure(amount)


@admin.register(Batch)
class BatchAdmin(ListAdmin):
    """The list; each batch has a page of its own, and nothing is saved by the stock forms."""

    list_display = (
        "title",
        "shown_state",
        "appropriations",
        "countries",
        "committed",
        "obligated",
        "disbursed",
        "created_by",
        "created_at",
    )
    list_filter = ("state", MyBatches)
    list_select_related = ("created_by",)
    search_fields = ("title", "reason", "lines__commitment__reference", "introduces__reference")
    actions = ("discard_drafts",)
    change_list_template = "desk/batches.html"

    def action_checkbox(self, obj: Any) -> SafeString:
        """Give a box to the person's own drafts alone: nothing else can be discarded."""
        return super().action_checkbox(obj) if obj.can_go else SafeString("&nbsp;")

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, batch: Batch) -> str:
        """Say how far the batch has got."""
        if batch.version is not None:
            return _("posted as version %d") % batch.version
        return batch.get_state_display()

    @admin.display(description=_("appropriation"))
    def appropriations(self, batch: Any) -> str:
        """Name the appropriations."""
        return batch.held.appropriations or "–"

    @admin.display(description=_("country"))
    def countries(self, batch: Any) -> str:
        """Name the countries."""
        return batch.held.countries or "–"

    @admin.display(description=Stage.COMMITTED.label)
    def committed(self, batch: Any) -> str:
        """Write what is committed."""
        return _amount(batch, Stage.COMMITTED)

    @admin.display(description=Stage.OBLIGATED.label)
    def obligated(self, batch: Any) -> str:
        """Write what is obligated."""
        return _amount(batch, Stage.OBLIGATED)

    @admin.display(description=Stage.DISBURSED.label)
    def disbursed(self, batch: Any) -> str:
        """Write what is disbursed."""
        return _amount(batch, Stage.DISBURSED)

    def response_action(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Do an action with the batches chosen; what is sent and is no id chooses none."""
        sent = request.POST.copy()
        chosen = filter(id_sent, sent.getlist(ACTION_CHECKBOX_NAME))
        sent.setlist(ACTION_CHECKBOX_NAME, list(chosen))
        request.POST = sent  # type: ignore[assignment]
        return super().response_action(request, *args, **kwargs)

    def has_discard_permission(self, request: HttpRequest) -> bool:
        """Say whether the person may discard drafts."""
        return person(request).has_perm("ledger.delete_batch")

    @admin.action(description=_("Discard the drafts chosen …"), permissions=["discard"])
    def discard_drafts(self, request: HttpRequest, chosen: QuerySet[Batch]) -> HttpResponse | None:
        """Ask whether the person's drafts among those chosen are to be discarded."""
        return decisions.discard_several(request, chosen)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the list that knows what its batches hold."""
        return BatchList

    def has_delete_permission(self, request: HttpRequest, obj: Batch | None = None) -> bool:
        """Leave it to discarding."""
        return False

    @shows_again
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Start an empty batch."""
        return batch_texts.new_batch(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the batch's page."""
        return batch_page.show(request, object_id)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Show the batch's page, which says who prepared it."""
        return batch_page.show(request, object_id)

    def get_urls(self) -> list[URLPattern]:
        """Return the addresses of the list, of the pages and of what is done there."""
        own: dict[str, tuple[Callable[..., HttpResponseBase], str]] = {
            "<int:batch_id>/texts/": (batch_texts.edit_texts, "batch_texts"),
            "<int:batch_id>/submit/": (decisions.submit, "batch_submit"),
            "<int:batch_id>/withdraw/": (decisions.withdraw, "batch_withdraw"),
            "<int:batch_id>/discard/": (decisions.discard, "batch_discard"),
            "<int:batch_id>/review/": (review_page.review, "batch_review"),
            "<int:batch_id>/source/<int:document_id>/": (sources.source_file, "batch_source"),
            "<int:batch_id>/post/": (review_page.post, "batch_post"),
            "<int:batch_id>/send-back/": (review_page.send_back, "batch_send_back"),
            "<int:batch_id>/remark/": (comments.remark, "batch_remark"),
            "<int:batch_id>/lines/": (table_page.save_table, "lines_save"),
            "<int:batch_id>/lines/try/": (table_page.try_table, "lines_try"),
            "<int:batch_id>/lines/paste/": (paste_rows, "lines_paste"),
            "<int:batch_id>/lines/suggest/": (table_page.suggest, "lines_suggest"),
            "<int:batch_id>/lines.<slug:kind>": (draft_file.draft_file, "draft_file"),
            "<int:batch_id>/lines/add/": (line_pages.add_line, "line_add"),
            "<int:batch_id>/lines/<int:line_id>/": (line_pages.edit_line, "line_edit"),
            "<int:batch_id>/lines/<int:line_id>/delete/": (line_pages.delete_line, "line_delete"),
            "<int:batch_id>/commitments/<int:commitment_id>/": (
                new_commitments.edit_commitment,
                "new_commitment_edit",
            ),
            "<int:batch_id>/commitments/<int:commitment_id>/delete/": (
                new_commitments.delete_commitment,
                "new_commitment_delete",
            ),
            "import/": (import_page.import_file, "import_file"),
            "import/template.<slug:kind>": (import_page.template, "import_template"),
            "import/<uuid:token>/": (import_page.preview, "import_preview"),
            "import/<uuid:token>/remarks/": (import_page.remarks, "import_remarks"),
            "returned/": (returned.returned_file, "returned_file"),
            "returned/<uuid:token>/": (returned.returned_preview, "returned_preview"),
            "returned/<uuid:token>/remarks/": (returned.returned_remarks, "returned_remarks"),
            "allocate/": (allocation.add_allocation, "allocation_add"),
        }
        view = self.admin_site.admin_view
        return [
            *(path(address, view(page), name=name) for address, (page, name) in own.items()),
            *super().get_urls(),
        ]

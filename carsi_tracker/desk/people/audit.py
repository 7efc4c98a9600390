"""The audit trail, for administrators to read."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from carsi_tracker.accounts.models import Event, SignInRefusal, User
from carsi_tracker.desk.site import ListAdmin
from carsi_tracker.ledger.models import Batch
from carsi_tracker.reports.templatetags.figures import moment_in_words

LABELS = {
    "version": _("version"),
    "title": _("title"),
    "name": _("typed name"),
    "why": _("why"),
    "what": _("what"),
    "path": _("address"),
    "method": _("method"),
    "batch": _("batch"),
    "batches": _("batches"),
    "from": _("from"),
    "sessions": _("sessions"),
    "added": _("added"),
    "removed": _("removed"),
    "renewed": _("renewed"),
    "renamed": _("renamed"),
    "used": _("used"),
    "connected": _("connected with"),
    "disconnected": _("disconnected from"),
    "subject": _("subject"),
    "provider": _("by single sign-on"),
    "must_change_password": _("has to change the password"),
    "names": _("names in versions"),
    "earliest": _("earliest"),
    "latest": _("latest"),
    **dict(Event.Kind.choices),
}
VALUES = {
    **dict(SignInRefusal.choices),
    "all": _("all, by an administrator"),  # as earlier releases noted it
    "by let_in": _("all, by the command let_in"),
    "idle": _("no activity for too long"),
    "age": _("twelve hours had passed"),
    "right": _("no right to it"),
    "totp": _("authenticator app"),
    "webauthn": _("passkey"),
    "recovery_codes": _("recovery codes"),
}


class PersonFilter(admin.SimpleListFilter):
    """What a person did, and what was done to them."""

    title = _("person")
    parameter_name = "person"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return everybody, by name."""
        return [(str(who.pk), who.display_name) for who in User.objects.order_by("username")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        """Keep the events of the person in the address; of nobody where there is no such person."""
        value = self.value()
        if value is None:
            return queryset
        known = {str(key): int(key) for key, _name in self.lookup_choices}
        of_person = Q(actor=known.get(value, 0)) | Q(person=known.get(value, 0))
        return queryset.filter(of_person)


@admin.register(Event)
class EventAdmin(ListAdmin):
    """A list that is only read; what happened stands in it whole."""

    list_display = ("moment", "kind", "actor", "person", "what", "address")
    list_display_links = None
    list_filter = ("kind", PersonFilter)
    list_select_related = ("actor", "person")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("actor__username", "person__username", "detail", "address")

    @admin.display(description=_("when"), ordering="id")
    def moment(self, event: Event) -> str:
        """Say when it happened, in Washington."""
        return moment_in_words(event.happened_at)

    @admin.display(description=_("detail"))
    def what(self, event: Any) -> str:
        """Say what the event holds, a part after the other; batches and people by their names."""
        parts = ((_label(name), _told(event, name, of)) for name, of in event.detail.items())
        return format_html_join("; ", "{}: {}", parts)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Return the list, whose events know the batches and people that they name by number."""
        shown = super().get_changelist_instance(request)
        events: list[Any] = list(shown.result_list)
        batches = {key for event in events for key in _keys(event.detail.get("batches"))}
        givers = {key for event in events for key in _keys([event.detail.get("from")])}
        known = Batch.objects.in_bulk(batches), User.objects.in_bulk(givers)
        for event in events:
            event.batches, event.givers = known
        return shown

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Let nobody add one."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        """Let nobody change one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        """Let nobody delete one."""
        return False


def _label(name: str) -> str:
    if name in LABELS:
        return str(LABELS[name])
    columns = {field.name: field.verbose_name for field in User._meta.concrete_fields}
    return str(columns.get(name, name))


def _told(event: Any, name: str, value: Any) -> str:
    if name == "batches" and (keys := _keys(value)):
        return format_html_join(", ", "{}", ((_linked(event, key),) for key in keys))
    if name == "from" and _keys([value]) and value in event.givers:
        return str(event.givers[value])
    if name == "names":
        return ", ".join(value) or "–"
    return _said(value)


def _keys(value: Any) -> list[int]:
    """Return the numbers of rows that an event lists; none where it lists anything else."""
    listed = value if isinstance(value, list) else []
    return listed if all(type(key) is int and 0 < key < 2**63 for key in listed) else []


def _linked(event: Any, key: int) -> str:
    if key not in event.batches:
        return gettext("batch %d, discarded") % key
    address = reverse("admin:ledger_batch_change", args=[key])
    return format_html('<a href="{}">{}</a>', address, event.batches[key])


def _said(value: Any) -> str:
    if isinstance(value, list):
        return " → ".join(_said(part) for part in value)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, str):
        value = VALUES.get(value, value)
    return "–" if value in (None, "") else str(value)

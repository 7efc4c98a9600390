"""The desk: the admin of analysts, approvers and administrators."""

from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse, translate_url
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from carsi_tracker.accounts import typed
from carsi_tracker.accounts.events import refused
from carsi_tracker.accounts.second_factor import is_missing
from carsi_tracker.desk.find import LONGEST, asked_for, exact, find
from carsi_tracker.desk.forms import again
from carsi_tracker.desk.sections import current, sections
from carsi_tracker.desk.watching import of_verification
from carsi_tracker.desk.work_list import counts, headline, work_list
from carsi_tracker.ledger.days import today

WORK = ("Batch", "Posting", "Commitment")
LANGUAGES = {"en": "English", "es": "Español"}

if TYPE_CHECKING:
    from carsi_tracker.accounts.models import User


class Desk(AdminSite):
    """The Django admin under the tracker's name."""

    site_title = _("CARSI Tracker staff site")
    index_title = _("Work list")
    enable_nav_sidebar = False

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT002 (as Django)
        """Show a page to people with a role alone, and let no cache keep it.

        Who has a password that somebody else set chooses another first, and who lacks a second step
        that their roles ask for sets one up; a right that is missing is noted in the audit trail.
        What was typed without a session any more waits in the sign-in page, and stands in its form
        again afterwards.
        """

        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if person(request).must_change_password:
                return redirect_to_login(
                    request.get_full_path(), reverse("account_change_password")
                )
            if is_missing(request, person(request)):
                return redirect("mfa_index")
            try:
                posted = typed.take(request) if request.method == "GET" else None
                if posted is not None:
                    shown = again.show_again(view, request, posted, *args, **kwargs)
                    if isinstance(shown, TemplateResponse):
                        return shown
                    return self.page(request, "typed.html", _not_done(posted, shown))
                return view(request, *args, **kwargs)
            except PermissionDenied:
                refused(request, "right", method=request.method)
                raise

        protected = super().admin_view(checked, cacheable)

        @wraps(protected)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.method == "POST" and not request.user.is_authenticated:
                return again.sign_in_first(
                    request,
                    self.each_context(request),
                    typed.packed(request),
                    request.get_full_path(),
                )
            return protected(request, *args, **kwargs)

        return kept

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Send people to the page where they sign in, and from there where they wanted to go."""
        wanted = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
        return redirect_to_login(wanted)

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Send people to the page where they sign out."""
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Send people to the page where they change their password."""
        return redirect("account_change_password")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what every page of the desk shows."""
        context = super().each_context(request)
        context["site_url"] = translate_url("/", get_language() or settings.LANGUAGE_CODE)
        context["waiting"] = counts(request.user)
        context["sections"] = sections(request.path)
        context["section"] = current(context["sections"])
        context["single_sign_on"] = settings.SINGLE_SIGN_ON
        context["languages"] = [
            (code, name, translate_url(request.get_full_path(), code))
            for code, name in LANGUAGES.items()
        ]
        return context

    def get_urls(self) -> list[Any]:
        """Return the addresses of the admin and of finding."""
        own: list[URLPattern] = [
            path("find/", self.admin_view(self.find), name="find"),
            path("ledger/", self.admin_view(self.reference_data), name="reference_data"),
        ]
        return [*own, *super().get_urls()]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show a person's work list, with the kinds of rows below it."""
        work, unverified = work_list(person(request)), of_verification(request.user)
        title = headline(work.counts)
        if unverified and not (work.counts.to_post or work.counts.to_finish):
            title = str(_("The verification needs your attention"))
        context = {
            "title": title,
            "work": work,
            "left": work.left,
            "day": today(),
            "of_verification": unverified,
            **(extra_context or {}),
        }
        return super().index(request, context)

    def reference_data(self, request: HttpRequest) -> HttpResponse:
        """Show the kinds of reference data, and of people to who manages them."""
        apps = self.get_app_list(request)
        kinds = [app for app in apps if app["models"][0]["object_name"] not in WORK]
        return self.page(
            request, "reference_data.html", {"title": _("Reference data"), "app_list": kinds}
        )

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> Any:
        """Lead to the kinds of reference data, which is one page for all apps."""
        return redirect("admin:reference_data")

    def find(self, request: HttpRequest) -> HttpResponse:
        """Show what holds the words asked for; a whole reference or key leads straight there."""
        sent = request.GET.get("q", "")
        text, only = asked_for(sent), request.GET.get("in", "")
        there = exact(person(request), text) if text and not only else None
        if there:
            return redirect(there)
        groups = find(person(request), text, only, request.GET.get("page"))
        context = {
            "title": _("Find"),
            "sought": text,
            "is_cut": len(sent) > LONGEST,
            "longest": LONGEST,
            "only": only,
            "found": [group for group in groups if group.rows],
        }
        return self.page(request, "find.html", context)

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Return the kinds of rows by what they are for: work, then reference data, then people."""
        sections = []
        for app in super().get_app_list(request, app_label):
            if app["app_label"] != "ledger":
                sections.append(app)
                continue
            work = [model for model in app["models"] if model["object_name"] in WORK]
            other = [model for model in app["models"] if model["object_name"] not in WORK]
            work.sort(key=lambda model: WORK.index(model["object_name"]))
            sections.append({**app, "models": work})
            sections.append({**app, "name": _("Reference data"), "models": other})
        return sections

    def page(
        self, request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
    ) -> TemplateResponse:
        """Render a page of the desk from `templates/desk/`."""
        return self.part(request, template, {**self.each_context(request), **context}, status)

    def part(
        self, request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
    ) -> TemplateResponse:
        """Render a part of a page, for the script that puts it there: without what frames pages."""
        request.current_app = self.name
        return TemplateResponse(request, f"desk/{template}", context, status=status)


def desk() -> Desk:
    """Return the desk."""
    return cast("Desk", admin.site)


def _not_done(posted: QueryDict, answer: HttpResponse | None) -> dict[str, Any]:
    """Describe a page for what has no form any more; `answer` may lead on."""
    wanted = answer.get("Location") if answer else None
    return {"title": _("Not saved"), "typed": again.in_words(posted), "wanted": wanted}


def person(request: HttpRequest) -> "User":
    """Return the person who asks; pages of the desk are shown to signed-in people only."""
    return cast("User", request.user)


class ListAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows in a list that is headed by their name; each is changed and deleted on its own page."""

    actions: Any = None
    show_facets = admin.ShowFacets.NEVER

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list; raises BadRequest for text that no database can look for."""
        if any("\x00" in value for values in request.GET.lists() for value in values[1]):
            raise BadRequest
        context = {"title": capfirst(self.opts.verbose_name_plural), **(extra_context or {})}
        return super().changelist_view(request, context)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the form of a new row, under the words of the button that leads to it."""
        title = _("Add %(name)s") % {"name": self.opts.verbose_name}
        return super().add_view(request, form_url, {"title": title, **(extra_context or {})})

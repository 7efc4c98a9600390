"""The desk: the admin of analysts, approvers and administrators."""

from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib import admin
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from carsi_tracker.accounts.models import User


class Desk(AdminSite):
    """The Django admin under the tracker's name."""

    site_header = _("CARSI Tracker · Desk")
    site_title = _("CARSI Tracker desk")
    index_title = _("Desk")
    enable_nav_sidebar = False

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what every page of the desk shows."""
        context = super().each_context(request)
        context["site_url"] = translate_url("/", get_language() or settings.LANGUAGE_CODE)
        context["languages"] = [
            (code, name, translate_url(request.get_full_path(), code))
            for code, name in LANGUAGES.items()
        ]
        return context

    def page(
        self, request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
    ) -> TemplateResponse:
        """Render a page of the desk from `templates/desk/`."""
        request.current_app = self.name  # type: ignore[attr-defined]
        return TemplateResponse(
            request, f"desk/{template}", {**self.each_context(request), **context}, status=status
        )


def desk() -> Desk:
    """Return the desk."""
    return cast("Desk", admin.site)


def person(request: HttpRequest) -> "User":
    """Return the person who asks; pages of the desk are shown to signed-in people only."""
    return cast("User", request.user)


LANGUAGES = {"en": "English", "es": "Español"}

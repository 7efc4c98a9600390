"""Lists of the desk, under the name of what they list."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst


class ListAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows in a list that is headed by their name."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list; raises BadRequest for text that no database can look for."""
        if any("\x00" in value for values in request.GET.lists() for value in values[1]):
            raise BadRequest
        context = {"title": capfirst(self.opts.verbose_name_plural), **(extra_context or {})}
        return super().changelist_view(request, context)

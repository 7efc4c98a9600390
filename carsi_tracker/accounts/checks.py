"""What `manage.py check --deploy` asks of how people sign in."""

from typing import Any

from django.conf import settings
from django.core import checks


@checks.register(checks.Tags.security, deploy=True)
def second_factor_is_required(**_kwargs: Any) -> list[checks.CheckMessage]:
    """Warn where a stolen password alone lets an approver or administrator in."""
    if settings.SECOND_FACTOR == "required":
        return []
    return [
        checks.Warning(
            "A stolen password alone lets an approver or an administrator in.",
            hint="Set SECOND_FACTOR=required.",
            id="accounts.W001",
        )
    ]

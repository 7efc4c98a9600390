"""What each role may do, as Django permissions."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Model

from carsi_tracker.accounts.models import User

REFERENCE_DATA = (
    "account",
    "appropriation",
    "country",
    "document",
    "goal",
    "openquestion",
    "organization",
    "programmingarea",
    "publishedfigure",
    "translation",
)
DESK = ("batch", "line", "commitment")


def _each(actions: tuple[str, ...], models: tuple[str, ...]) -> frozenset[str]:
    return frozenset(f"ledger.{action}_{model}" for action in actions for model in models)


VIEW = _each(("view",), (*REFERENCE_DATA, *DESK))
ANALYST = (
    VIEW
    | _each(("add", "change", "delete"), DESK)
    | _each(("add", "change"), ("document", "openquestion", "publishedfigure", "translation"))
    | _each(("add",), ("organization",))
)
APPROVER = VIEW | {"ledger.post_batch"}
ADMINISTRATOR = (
    VIEW
    | _each(("add", "change", "delete"), REFERENCE_DATA)
    | {f"accounts.{action}_user" for action in ("view", "add", "change", "delete")}
    | {"accounts.view_event"}
)


def permissions(user: User) -> frozenset[str]:
    """Return the permissions ("app.codename") of an active person's roles together."""
    if not user.is_active:
        return frozenset()
    held = frozenset[str]()
    if user.is_analyst:
        held |= ANALYST
    if user.is_approver:
        held |= APPROVER
    if user.is_administrator:
        held |= ADMINISTRATOR
    return held


class RoleBackend(AuthenticationBackend):  # type: ignore[misc]
    """Signs people in by password while they hold a role, and grants what it allows."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Say whether the person is active and holds a role; asked at each request."""
        return bool(super().user_can_authenticate(user) and user.is_staff)

    def get_all_permissions(self, user_obj: Any, obj: Model | None = None) -> set[str]:
        """Return the permissions of the person's roles; none for one object in particular."""
        if not isinstance(user_obj, User) or obj is not None:
            return set()
        return set(permissions(user_obj))

    def has_perm(self, user_obj: Any, perm: str, obj: Model | None = None) -> bool:
        """Say whether the person's roles allow it."""
        return perm in self.get_all_permissions(user_obj, obj)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Say whether the person's roles allow anything in the app."""
        return any(perm.startswith(f"{app_label}.") for perm in self.get_all_permissions(user_obj))

"""The people who work on the ledger, and the roles they hold."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class PeopleManager(UserManager["User"]):
    """Creates people; whoever holds a role may enter the desk, so there is no staff flag to set."""

    def create_user(  # type: ignore[override]
        self, username: str, password: str | None = None, **fields: Any
    ) -> "User":
        """Create a person; `password=None` makes one who can't sign in."""
        person = self.model(username=self.model.normalize_username(username), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(  # type: ignore[override]
        self, username: str, password: str | None = None, **fields: Any
    ) -> "User":
        """Create an administrator, for `manage.py createsuperuser`."""
        return self.create_user(username, password, is_administrator=True, **fields)


class User(AbstractUser):
    """A person, who may hold several roles; the database asks for an approver at each posting."""

    is_analyst = models.BooleanField(
        _("analyst"), default=False, help_text=_("Enters allocations and other amounts.")
    )
    is_approver = models.BooleanField(
        _("approver"), default=False, help_text=_("Posts what others have prepared.")
    )
    is_administrator = models.BooleanField(
        _("administrator"), default=False, help_text=_("Keeps the reference data and the people.")
    )

    must_change_password = models.BooleanField(default=False, editable=False)

    objects: ClassVar[PeopleManager] = PeopleManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name as versions print it: the full name where there is one, else the user name."""
        return self.get_full_name() or self.username

    @property
    def is_staff(self) -> bool:  # type: ignore[override]
        """Whether the person may enter the desk."""
        return self.is_analyst or self.is_approver or self.is_administrator or self.is_superuser


class SignInRefusal(models.TextChoices):
    """Why somebody was not signed in, as the audit trail keeps it."""

    PASSWORD = "password", _("wrong password or name")
    SECOND_FACTOR = "second factor", _("wrong code")
    TOO_MANY_ATTEMPTS = "too many attempts", _("too many attempts")
    SINGLE_SIGN_ON = "single sign-on", _("refused by single sign-on")
    PROVIDER_ONLY = "provider only", _("single sign-on is required")


class Event(models.Model):
    """Who signed in, was refused, posted or was given a role; kept by the database."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("signed in")
        SIGNED_OUT = "signed_out", _("signed out")
        SIGN_IN_REFUSED = "sign_in_refused", _("sign-in refused")
        SESSIONS_ENDED = "sessions_ended", _("sessions ended")
        SECOND_FACTOR = "second_factor", _("two-step verification changed")
        SINGLE_SIGN_ON = "single_sign_on", _("single sign-on changed")
        PASSWORD_CHANGED = "password_changed", _("password changed")
        PERSON_CHANGED = "person_changed", _("person changed")
        DRAFTS_HANDED_OVER = "drafts_handed_over", _("drafts handed over")
        POSTED = "posted", _("posted a version")
        COUNTERSIGNED = "countersigned", _("countersigned a version")
        REFUSED = "refused", _("refused")
        PERSON_FORGOTTEN = "person_forgotten", _("personal data removed")
        EVENTS_REMOVED = "events_removed", _("old events removed")
        LEDGER_LOADED = "ledger_loaded", _("loaded a published ledger")

    PASSING: ClassVar = (
        Kind.SIGNED_IN,
        Kind.SIGNED_OUT,
        Kind.SIGN_IN_REFUSED,
        Kind.SESSIONS_ENDED,
        Kind.REFUSED,
    )
    """What the owner may remove after a year; the database keeps all else for good."""

    happened_at = models.DateTimeField(_("when"), auto_now_add=True)
    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    actor = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    person = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("whom")
    )
    detail = models.JSONField(_("detail"), default=dict)
    address = models.GenericIPAddressField(_("network address"), null=True)

    class Meta:
        ordering = ("-id",)
        default_permissions = ("view",)
        verbose_name = _("event")
        verbose_name_plural = _("audit trail")


class Attempt(models.Model):
    """What Django's database cache keeps of who tried to sign in, for all web processes alike."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

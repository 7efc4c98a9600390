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

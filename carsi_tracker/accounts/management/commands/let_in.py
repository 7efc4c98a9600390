from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.crypto import get_random_string

from carsi_tracker.accounts.models import Attempt, User


class Command(BaseCommand):
    help = (
        "Lets an administrator in who is locked out, or with --new the first one: makes the "
        "person active and an administrator, removes the second step and the waiting time, and "
        "prints a new password once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--new", action="store_true", help="make that person first")

    def handle(self, *args: Any, **options: Any) -> None:
        password = get_random_string(20)
        with transaction.atomic():
            person = User.objects.select_for_update().filter(username=options["username"]).first()
            if person is None and options["new"]:
                person = _new(options["username"])
            elif person is None:
                who = options["username"]
                raise CommandError(f"There is no {who}; to make that person, add --new.")
            person.is_active = person.is_administrator = person.must_change_password = True
            person.set_password(password)
            person.save()
            Authenticator.objects.filter(user=person).delete()
        Attempt.objects.all().delete()
        self.stdout.write(f"{person.username} signs in with this password, and then chooses one:")
        self.stdout.write(password)


def _new(username: str) -> User:
    """Make a person, who has no role yet."""
    person = User(username=User.normalize_username(username))
    try:
        person.full_clean(exclude=["password"])
    except ValidationError as refused:
        raise CommandError(" ".join(refused.messages)) from None
    return person

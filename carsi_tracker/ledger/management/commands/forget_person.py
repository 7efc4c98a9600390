from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from carsi_tracker.accounts.models import Event, User
from carsi_tracker.ledger.refusals import Refused, refusals_in_words


class Command(BaseCommand):
    help = (
        "Removes what is kept of a person, but for the names that posted versions print, and ends "
        "their access. This cannot be undone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--no-input", action="store_true", help="do not ask first")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["username"]).first()
        if person is None:
            raise CommandError(f"There is nobody with the username {options['username']}.")
        question = f"Type {person.username} again to remove what is kept of this person: "
        if not options["no_input"] and input(question) != person.username:
            raise CommandError("Nothing was removed.")
        try:
            with refusals_in_words(), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("select rules.forget_person(%s)", [person.pk])
        except Refused as refused:
            raise CommandError(" ".join(refused.lines)) from None
        noted = Event.objects.filter(kind=Event.Kind.PERSON_FORGOTTEN, person=person).latest("id")
        printed = ", ".join(noted.detail["names"]) or "none, no version prints one"
        person.refresh_from_db()
        self.stdout.write(f"Removed; the person is {person.username} now.")
        self.stdout.write(f"Names that stay in posted versions: {printed}.")

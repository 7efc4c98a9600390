from typing import Any

from django.core.management.base import BaseCommand

from carsi_tracker.mail.models import WaitingMail
from carsi_tracker.mail.sending import send_waiting


class Command(BaseCommand):
    help = "Sends the mails that wait because the mail server did not take them at once."

    def handle(self, *args: Any, **options: Any) -> None:
        sent = send_waiting()
        self.stdout.write(f"{sent} mails were sent, {WaitingMail.objects.count()} wait.")

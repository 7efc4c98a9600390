from django.apps import AppConfig
from django.core.checks import register


class DatabaseConfig(AppConfig):
    name = "carsi_tracker.database"

    def ready(self) -> None:
        """Let `manage.py check --deploy` say what is missing."""
        from carsi_tracker.database import checks

        for check in (checks.role_and_clock, checks.encryption, checks.back_ups):
            register(check, deploy=True)

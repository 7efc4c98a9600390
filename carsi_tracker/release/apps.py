from django.apps import AppConfig
from django.core.checks import Tags, register


class ReleaseConfig(AppConfig):
    name = "carsi_tracker.release"

    def ready(self) -> None:
        """Let `manage.py check` say what is missing."""
        from carsi_tracker.release.messages import check_messages

        register(check_messages, Tags.translation)

from django.apps import AppConfig
from django.core.checks import Tags, register


class ReleaseConfig(AppConfig):
    name = "carsi_tracker.release"

    def ready(self) -> None:
        """Let `manage.py check` say what is missing, and what is of another release."""
        from carsi_tracker.release.messages import check_messages, check_that_messages_are_current
        from carsi_tracker.release.static import check_that_static_files_are_current

        register(check_messages, Tags.translation)
        register(check_that_messages_are_current, deploy=True)
        register(check_that_static_files_are_current, deploy=True)

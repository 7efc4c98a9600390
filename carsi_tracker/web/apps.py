from django.apps import AppConfig
from django.core.checks import register


class WebConfig(AppConfig):
    name = "carsi_tracker.web"

    def ready(self) -> None:
        """Let `manage.py check --deploy` say what is missing."""
        from carsi_tracker.web import checks

        register(checks.reached_by_others, deploy=True)
        register(checks.metrics, deploy=True)
        register(checks.mail, deploy=True)

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "carsi_tracker.reports"

    def ready(self) -> None:
        """Register what is asked of a deployment."""
        from carsi_tracker.reports.site import checks  # noqa: F401 (the check names itself)

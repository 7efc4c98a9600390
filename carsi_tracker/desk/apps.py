from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    default_site = "carsi_tracker.desk.site.Desk"

    def ready(self) -> None:
        """Register what the desk shows."""
        super().ready()
        for subject in (
            "batches.admin",
            "posted.versions",
            "posted.commitments",
            "reference.admin",
            "reference.named",
            "reference.documents",
            "reference.open_questions",
            "reference.published",
            "reference.translations",
            "people.admin",
            "people.audit",
        ):
            import_module(f"carsi_tracker.desk.{subject}")

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "carsi_tracker.reports"

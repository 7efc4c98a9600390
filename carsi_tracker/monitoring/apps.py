from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "carsi_tracker.monitoring"

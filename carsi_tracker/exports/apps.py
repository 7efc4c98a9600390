from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "carsi_tracker.exports"

from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "carsi_tracker.mail"

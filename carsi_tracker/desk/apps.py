from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    default_site = "carsi_tracker.desk.site.Desk"

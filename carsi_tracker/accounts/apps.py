from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "carsi_tracker.accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        """Listen to who signs in, where anybody can, and register what is asked of a deployment."""
        if settings.PUBLIC_ONLY:
            return
        from carsi_tracker.accounts import checks, events  # noqa: F401 (models have to be loaded)

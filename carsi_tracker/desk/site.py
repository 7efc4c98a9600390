"""The desk: the admin of analysts, approvers and administrators."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class Desk(AdminSite):
    """The Django admin under the tracker's name."""

    site_header = _("CARSI Tracker · Desk")
    site_title = _("CARSI Tracker desk")
    index_title = _("Desk")

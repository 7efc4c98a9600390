"""The tracker as a WSGI application."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from carsi_tracker.release.messages import require_messages
from carsi_tracker.release.static import require_static_files

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carsi_tracker.settings")

try:
    require_messages()
    require_static_files()
    application = get_wsgi_application()
except ImproperlyConfigured as error:
    sys.exit(str(error))

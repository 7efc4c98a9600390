"""The tracker's settings, as tests run it."""

import os

os.environ.setdefault("SECRET_KEY", "signs nothing but what tests make")

from carsi_tracker.settings import *  # noqa: F403 (the key has to be set before)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
STATIC_ROOT = BASE_DIR / "static"  # noqa: F405 (from the settings)
REPORT_ERRORS_TO = SECURITY_CONTACT = "errors@tracker.example"

"""Settings of the tracker, read from the environment; none needs to be set to run it locally."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from carsi_tracker import environment
from carsi_tracker.accounts import single_sign_on
from carsi_tracker.caching.choice import page_cache
from carsi_tracker.database.address import django_databases, is_embedded
from carsi_tracker.exports.catalogue import publisher
from carsi_tracker.exports.iati import reporting
from carsi_tracker.local.secret import secret_key
from carsi_tracker.monitoring.logs import addresses, logging_by_environment
from carsi_tracker.release.content import release_of
from carsi_tracker.web.served import is_public_only, served

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = secret_key()
DEBUG = False
DEPLOYED = not is_embedded() and bool(environment.text("ALLOWED_HOSTS"))
ALLOWED_HOSTS = environment.host_names("ALLOWED_HOSTS", "localhost", "127.0.0.1", "[::1]")

INSTALLED_APPS = [
    "carsi_tracker.release.apps.ReleaseConfig",
    "carsi_tracker.desk.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_tables2",
    "csp",
    "carsi_tracker.database",
    "carsi_tracker.mail",
    "carsi_tracker.web",
    "carsi_tracker.accounts",
    "carsi_tracker.ledger",
    "carsi_tracker.reports",
    "carsi_tracker.exports",
    "carsi_tracker.imports",
    "carsi_tracker.monitoring",
]

MIDDLEWARE = [
    "carsi_tracker.monitoring.access.Observed",
    "carsi_tracker.web.headers.Guarded",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "carsi_tracker.web.language.LanguageByAddress",
    "carsi_tracker.exports.api.problems.Problems",
    "carsi_tracker.monitoring.probes.AnswerProbes",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "carsi_tracker.accounts.sessions.EndIdleSessions",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "carsi_tracker.urls"
WSGI_APPLICATION = "carsi_tracker.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": served(
                [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            ),
        },
    },
]

PUBLIC_ONLY = is_public_only()
INSTALLED_APPS, MIDDLEWARE = served(INSTALLED_APPS), served(MIDDLEWARE)

DATABASES = django_databases()
DATABASE_ROUTERS = ["carsi_tracker.database.reading.ReadingRouter"]
REPLICA_LAG_SECONDS = environment.number("REPLICA_LAG_SECONDS", 30, 0, 86_400)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {  # attempts to sign in are counted for all processes together
        "BACKEND": "carsi_tracker.accounts.attempts.Attempts",
        "LOCATION": "accounts_attempt",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "pages": page_cache(),
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["carsi_tracker.accounts.roles.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {},
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
] + [{"NAME": "carsi_tracker.accounts.passwords.RestsOnOurWords"}]
SECOND_FACTOR = environment.choice("SECOND_FACTOR", "required", "optional") or (
    "required" if DEPLOYED else "optional"
)
SINGLE_SIGN_ON = single_sign_on.configured()
SOCIALACCOUNT_ADAPTER = "carsi_tracker.desk.single_sign_on.recognising.Recognising"
SOCIALACCOUNT_STORE_TOKENS = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
LOGOUT_REDIRECT_URL = "account_login"
SESSION_ENGINE = "carsi_tracker.accounts.session_store"
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds
SESSION_IDLE_MINUTES = environment.number("SESSION_IDLE_MINUTES", 30, 1, 720)
ALLAUTH_TRUSTED_PROXY_COUNT = environment.number("TRUSTED_PROXIES", int(DEPLOYED), 0, 9)
ACCOUNT_ADAPTER = "carsi_tracker.accounts.sign_in.AccountAdapter"
ACCOUNT_FORMS = {"login": "carsi_tracker.accounts.sign_in.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {  # what the library has, but attempts by accounts/throttle.py
    "login_failed": "10/m/ip,5/5m/key",
    "sign_in_name": "50/h/key",
    "sign_in_known": "5/5m/key",
    "single_sign_on": "30/m/ip",
}
MFA_ADAPTER = "carsi_tracker.accounts.sign_in.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "carsi_tracker.accounts.passkeys.AddPasskeyForm",
    "edit_webauthn": "carsi_tracker.accounts.passkeys.EditPasskeyForm",
}
MFA_TOTP_ISSUER = "CARSI Tracker"
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds that a phone's clock may be off

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "carsi_tracker.web.formats"
USE_TZ = True
TIME_ZONE = "America/New_York"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
RELEASE = release_of(BASE_DIR, STATIC_ROOT / "staticfiles.json") + "-public" * PUBLIC_ONLY
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
if not PUBLIC_ONLY:
    CSRF_FAILURE_VIEW = "carsi_tracker.desk.people.account.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = DEPLOYED
CSRF_COOKIE_SECURE = DEPLOYED
CSRF_COOKIE_HTTPONLY = True
_of_host = "__Host-" if DEPLOYED else ""  # over HTTPS alone, of no other host, for every path
SESSION_COOKIE_NAME = f"{_of_host}sessionid"
CSRF_COOKIE_NAME = f"{_of_host}csrftoken"
DEVICE_COOKIE_NAME = f"{_of_host}device"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
WHITENOISE_ALLOW_ALL_ORIGINS = False
SECURE_SSL_REDIRECT = DEPLOYED
SECURE_REDIRECT_EXEMPT = [r"^(health|ready)/$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if DEPLOYED else None
SECURE_HSTS_SECONDS = 31_536_000 if DEPLOYED else 0
SILENCED_SYSTEM_CHECKS = [  # other hosts of the domain are for their owner to decide about
    "security.W005",
    "security.W021",
]
_strict = environment.choice("STRICT_TRANSPORT", "subdomains", "preload")
SECURE_HSTS_INCLUDE_SUBDOMAINS = bool(_strict)
SECURE_HSTS_PRELOAD = _strict == "preload"

LOGGING = logging_by_environment(deployed=DEPLOYED)
LOG_ADDRESSES = addresses()

EMAIL_HOST = environment.text("EMAIL_HOST").strip()
if EMAIL_HOST:
    EMAIL_BACKEND = "carsi_tracker.mail.outbox.Outbox"
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
EMAIL_PORT = environment.number("EMAIL_PORT", 25, 1, 65535)
EMAIL_HOST_USER = environment.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = environment.text("EMAIL_HOST_PASSWORD")
_security = environment.choice("EMAIL_SECURITY", "starttls", "tls")
EMAIL_USE_TLS = _security == "starttls"
EMAIL_USE_SSL = _security == "tls"
EMAIL_TIMEOUT = 5  # seconds, of each step; no page waits for it
DEFAULT_FROM_EMAIL = environment.mail_address("EMAIL_FROM", "carsi-tracker@localhost")

UPLOAD_SCANNER = environment.command("UPLOAD_SCANNER")
REPORT_ERRORS_TO = environment.mail_address("REPORT_ERRORS_TO")
SECURITY_CONTACT = environment.mail_address("SECURITY_CONTACT", REPORT_ERRORS_TO)
IATI_REPORTING_ORGANIZATION = reporting.configured()
CATALOG_PUBLISHER = publisher.configured()
WITNESS_EMAILS = environment.mail_addresses("WITNESS_EMAIL")
WITNESS_URLS = environment.addresses_of("WITNESS_URL", "https")

"""Where the database is, and as whom to speak to it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from carsi_tracker import environment
from carsi_tracker.database.limits import options
from carsi_tracker.local import postgresql

VAR = Path(__file__).resolve().parents[2] / "var"
EMBEDDED = VAR / "postgres"
REPLICAS = "DATABASE_REPLICA_URLS"
OWNER_COMMANDS = frozenset(
    {
        "flush",
        "forget_old_events",
        "forget_person",
        "let_in",
        "load_ledger",
        "loaddata",
        "migrate",
        "remove_stale_contenttypes",
        "self_approval",
        "sqlflush",
        "sqlsequencereset",
        "verify_ledger",
    }
)
_acting: dict[str, bool] = {"owner": False}


@dataclass(frozen=True)
class DatabaseAddress:
    """A database and the role that speaks to it; `options` are further words of libpq."""

    host: str
    port: str
    name: str
    user: str
    password: str = ""
    options: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, url: str, variable: str) -> "DatabaseAddress":
        """Read a postgresql:// URL; raise ImproperlyConfigured, which names the variable."""
        try:
            words = {key: str(value) for key, value in conninfo_to_dict(url).items()}
        except psycopg.ProgrammingError:
            words = {}
        if not words.get("dbname") or not words.get("user"):
            message = f"{variable} is no address such as postgresql://user:password@host/database."
            raise ImproperlyConfigured(message)
        return cls(
            words.pop("host", ""),
            words.pop("port", ""),
            words.pop("dbname"),
            words.pop("user"),
            words.pop("password", ""),
            tuple(sorted(words.items())),
        )

    @property
    def url(self) -> str:
        """The address as psql and pg_dump take it."""
        role = quote(self.user, safe="")
        if self.password:
            role += ":" + quote(self.password, safe="")
        words = {"host": self.host, "port": self.port} | dict(self.options)
        query = urlencode({key: value for key, value in words.items() if value}, quote_via=quote)
        return f"postgresql://{role}@/{quote(self.name, safe='')}" + (query and f"?{query}")

    def conninfo(self) -> str:
        """Return the address as psycopg takes it."""
        return make_conninfo(
            host=self.host or None,
            port=self.port or None,
            dbname=self.name,
            user=self.user,
            password=self.password or None,
            **dict(self.options),
        )


def is_embedded() -> bool:
    """Say whether the database is the embedded one, which has to be started."""
    return not environment.text("DATABASE_URL")


def embedded(folder: Path, user: str) -> DatabaseAddress:
    """Return the address of the database that the embedded server keeps in a folder."""
    environment.forget_libpq()
    return DatabaseAddress(str(postgresql.socket_folder(folder)), "", postgresql.DATABASE, user)


def application() -> DatabaseAddress:
    """Return the address for the role that serves and owns nothing."""
    if is_embedded():
        return embedded(EMBEDDED, postgresql.APPLICATION)
    return DatabaseAddress.parse(environment.text("DATABASE_URL"), "DATABASE_URL")


def owner() -> DatabaseAddress:
    """Return the address for the role that migrates; ImproperlyConfigured where none is known."""
    if is_embedded():
        return embedded(EMBEDDED, postgresql.OWNER)
    if not environment.text("DATABASE_OWNER_URL"):
        message = (
            "This needs the owner of the database: set DATABASE_OWNER_URL beside DATABASE_URL."
        )
        raise ImproperlyConfigured(message)
    return DatabaseAddress.parse(environment.text("DATABASE_OWNER_URL"), "DATABASE_OWNER_URL")


def replicas() -> list[DatabaseAddress]:
    """Return the addresses of the replicas from which the public is answered."""
    words = environment.text(REPLICAS)
    if words and is_embedded():
        raise ImproperlyConfigured(f"{REPLICAS} is set, but no DATABASE_URL that they follow.")
    urls = [url.strip(" ,") for url in re.split(r"\s+|,(?=\s*postgres(?:ql)?://)", words)]
    return [DatabaseAddress.parse(url, REPLICAS) for url in urls if url]


def act_as_owner() -> None:
    """Let this process speak to the database as its owner; to be called before settings load."""
    _acting["owner"] = True


def django_databases() -> dict[str, dict[str, Any]]:
    """Return Django's DATABASES, for the role in which this process acts.

    What replicas there are, `replica-1` and so on, are read from only, and by no owner.
    """
    if _acting["owner"]:
        return {"default": _as_django(owner(), options(patient=True))}
    named = {"default": _as_django(application(), options(patient=False))}
    only = options(patient=False) + " -c default_transaction_read_only=on"
    for number, address in enumerate(replicas(), start=1):
        named[f"replica-{number}"] = _as_django(address, only)
    return named


def _as_django(address: DatabaseAddress, limits: str) -> dict[str, Any]:
    """Return an address as Django takes it; its own `options` come on top of the limits."""
    words = dict(address.options)
    limits = f"{limits} {words.pop('options', '')}".strip()
    return {
        "ENGINE": "carsi_tracker.database.patient",
        "HOST": address.host,
        "PORT": address.port,
        "NAME": address.name,
        "USER": address.user,
        "PASSWORD": address.password,
        "OPTIONS": {"options": limits, "connect_timeout": "3"} | words,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }

"""What load balancers ask: whether the process lives, and whether it can serve.

Whatever host they name, since they probe by address.
"""

from collections.abc import Callable
from typing import Any

from django.core.cache import caches
from django.db import DatabaseError, InterfaceError
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.database import reading

PROBES = {"/health/": "health", "/ready/": "ready"}
_process = {"stops": False}


def stop_soon() -> None:
    """Say from now on that this process is not ready: it stops when its readers have left."""
    _process["stops"] = True


@require_safe
@never_cache
def health(_request: HttpRequest) -> HttpResponse:
    """Answer that the process lives; nobody else is asked."""
    return HttpResponse("ok\n", "text/plain")


@require_safe
@never_cache
def ready(_request: HttpRequest) -> HttpResponse:
    """Answer 200 where pages can be served, else 503; a line for each thing that is wrong.

    A cache that does not answer is said, but pages are made without it: were it a reason not to
    ask this machine, no machine would be asked.
    """
    wrong = ["this process is stopping"] if _process["stops"] else _wrong()
    lines = wrong or ["ready", *_wrong_with_cache(), *_wrong_with_servers()]
    return HttpResponse(
        "".join(f"{line}\n" for line in lines), "text/plain", status=503 if wrong else 200
    )


class AnswerProbes:
    """Answer probes before a host is asked for, a session read or a language chosen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.views: dict[str, Callable[..., Any]] = {"health": health, "ready": ready}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        probe = PROBES.get(request.path_info)
        if probe is None:
            return self.get_response(request)
        response: HttpResponseBase = self.views[probe](request)
        return response


def _wrong() -> list[str]:
    """Return why readers can't be answered, from the primary or a replica."""
    try:
        return reading.answered(_wrong_with_database)
    except (DatabaseError, InterfaceError) as error:
        return [_said_of(error)]


def _wrong_with_database() -> list[str]:
    with reading.connection.cursor() as cursor:
        cursor.execute("select app, name from django_migrations")
        missing = sorted(_migrations() - set(cursor.fetchall()))
        cursor.execute("select version from ledger_head")
        has_version = cursor.fetchone() is not None
    said = [f"the migration {app}.{name} was not applied" for app, name in missing[:1]]
    return said + ([] if has_version else ["the ledger has no head"])


def _said_of(error: Exception) -> str:
    """Return what is wrong with a database, nothing of its address."""
    code = getattr(error.__cause__, "sqlstate", None)
    return "the database has no tables" if code == "42P01" else "the database does not answer"


def _wrong_with_servers() -> list[str]:
    """Name the servers that this process does without; while the primary is one, nobody works."""
    return [f"readers do without the database server {name}" for name in reading.left_alone()]


def _wrong_with_cache() -> list[str]:
    """Write to the cache of pages and read: one on a server answers as empty when it is gone."""
    caches["pages"].set("ready", True, 60)  # noqa: FBT003 (what is kept)
    return [] if caches["pages"].get("ready") else ["the cache does not answer: pages go without"]


@remembered(1)
def _migrations() -> frozenset[tuple[str, str]]:
    """Return the migrations of this release, by app and name."""
    loader = MigrationLoader(None, load=False)  # its graph would need apps that not all serve
    loader.load_disk()
    return frozenset(loader.disk_migrations or {})

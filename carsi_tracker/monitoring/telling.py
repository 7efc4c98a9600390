"""The process that tells metrics, at a port of its own."""

import os
import select
import threading
from socket import socket

import waitress
from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.multiprocess import MultiProcessCollector

from carsi_tracker.monitoring.collecting import OfDatabase, OfMachine, OfReplicas, siblings

THREADS = 2


def tell(listener: socket, lifelines: list[int]) -> None:
    """Tell what all processes of the web server count, until a lifeline is closed."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    for collector in (OfDatabase(), OfReplicas(), OfMachine(siblings)):
        registry.register(collector)
    threading.Thread(target=_end_with, args=[lifelines], daemon=True).start()
    waitress.serve(
        make_wsgi_app(registry), sockets=[listener], threads=THREADS, ident="", _quiet=True
    )


def _end_with(lifelines: list[int]) -> None:
    select.select(lifelines, [], [])
    os._exit(0)

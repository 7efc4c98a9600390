"""What is counted, and what is asked when Prometheus asks."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as deployed
from django.test import Client
from django.urls import reverse
from prometheus_client import REGISTRY, CollectorRegistry

from carsi_tracker.caching.remembered import bytes_remembered, forget_everything
from carsi_tracker.ledger.models import LedgerHead
from carsi_tracker.monitoring.collecting import OfDatabase, OfMachine, OfReplicas
from carsi_tracker.monitoring.models import Verification
from tests import factories

FOLDER = Path(deployed.BASE_DIR) / "deploy" / "monitoring"
OF_OTHERS = {"up", "probe_success", "probe_ssl_earliest_cert_expiry",
             "node_filesystem_avail_bytes", "node_filesystem_size_bytes"}  # fmt: skip
"""What Prometheus itself, its blackbox exporter and its node exporter tell."""


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


@pytest.fixture
def more() -> Callable[..., float]:
    """Give what says by how much a sample has grown since it was asked for first."""
    before: dict[str, float] = {}

    def grown(name: str, **labels: str) -> float:
        now = counted(name, **labels)
        return now - before.setdefault(f"{name} {labels}", now)

    return grown


@pytest.mark.usefixtures("sourced")
def test_requests_are_counted_by_page_method_and_status(
    client: Client, more: Callable[..., float]
) -> None:
    asked: list[dict[str, str]] = [
        {"route": "country", "method": "GET", "status": "200"},
        {"route": "country", "method": "GET", "status": "404"},
        {"route": "overview", "method": "other", "status": "405"},
        {"route": "none", "method": "GET", "status": "404"},
    ]
    for labels in asked:
        more("carsi_requests_total", **labels)
    more("carsi_request_seconds_count", route="country")
    for address in ("/countries/hn/", "/es/countries/gt/", "/countries/xx/", "/nothing/"):
        client.get(address)
    client.patch("/")
    assert [more("carsi_requests_total", **labels) for labels in asked] == [2, 1, 1, 1]
    assert more("carsi_request_seconds_count", route="country") == 3


@pytest.mark.usefixtures("sourced")
def test_what_is_remembered_of_figures_is_told(client: Client) -> None:
    forget_everything()
    client.get("/health/")
    assert counted("carsi_remembered_bytes") == 0
    client.get("/countries/hn/?as_of=2012-02-03")
    assert counted("carsi_remembered_bytes") == bytes_remembered() > 10_000


@pytest.mark.usefixtures("sourced")
def test_public_pages_are_counted_by_where_they_come_from(
    client: Client, more: Callable[..., float]
) -> None:
    origins = ("computed", "cache", "unchanged")
    for origin in origins:
        more("carsi_public_answers_total", origin=origin)
    for _ in range(2):
        tag = client.get("/areas/")["ETag"]
    for _ in range(3):
        client.get("/areas/", headers={"If-None-Match": tag})
    assert [more("carsi_public_answers_total", origin=origin) for origin in origins] == [1, 1, 3]


@pytest.mark.usefixtures("sourced")
def test_sign_ins_that_are_refused_are_counted_by_why(more: Callable[..., float]) -> None:
    factories.analyst(username="ana")
    more("carsi_sign_ins_refused_total", why="password")
    Client().post("/account/login/", {"login": "ana", "password": "none of hers"})
    assert more("carsi_sign_ins_refused_total", why="password") == 1


@pytest.mark.usefixtures("sourced")
def test_what_a_rule_refuses_is_counted_by_its_name(more: Callable[..., float]) -> None:
    from carsi_tracker.ledger import posting
    from carsi_tracker.ledger.models import Batch
    from carsi_tracker.ledger.refusals import Refused

    ana = factories.analyst()
    more("carsi_refusals_total", rule="empty_batch")
    with posting.acting(ana):
        batch = Batch.objects.create(title="Nothing", reason="Nothing")
    with pytest.raises(Refused) as refused:
        posting.submit(batch.pk, ana)
    assert counted("carsi_refusals_total", rule=refused.value.rule) >= 1


@pytest.mark.usefixtures("sourced")
def test_the_database_tells_versions_queue_and_sessions() -> None:
    Verification.objects.create(version=3, place="here", problem_count=2, problems=["one", "two"])
    asked = CollectorRegistry()
    asked.register(OfDatabase())
    head = LedgerHead.objects.get()
    assert asked.get_sample_value("carsi_database_up") == 1
    assert asked.get_sample_value("carsi_ledger_version") == head.version
    assert asked.get_sample_value("carsi_verification_problems") == 2
    assert (asked.get_sample_value("carsi_database_connections") or 0) >= 1
    assert asked.get_sample_value("carsi_queue_batches") == 0


def test_processes_and_back_ups_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamp = tmp_path / "stamp"
    stamp.touch()
    os.utime(stamp, (1_000_000, 1_000_000))
    monkeypatch.setenv("BACKUP_STAMP", str(stamp))
    asked = CollectorRegistry()
    asked.register(OfMachine(lambda: {"web 1": os.getpid(), "web 2": 2**22 + 1}))
    assert (asked.get_sample_value("carsi_process_memory_bytes", {"process": "web 1"}) or 0) > 1e6
    assert (asked.get_sample_value("carsi_process_open_files", {"process": "web 1"}) or 0) > 2
    assert asked.get_sample_value("carsi_process_open_files", {"process": "web 2"}) is None
    assert asked.get_sample_value("carsi_backup_timestamp_seconds") == 1_000_000


def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> set[str]:
    """Return the names of all samples that an installation may tell."""
    (tmp_path / "stamp").touch()
    monkeypatch.setenv("BACKUP_STAMP", str(tmp_path / "stamp"))
    settings.WITNESS_EMAILS = ["witness@court.example"]
    Verification.objects.create(version=3, place="here", problem_count=0, problems=[])
    names = {"carsi_request_seconds_bucket"}
    for metric in REGISTRY.collect():
        total = metric.type == "counter"
        names.add(f"{metric.name}_total" if total else metric.name)
    for collector in (OfDatabase(), OfReplicas(), OfMachine(lambda: {"main": os.getpid()})):
        names |= {metric.name for metric in collector.collect()}
    return names


@pytest.mark.usefixtures("sourced")
def test_dashboard_and_alerts_ask_for_what_is_told_and_leave_nothing_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    names = told(tmp_path, monkeypatch, settings)
    dashboard = json.loads((FOLDER / "grafana-dashboard.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    shown = set(re.findall(r"\bcarsi_\w+", " ".join(asked)))
    assert shown - names == set()
    ours = {name for name in names if name.startswith("carsi_")}
    left = {"carsi_request_seconds", "carsi_release_info", "carsi_replica_up",
            "carsi_replica_version", "carsi_ledger_posted_timestamp_seconds"}  # fmt: skip
    assert ours - shown == left
    alerts = (FOLDER / "carsi-alerts.yml").read_text()
    in_alerts = set(re.findall(r"\b(?:carsi|probe|node)_\w+|\bup(?=\{)", alerts))
    assert in_alerts - names == OF_OTHERS


def test_each_alert_says_what_to_do(settings: Any) -> None:
    alerts = re.findall(r"- alert: (\w+)", (FOLDER / "carsi-alerts.yml").read_text())
    document = (Path(settings.BASE_DIR) / "docs" / "monitoring.md").read_text()
    assert len(alerts) > 10
    assert re.findall(r"^\| `(Carsi\w+)` \|", document, re.MULTILINE) == alerts


@pytest.mark.usefixtures("sourced")
def test_metrics_have_no_address_where_the_public_is(client: Client) -> None:
    assert client.get("/metrics").status_code == 404
    assert "metrics" not in reverse("overview")

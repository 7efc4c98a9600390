"""What stands in `deploy/` is well formed, by the programs that read it."""

import re
import shutil
import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from tests.copies import ROOT
from tests.drills.clusters import free_port

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
MOST_EXPOSED = 20
"""Of 100, by `systemd-analyze security`; a unit without a sandbox has 96."""
OBJECTS = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "carsi-tracker.yaml").read_text()))
LISTED = set(re.findall(r"`([A-Z_]{4,})`", (ROOT / "docs" / "environment.md").read_text()))


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program of Debian's, or skip where it is missing."""
    if shutil.which(str(words[0])) is None:
        pytest.skip(f"There is no {words[0]}: install Debian's package.")
    return subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_finds_nothing_wrong_with_a_unit(unit: Path, tmp_path: Path) -> None:
    for each in UNITS:
        text = re.sub(r"^(Exec\w+=)\S+", r"\1/bin/true", each.read_text(), flags=re.MULTILINE)
        (tmp_path / each.name).write_text(text)
    checked = run("systemd-analyze", "verify", "--man=no", tmp_path / unit.name)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_a_service_is_shut_in(unit: Path) -> None:
    checked = run(
        "systemd-analyze", "security", "--offline=true", "--no-pager",
        f"--threshold={MOST_EXPOSED}", unit,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout[-200:] + checked.stderr


def test_nginx_finds_nothing_wrong_with_its_file(tmp_path: Path) -> None:
    for name in ("fullchain", "privkey"):
        (tmp_path / f"{name}.pem").touch()
    made = run(
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=tracker.example",
        "-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem",
    )  # fmt: skip
    assert made.returncode == 0
    text = (DEPLOY / "nginx" / "carsi-tracker.conf").read_text()
    for old, new in (
        ("/etc/carsi-tracker/tls", str(tmp_path)),
        ("/var/cache/nginx-carsi", str(tmp_path / "cache")),
        ("listen 80;", f"listen {free_port()};"),
        ("listen 443", f"listen {free_port()}"),
    ):
        assert old in text
        text = text.replace(old, new)
    text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
    (tmp_path / "site.conf").write_text(text)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; include {tmp_path}/site.conf; }}\n"
    )
    checked = run("nginx", "-t", "-q", "-c", tmp_path / "nginx.conf")
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize(
    "each", OBJECTS, ids=lambda each: f"{each['kind']} {each['metadata']['name']}"
)
def test_kubernetes_knows_each_object(each: dict[str, object]) -> None:
    kubernetes_validate.validate(each, "1.32", strict=True)


def test_the_pods_ask_what_the_documents_say() -> None:
    named = {(each["kind"], each["metadata"]["name"]): each for each in OBJECTS}
    pod = named["Deployment", "carsi-web"]["spec"]["template"]["spec"]
    (web,) = pod["containers"]
    assert web["readinessProbe"]["httpGet"]["path"] == "/ready/"
    assert web["livenessProbe"]["httpGet"]["path"] == "/health/"
    assert {"secretRef": {"name": "carsi-owner"}} not in web["envFrom"]
    drain = int(named["ConfigMap", "carsi"]["data"]["DRAIN_SECONDS"])
    assert pod["terminationGracePeriodSeconds"] >= drain + 20
    user = re.search(r"useradd .*--uid (\d+)", (DEPLOY / "Containerfile").read_text())
    assert user
    assert pod["securityContext"]["runAsUser"] == int(user[1])


def test_every_variable_that_is_set_there_stands_in_the_list() -> None:
    names = set()
    for each in OBJECTS:
        names |= (each.get("data") or each.get("stringData") or {}).keys()
    for file in (DEPLOY / "environment").iterdir():
        names |= set(re.findall(r"^(\w+)=", file.read_text(), re.MULTILINE))
    assert len(names) > 6
    assert names <= LISTED

"""Services beside the tracker that fail: the mail server, and the certificate of the proxy."""

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.drills.at_work import assert_nothing_was_lost, people_at_work
from tests.drills.clusters import PATIENCE, Cluster, free_port
from tests.drills.machines import WebMachine, manage, serving
from tests.mail.postbox import open_postbox


@pytest.mark.long
def test_the_mail_server_takes_connections_and_says_nothing(
    checkout: Path, primary: Cluster, folder: Path
) -> None:
    """If pages waited, two threads would at each submission and posting: 30 seconds longer."""
    with socket.create_server(("127.0.0.1", 0), backlog=1000) as silent:
        port = silent.getsockname()[1]
        mails = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(port)} | primary.environment
        few = {"WEB_PROCESSES": "1", "WEB_THREADS": "2"}
        with (
            serving(checkout, folder / "web.log", **mails, **few) as machine,
            people_at_work(machine, primary) as work,
        ):
            without_mails = work.until_posted(6)
            with psycopg.connect(primary.url()) as session:
                session.execute("update accounts_user set email = username || '@office.example'")
            assert work.until_posted(6) < without_mails + 15
            assert_nothing_was_lost(work, machine, primary, checkout)
    with psycopg.connect(primary.url()) as session:
        (waiting,) = session.execute("select count(*) from mail_waitingmail").fetchone() or (0,)
    assert waiting >= 6
    with open_postbox(port) as postbox:
        said = manage(checkout, "send_mails", **mails)
        assert said == f"{waiting} mails were sent, 0 wait.\n"
        assert len(postbox.taken) == waiting


def certificate(folder: Path, name: str, ends: datetime) -> None:
    """Write a certificate of 127.0.0.1 that ends then, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - timedelta(days=30))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


@contextmanager
def proxied(machine: WebMachine, folder: Path) -> Iterator[int]:
    """Let nginx stand before a web machine, with the certificate `now.pem` of a folder."""
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(f"""
        daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
        events {{}}
        http {{
            access_log off; client_body_temp_path {folder}; proxy_temp_path {folder};
            server {{
                listen 127.0.0.1:{port} ssl;
                ssl_certificate {folder}/now.pem; ssl_certificate_key {folder}/now.key;
                location / {{ proxy_pass http://127.0.0.1:{machine.port}; }}
            }}
        }}
    """)
    with subprocess.Popen(["nginx", "-c", configuration, "-e", folder / "nginx.log"]) as nginx:
        try:
            yield port
        finally:
            nginx.terminate()


@pytest.mark.long
def test_a_certificate_that_has_expired_is_replaced_without_a_request_lost(
    checkout: Path, primary: Cluster, folder: Path
) -> None:
    now = datetime.now(UTC)
    for name, ends in (("old", now - timedelta(days=1)), ("new", now + timedelta(days=30))):
        certificate(folder, name, ends)
    install(folder, "old")
    with (
        serving(checkout, folder / "web.log", **primary.environment) as machine,
        proxied(machine, folder) as port,
    ):
        address = f"https://localhost:{port}/"
        expired, good = (
            ssl.create_default_context(cafile=folder / f"{name}.pem") for name in ("old", "new")
        )
        patience = time.monotonic() + PATIENCE
        while "certificate has expired" not in (said := refusal(address, expired)):
            assert time.monotonic() < patience, said
        anyone = ssl.create_default_context()
        anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
        lost: list[str] = []
        read = 0
        stop = threading.Event()

        def keep_reading() -> None:
            nonlocal read
            while not stop.is_set():
                try:
                    with urlopen(address, timeout=30, context=anyone) as answer:
                        answer.read()
                        read += 1
                except OSError as error:
                    lost.append(str(error))

        reader = threading.Thread(target=keep_reading)
        reader.start()
        install(folder, "new")
        subprocess.run(
            ["nginx", "-c", folder / "nginx.conf", "-e", folder / "nginx.log", "-s", "reload"],
            check=True,
        )
        while refusal(address, good):
            assert time.monotonic() < patience
        so_far = read
        while read < so_far + 5:
            assert time.monotonic() < patience
            time.sleep(0.05)
        stop.set()
        reader.join()
        assert lost == []


def install(folder: Path, name: str) -> None:
    for kind in ("pem", "key"):
        shutil.copy(folder / f"{name}.{kind}", folder / f"now.{kind}")


def refusal(address: str, context: ssl.SSLContext) -> str:
    """Return why a browser refuses a page; empty where it shows it."""
    try:
        with urlopen(address, timeout=10, context=context):
            return ""
    except URLError as error:
        return str(error)

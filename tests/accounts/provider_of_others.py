"""A provider of OpenID Connect that others wrote, as a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SUBJECT = "subject-of-ana"
ANA = {
    "email": "ana@office.example",
    "email_verified": True,
    "preferred_username": "ana.ruiz",
    "given_name": "Ana",
    "family_name": "Ruiz",
    "groups": ["analysts"],
}
RUN = """
import json, sys
from oidc_provider_mock import User, run_server_in_thread
ana = User(sub=sys.argv[1], claims=json.loads(sys.argv[2]))
with run_server_in_thread(require_nonce=True, user_claims=[ana]) as server:
    print(server.server_port, flush=True)
    sys.stdin.read()
"""


@contextmanager
def running() -> Iterator[str]:
    """Run the provider, which knows Ana, and give its issuer."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", RUN, SUBJECT, json.dumps(ANA)],
        env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        yield f"http://localhost:{int(process.stdout.readline())}"
        process.communicate(timeout=10)

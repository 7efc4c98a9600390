"""A provider of OpenID Connect that says what a test lets it say, and checks who asks it."""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from carsi_tracker.accounts.single_sign_on import SingleSignOn

CLIENT, SECRET = "tracker", "known to two"
Claims = dict[str, Any]


@cache
def a_key(_name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """What it says of somebody, and how; `down` and `slow` name the pages that fail."""

    def __init__(self, address: str) -> None:
        self.issuer = address
        self.claims: Claims = {"sub": "subject-1"}
        self.told: Claims = {}
        self.token: Claims = {}
        self.sign: Callable[[Claims], str] = signed
        self.says: Claims = {}
        self.down: set[str] = set()
        self.slow: set[str] = set()
        self.is_over = Event()
        self.asked: dict[str, str] = {}
        self.code = "code-1"

    def configured(self, **more: Any) -> SingleSignOn:
        return SingleSignOn(self.issuer, CLIENT, SECRET, **more)

    def answer(self, page: str, sent: dict[str, str], authorization: str) -> tuple[int, Any]:
        if page == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
                **self.says,
            }
        if page == "/keys":
            public = jwt.algorithms.RSAAlgorithm.to_jwk(a_key("ours").public_key(), as_dict=True)
            return 200, {"keys": [{**public, "kid": "ours", "alg": "RS256", "use": "sig"}]}
        if page == "/token":
            return self._exchange(sent)
        if page == "/userinfo" and authorization == "Bearer access":
            return 200, {**self.claims, **self.told}
        return 404, {"error": "not found"}

    def _exchange(self, sent: dict[str, str]) -> tuple[int, Any]:
        verifier = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        code, self.code = self.code, "used"
        if (sent["code"], sent["client_id"], sent["client_secret"], challenge) != (
            code,
            CLIENT,
            SECRET,
            self.asked["code_challenge"],
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": self.asked["nonce"],
            **self.claims,
            **self.token,
        }
        said = {name: value for name, value in claims.items() if value is not None}
        return 200, {"access_token": "access", "token_type": "Bearer", "id_token": self.sign(said)}


def signed(claims: Claims, key: str = "ours", kid: str = "ours") -> str:
    return jwt.encode(claims, a_key(key), algorithm="RS256", headers={"kid": kid})


@contextmanager
def running() -> Iterator[Provider]:
    """Run a provider on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            posted = parse_qs(self.rfile.read(length).decode())
            page = urlsplit(self.path).path
            if page in provider.down:
                return
            if page in provider.slow:
                self._trickle()
                return
            sent = {name: values[0] for name, values in posted.items()}
            status, said = provider.answer(page, sent, self.headers.get("Authorization", ""))
            body = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 (as the library calls it)

        def _trickle(self) -> None:
            """Answer a byte now and then, until the test is over."""
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            while not provider.is_over.wait(0.1):
                try:
                    self.wfile.write(b" ")
                except OSError:
                    return

        def log_message(self, *words: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        provider = Provider(f"http://127.0.0.1:{server.server_port}")
        try:
            yield provider
        finally:
            provider.is_over.set()
            server.shutdown()

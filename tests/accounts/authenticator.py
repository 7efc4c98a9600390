"""An authenticator app."""

import base64
import hashlib
import hmac
import struct
import time


def code_of(secret: str, step: int = 0) -> str:
    """What an authenticator app shows for a secret (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30 + step)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 10**6:06}"

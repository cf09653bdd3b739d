"""JSON Web Tokens (RFC 7519), as a backend makes them for its users."""

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path

SECRET: str = json.loads((Path(__file__).parent / "tests.json").read_text())["tokens"]["hmac_secret"]


def token(user: str = "ann", *, expires_in: float | None = None, secret: str = SECRET, **claims: object) -> str:
    """A token of a connection, or with `channel` of a subscription.

    - expires_in: in how many seconds; the claim has whole ones.
    """
    payload: dict[str, object] = {"sub": user, **claims}
    if expires_in is not None:
        payload["exp"] = round(time.time() + expires_in)
    return signed({"alg": "HS256", "typ": "JWT"}, payload, secret)


def signed(header: dict, payload: dict, secret: str) -> str:
    """Signed with HS256, whatever the header says."""
    text = ".".join(_base64(json.dumps(part).encode()) for part in (header, payload))
    return f"{text}.{_base64(hmac.digest(secret.encode(), text.encode(), hashlib.sha256))}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

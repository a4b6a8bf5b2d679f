"""Authentication by API tokens."""

from __future__ import annotations

from hashlib import sha256
from hmac import compare_digest

from flask import g, request

from webhelper.errors import ApiTokenError
from webhelper.services import services


def holder_of(token: str) -> str | None:
    """Return the name of an API token's holder, or None; each token is compared, in constant time."""
    digest = sha256(token.encode(errors="surrogatepass")).digest()
    found = None
    for name, known in services().settings.api_tokens.items():
        if compare_digest(digest, known):
            found = name
    return found


def has_api_token() -> bool:
    """Return whether the request has an API token; as ``require_api_token`` if it has ``Authorization``."""
    if "Authorization" not in request.headers:
        return False
    require_api_token()
    return True


def require_api_token() -> None:
    """Authenticate the request by its Bearer token (RFC 6750), and set ``g.holder`` to its holder.

    Raises:
        ApiTokenError: the API token is missing or unknown.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    holder = holder_of(token.strip()) if scheme.lower() == "bearer" else None
    if holder is None:
        raise ApiTokenError
    g.holder = holder

"""API tokens: who calls."""

from __future__ import annotations

from hashlib import sha256
from hmac import compare_digest

from flask import g, request

from webhelper.errors import TokenError
from webhelper.services import services


def holder_of(token: str) -> str | None:
    """Return the name of the token's holder; every token is compared, in constant time."""
    digest = sha256(token.encode(errors="surrogatepass")).digest()
    found = None
    for name, known in services().settings.api_tokens.items():
        if compare_digest(digest, known):
            found = name
    return found


def require_token() -> None:
    """Let a request with a Bearer token (RFC 6750) through; its holder stands in ``g.holder``.

    Raises:
        TokenError: none, or not one of ours.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    holder = holder_of(token.strip()) if scheme.lower() == "bearer" else None
    if holder is None:
        raise TokenError
    g.holder = holder

"""Authentication by API tokens."""

from __future__ import annotations

from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING

from flask import g, request

from webhelper.api.permissions import require_scope
from webhelper.errors import ApiTokenError
from webhelper.services import services

if TYPE_CHECKING:
    from webhelper.config.scopes import Scope


def holder_of(token: str) -> str | None:
    """Return the name of an API token's holder, or None; each token is compared, in constant time."""
    digest = sha256(token.encode(errors="surrogatepass")).digest()
    found = None
    for name, known in services().settings.api_tokens.items():
        if compare_digest(digest, known):
            found = name
    return found


def has_api_token(scope: Scope) -> bool:
    """Return whether the request has an API token; as ``require_api_token`` if it has ``Authorization``."""
    if "Authorization" not in request.headers:
        return False
    require_api_token(scope)
    return True


def require_api_token(scope: Scope) -> None:
    """Authenticate the request by its Bearer token (RFC 6750), and set ``g.holder`` to its holder.

    A wrong token of somebody else refuses no right one, even of the same address: a token has 32 random
    characters or more, which nobody guesses at any speed.

    Args:
        scope: what the API token must allow.

    Raises:
        ApiTokenError: the API token is missing or unknown.
        ScopeError: it does not allow this.
        TooManyRequestsError: the holder sent too many requests, or the client too many wrong API tokens.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    holder = holder_of(token.strip()) if scheme.lower() == "bearer" else None
    if holder is None:
        if token:
            services().limits.wrong_token(request.environ)
        raise ApiTokenError
    g.holder = holder
    services().limits.api_request(holder)
    require_scope(scope)

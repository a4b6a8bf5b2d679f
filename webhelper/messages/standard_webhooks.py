"""Signatures of webhooks by Standard Webhooks 1.0.0: made by this site, and checked by who receives them.

The specification is ``spec/standard-webhooks.md`` of github.com/standard-webhooks/standard-webhooks. What is
signed is ``<id>.<timestamp>.<body>``, by HMAC-SHA-256 with each secret that is in use.
"""

from __future__ import annotations

import hmac
import re
import time
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Protocol

from liveform import BadSignatureError, ExpiredError, FieldError, MalformedError
from webhelper.config.job_rules import outgoing_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["TOLERANCE_S", "sign", "verify"]

TOLERANCE_S: Final = 300  # how far the clocks of sender and receiver may differ, both ways
_ID, _TIMESTAMP, _SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_VERSION: Final = "v1"  # HMAC-SHA-256; v1a is Ed25519
_ID_FORM: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)  # no full stop: it would be ambiguous
_TIMESTAMP_FORM: Final = re.compile(r"[0-9]{1,12}", re.ASCII)
_MOST_SIGNATURES: Final = 16


class Headers(Protocol):
    """The headers of a request: a mapping, or what a web framework has."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Return names and values."""


def sign(body: bytes, *, message_id: str, at: float, secrets: Sequence[bytes]) -> dict[str, str]:
    """Return the three headers of a webhook, by their names in lower case.

    Args:
        body: what is posted.
        message_id: letters, digits, ``_`` and ``-``; the same for all attempts to deliver one message.
        at: Unix time of this attempt.
        secrets: the secrets in use, each of which signs, so that receivers can change theirs at any time.
    """
    timestamp = str(int(at))
    signatures = (_signature(body, message_id, timestamp, secret) for secret in secrets)
    return {_ID: message_id, _TIMESTAMP: timestamp, _SIGNATURE: " ".join(signatures)}


def verify(
    body: bytes,
    headers: Headers,
    secrets: Sequence[str],
    *,
    clock: Callable[[], float] = time.time,
) -> str:
    """Return the id of a webhook that somebody with one of the secrets sent, within the last five minutes.

    An id that came before is a repeat: keep the ids for as long as you want to tell.

    Args:
        body: what was posted, as it came. JSON that was read and written again has other bytes.
        headers: of the request; the case of their names does not matter.
        secrets: the ones you accept, each ``whsec_`` and 24 to 64 bytes in base64.
        clock: returns Unix time.

    Raises:
        MalformedError: a header is missing or cannot be read.
        BadSignatureError: none of the signatures is of one of the secrets.
        ExpiredError: signed, but more than five minutes ago, or from now.
        ConfigError: a secret has another form.
        FieldError: ``body`` is not bytes, ``headers`` has no ``items()``, or there are no secrets.
    """
    if not isinstance(body, bytes):
        raise FieldError("body", "must be the bytes that were posted")
    if not hasattr(headers, "items"):
        raise FieldError("headers", "must be a mapping of names to values")
    keys = outgoing_secrets("secrets", secrets)
    if not keys:
        raise FieldError("secrets", "must have at least one secret")
    message_id, timestamp, signatures = _read(headers)
    wanted = [_signature(body, message_id, timestamp, key).encode() for key in keys]
    if not any(hmac.compare_digest(one, text) for one in wanted for text in signatures):
        raise BadSignatureError
    if abs(clock() - int(timestamp)) > TOLERANCE_S:
        raise ExpiredError
    return message_id


def _read(headers: Headers) -> tuple[str, str, list[bytes]]:
    """Return id, timestamp and signatures."""
    named = {str(name).lower(): str(value) for name, value in headers.items()}
    message_id, timestamp = named.get(_ID, ""), named.get(_TIMESTAMP, "")
    signatures = named.get(_SIGNATURE, "").split(" ")
    if not _ID_FORM.fullmatch(message_id) or not _TIMESTAMP_FORM.fullmatch(timestamp):
        raise MalformedError(f"{_ID} or {_TIMESTAMP} is missing, or has another form")
    if signatures == [""] or len(signatures) > _MOST_SIGNATURES:
        raise MalformedError(f"{_SIGNATURE} is missing, or has more than {_MOST_SIGNATURES} signatures")
    return message_id, timestamp, [text.encode(errors="replace") for text in signatures]


def _signature(body: bytes, message_id: str, timestamp: str, secret: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.digest(secret, signed, sha256)
    return f"{_VERSION},{b64encode(digest).decode()}"

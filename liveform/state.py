"""A short value that a signup flow sends out in cf1, cf2 or cf3 and can trust when it comes back.

A Return URL proves nothing by itself. A signed state proves that *we* made the value, for this user
or session, for this purpose, and that its time is not over. It does not prove the KYC outcome.

The text is ``value.expiry.signature``: HMAC-SHA-256 by itsdangerous over purpose, subject, expiry
and value. The signature covers subject and purpose; the text does not hold them. The value
is signed, not hidden.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from math import ceil
from typing import TYPE_CHECKING, Final

from liveform.errors import (
    BadSignatureError,
    ConfigError,
    ExpiredError,
    FieldError,
    KeyFormatError,
    MalformedError,
)
from liveform.tracebacks import strips_traceback
from liveform.wire.encoding import Encoding, decode
from liveform.wire.json_object import is_unicode

if TYPE_CHECKING:
    from itsdangerous import Signer

MIN_KEY_CHARS: Final = 32  # the least; secrets.token_urlsafe(32) gives 43, the 256 bits of RFC 2104 section 3
MAX_VALUE_CHARS: Final = 128
MAX_STATE_CHARS: Final = 256
_SALT: Final = b"liveform.state.v1"


@strips_traceback
def sign_state(
    value: str, *, subject: str, purpose: str, expires_in: timedelta | float, keys: Iterable[str]
) -> str:
    """Return ``value`` signed, for one of the custom fields.

    Args:
        value: 0 to 128 characters, such as an order number. It can be read by anyone.
        subject: whom it is for: your user id or session id. The result does not hold it.
        purpose: what it is for, such as ``"signup"``; a state of one purpose is worth nothing for another.
        expires_in: timedelta or seconds from now, at least one second.
        keys: the newest first; it signs. At least 32 random characters each, and not the vendor's key.

    Raises:
        FieldError: a value, subject, purpose or time that cannot be used.
        KeyFormatError: no keys, or a short one.
        ConfigError: itsdangerous is not installed; it comes with the extra ``liveform[state]``.

    >>> keys = ["an example of a key; make your own"]
    >>> state = sign_state("order-17", subject="user_1", purpose="signup", expires_in=900, keys=keys)
    >>> verify_state(state, subject="user_1", purpose="signup", keys=keys)
    'order-17'
    """
    return _sign(value, subject, purpose, expires_in, keys, now=time.time())


@strips_traceback
def verify_state(state: str | None, *, subject: str | None, purpose: str, keys: Iterable[str]) -> str:
    """Return the value of a state that we signed for this subject and purpose, while it lasts.

    Args:
        state: what came back, for example ``claims.cf3``; None is refused like a forgery.
        subject: as it was signed. None and empty text, as of a visitor without a session, are refused like a
            forgery: nothing was signed for nobody.
        purpose: as it was signed.
        keys: the newest first; every one of them may have signed.

    Raises:
        BadSignatureError: not ours, changed, or for another subject or purpose; one text for all.
        ExpiredError: ours, but its time is over.
        FieldError, KeyFormatError, ConfigError: as in ``sign_state``.
    """
    return _verify(state, subject, purpose, keys, now=time.time())


def _sign(
    value: str, subject: str, purpose: str, expires_in: timedelta | float, keys: Iterable[str], *, now: float
) -> str:
    if not isinstance(value, str) or len(value) > MAX_VALUE_CHARS or not value.isprintable():
        raise FieldError("value", f"must be up to {MAX_VALUE_CHARS} printable characters")
    expiry = _expiry(expires_in, now)
    signature = _signer(keys).get_signature(_message(purpose, subject, expiry, value)).decode()
    return f"{value}.{expiry}.{signature}"


def _verify(state: str | None, subject: str | None, purpose: str, keys: Iterable[str], *, now: float) -> str:
    signer = _signer(keys)
    if subject is None or subject == "":
        _message(purpose, "nobody", "", "")  # a wrong purpose is the caller's mistake all the same
        raise BadSignatureError
    if not isinstance(state, str) or len(state) > MAX_STATE_CHARS or not is_unicode(state):
        raise BadSignatureError
    if state.count(".") < 2:
        raise BadSignatureError
    value, expiry, signature = state.rsplit(".", 2)
    try:
        decode(signature, Encoding.BASE64URL)  # itsdangerous reads base64 loosely; one state has one text
    except MalformedError:
        raise BadSignatureError from None
    if not signer.verify_signature(_message(purpose, subject, expiry, value), signature.encode()):
        raise BadSignatureError
    if now >= int(expiry):
        raise ExpiredError
    return value


def _expiry(expires_in: object, now: float) -> str:
    seconds = expires_in.total_seconds() if isinstance(expires_in, timedelta) else expires_in
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 1 <= seconds < 10**10:
        raise FieldError("expires_in", "must be a timedelta or seconds, at least one second")
    return str(ceil(now + seconds))


def _message(purpose: str, subject: str, expiry: str, value: str) -> bytes:
    for name, text in (("purpose", purpose), ("subject", subject)):
        if not isinstance(text, str) or not text or not is_unicode(text):
            raise FieldError(name, "must be text, and not empty")
    # A list has one reading only; and each character is written as itself, so one text has one signature.
    return json.dumps([purpose, subject, expiry, value], ensure_ascii=False).encode()


def _signer(keys: Iterable[str]) -> Signer:
    listed = list(keys) if isinstance(keys, Iterable) else []  # a lone text is keys of one character
    if not listed or not all(isinstance(key, str) and len(key) >= MIN_KEY_CHARS for key in listed):
        raise KeyFormatError(f"keys must be a list of texts of at least {MIN_KEY_CHARS} characters each")
    if not all(is_unicode(key) for key in listed):
        raise KeyFormatError("keys must be Unicode, without lone surrogates")
    try:
        from itsdangerous import Signer
    except ImportError:
        raise ConfigError(
            ("itsdangerous", "is not installed; it comes with the extra liveform[state]")
        ) from None
    oldest_first = list(reversed(listed))
    return Signer(oldest_first, salt=_SALT, key_derivation="hmac", digest_method=sha256)

"""Small signed values with an end: result codes, result pages, kiosk tickets. Signed, not hidden."""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer
from itsdangerous.encoding import base64_decode, base64_encode

from liveform import BadSignatureError, ExpiredError

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_CODE_CHARS: Final = 2000


class Purpose(StrEnum):
    """What a code is for; one of a purpose is worth nothing for another."""

    RESULT = "result"
    RESULT_PAGE = "result page"
    KIOSK_TICKET = "kiosk ticket"
    KIOSK = "kiosk"


LIFETIMES_S: Final = {
    Purpose.RESULT: 600,
    Purpose.RESULT_PAGE: 3600,
    Purpose.KIOSK_TICKET: 900,
    Purpose.KIOSK: 30 * 86_400,
}


class SignedValues:
    """Signs codes with the newest key, and reads those of every key.

    Args:
        secret_keys: the newest first.
    """

    def __init__(self, secret_keys: Sequence[str]) -> None:
        oldest_first = list(reversed(secret_keys))
        self._serializers = {
            purpose: URLSafeTimedSerializer(
                oldest_first,
                salt=f"liveform.webhelper.{purpose}.v1",
                signer_kwargs={"key_derivation": "hmac", "digest_method": sha256},
            )
            for purpose in Purpose
        }

    def write(self, purpose: Purpose, members: dict[str, Any]) -> str:
        """Return the code that carries ``members``, for as long as its purpose allows."""
        return str(self._serializers[purpose].dumps(members))

    def read(self, purpose: Purpose, code: str) -> dict[str, Any]:
        """Return the members of one of our codes.

        Raises:
            BadSignatureError: not ours, or for another purpose.
            ExpiredError: ours, but its time is over.
        """
        if len(code) > MAX_CODE_CHARS:
            raise BadSignatureError
        try:
            members: dict[str, Any] = self._serializers[purpose].loads(code, max_age=LIFETIMES_S[purpose])
            is_exact = _is_exact(code.rpartition(".")[2])
        except SignatureExpired:
            raise ExpiredError from None
        except (BadData, UnicodeError):  # a lone surrogate, which JSON can write
            raise BadSignatureError from None
        if not is_exact:
            raise BadSignatureError
        return members


def _is_exact(signature: str) -> bool:
    """Whether the signature is as we write it: itsdangerous reads base64 loosely; one code has one text."""
    return base64_encode(base64_decode(signature)) == signature.encode()

"""Signed values that expire, such as result codes, kiosk tickets and cookies. Anyone can read them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from itsdangerous import BadData, SignatureExpired

from liveform import BadSignatureError, ExpiredError
from webhelper.links.signing.purposes import Purpose
from webhelper.links.signing.signers import timed_serializer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MAX_CHARS: Final = 2000
_PURPOSES: Final = (
    *(Purpose.RESULT, Purpose.WAIT, Purpose.HAND_OVER),
    *(Purpose.RESULT_PAGE, Purpose.KIOSK_TICKET, Purpose.KIOSK),
)


class SignedValues:
    """Signs members with the newest key, and verifies with every key.

    Args:
        secret_keys: the newest first.
        clock: Unix time.
    """

    def __init__(self, secret_keys: Sequence[str], clock: Callable[[], float] = time.time) -> None:
        self._secret_keys = secret_keys
        self._serializers = {
            purpose: timed_serializer(secret_keys, purpose, clock=clock) for purpose in _PURPOSES
        }

    def sign(self, purpose: Purpose, members: dict[str, Any], *, at: float | None = None) -> str:
        """Return the text that carries ``members`` for as long as its purpose allows.

        Args:
            purpose: what the text is for.
            members: JSON values, which anybody can read.
            at: the Unix time from which on it holds; None takes the clock's. The same members and time give
                the same text.
        """
        if at is None:
            return str(self._serializers[purpose].dumps(members))
        return str(timed_serializer(self._secret_keys, purpose, clock=lambda: at).dumps(members))

    def verify(self, purpose: Purpose, text: str, *, may_be_over: bool = False) -> dict[str, Any]:
        """Return the members of a text that we signed for this purpose.

        Args:
            purpose: what the text must be for.
            text: what came.
            may_be_over: whether its time may be over; then it gives nobody a right.

        Raises:
            BadSignatureError: we did not sign it, or for another purpose, or it has over 2,000 characters.
            ExpiredError: we signed it, but its time is over.
        """
        if len(text) > MAX_CHARS:
            raise BadSignatureError
        try:
            max_age = None if may_be_over else purpose.lifetime_s
            members: dict[str, Any] = self._serializers[purpose].loads(text, max_age=max_age)
        except SignatureExpired:
            raise ExpiredError from None
        except (BadData, UnicodeError):  # a lone surrogate, which JSON can write
            raise BadSignatureError from None
        return members

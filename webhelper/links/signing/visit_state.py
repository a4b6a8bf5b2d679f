"""The signed value in one custom field: which visit comes back, and for which user it was sent out.

``<visit id>.<tag of the user id>.<expiry>.<signature>``: HMAC-SHA-256 cut to 128 bits, as in RFC 4868, and
bound to the project, so that the whole stays within 80 characters. The tag is a keyed digest of 48 bits: the
state names no user, and a return with another user id is noticed even on a site that keeps no links.
"""

from __future__ import annotations

import time
from math import ceil
from typing import TYPE_CHECKING, Final, NamedTuple

from webhelper.links.signing.purposes import Purpose
from webhelper.links.signing.signers import StrictSigner

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MAX_STATE_CHARS: Final = 256
_NO_USER: Final = "-"
_LIFETIME_S: Final = Purpose.VISIT_STATE.lifetime_s


class ReturnedState(NamedTuple):
    """What a state of ours says."""

    visit_id: str
    userid_matches: bool


class VisitStates:
    """Signs states with the newest key, and verifies with every key.

    Args:
        secret_keys: the newest first.
        clock: Unix time.
    """

    __slots__ = ("_clock", "_signer", "_tags")

    def __init__(self, secret_keys: Sequence[str], clock: Callable[[], float] = time.time) -> None:
        self._signer = StrictSigner(secret_keys, Purpose.VISIT_STATE)
        self._tags = StrictSigner(secret_keys, Purpose.USERID_TAG)
        self._clock = clock

    def sign(self, visit_id: str, *, project: str, userid: object) -> str:
        """Return the state of a visit; it holds for a day."""
        tag = self._tags.get_signature(_bytes_of(userid)).decode() if isinstance(userid, str) else _NO_USER
        text = f"{visit_id}.{tag}.{ceil(self._clock() + _LIFETIME_S)}"
        # The length in front keeps a project's name from running into the text.
        signature = self._signer.get_signature(f"{len(project)}:{project}{text}")
        return f"{text}.{signature.decode()}"

    def verify(self, state: str | None, *, project: str, userid: str | None) -> ReturnedState | None:
        """Return what a state says; None if it is not ours, too old, or another project's.

        Args:
            state: what the custom field came back with.
            project: whose Return URL it came to.
            userid: the user id that came back; None (the dashboard need not send it) matches.
        """
        if state is None or len(state) > MAX_STATE_CHARS or not state.isascii():
            return None
        text, _, signature = state.rpartition(".")
        if not self._signer.verify_signature(f"{len(project)}:{project}{text}", signature):
            return None
        visit_id, tag, expiry = text.split(".")
        if self._clock() >= int(expiry):
            return None
        matches = userid is None or self._tags.verify_signature(_bytes_of(userid), tag)
        return ReturnedState(visit_id, matches)


def _bytes_of(userid: str) -> bytes:
    return userid.encode(errors="surrogatepass")

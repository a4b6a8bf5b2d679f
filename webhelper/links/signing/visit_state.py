"""The signed value in one custom field: which visit comes back, and for which user it was sent out.

``<visit id>.<tag of the user id>.<expiry>.<signature>``: HMAC-SHA-256, bound to the project, as in
``liveform.sign_state`` but with keys that are derived once and cut to 128 bits, to stay within 80
characters. The tag is keyed and cut short, so that the state names no user and a return with another user id
is noticed, even on a site that keeps no links.
"""

from __future__ import annotations

import hmac
import time
from base64 import urlsafe_b64encode
from math import ceil
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

LIFETIME_S: Final = 86_400  # from the opening to the return: time to fill a form in, and to be interrupted
MAX_STATE_CHARS: Final = 256
_CONTEXT: Final = b"liveform.webhelper.visit.v1"
_TAG_CONTEXT: Final = b"liveform.webhelper.userid.v1\0"
_TAG_BYTES: Final = 6
_SIGNATURE_BYTES: Final = 16  # as HMAC-SHA-256-128 (RFC 4868)
_NO_USER: Final = "-"


class ReturnedState(NamedTuple):
    """What a state says that was ours."""

    visit_id: str
    userid_matches: bool


class VisitStates:
    """Signs states with the newest key, and reads those of every key.

    Args:
        secret_keys: the newest first. Each gives one key for states alone, and tags user ids.
    """

    __slots__ = ("_keys", "_tag_keys")

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._tag_keys = tuple(key.encode() for key in secret_keys)
        self._keys = tuple(hmac.digest(key, _CONTEXT, "sha256") for key in self._tag_keys)

    def sign(self, visit_id: str, *, project: str, userid: object) -> str:
        """Return the state of a visit; it holds for a day."""
        tag = _tag(self._tag_keys[0], userid) if isinstance(userid, str) else _NO_USER
        text = f"{visit_id}.{tag}.{ceil(time.time() + LIFETIME_S)}"
        return f"{text}.{_signature(self._keys[0], project, text)}"

    def read(self, state: str | None, *, project: str, userid: str | None) -> ReturnedState | None:
        """Return what a state says; None if it is not ours, too old, or another project's.

        Args:
            state: what the custom field came back with.
            project: whose Return URL it came to.
            userid: the user id that came back; None (the dashboard need not send it) matches.
        """
        if state is None or len(state) > MAX_STATE_CHARS or not state.isascii():
            return None
        text, _, signature = state.rpartition(".")
        if not any(hmac.compare_digest(signature, _signature(key, project, text)) for key in self._keys):
            return None
        visit_id, tag, expiry = text.split(".")
        if time.time() >= int(expiry):
            return None
        return ReturnedState(visit_id, userid is None or self._matches(tag, userid))

    def _matches(self, tag: str, userid: str) -> bool:
        return any(hmac.compare_digest(tag, _tag(key, userid)) for key in self._tag_keys)


def _signature(key: bytes, project: str, text: str) -> str:
    """22 characters of base64url. With its length in front, no project's name runs into the text."""
    message = f"{len(project)}:{project}{text}".encode()
    return urlsafe_b64encode(hmac.digest(key, message, "sha256")[:_SIGNATURE_BYTES]).decode().rstrip("=")


def _tag(key: bytes, userid: str) -> str:
    """8 characters of base64url."""
    digest = hmac.digest(key, _TAG_CONTEXT + userid.encode(errors="surrogatepass"), "sha256")
    return urlsafe_b64encode(digest[:_TAG_BYTES]).decode()

"""The signed value in one custom field: which visit comes back, and for which user it was sent out.

``<visit id>.<tag of the user id>`` under ``liveform.sign_state``, bound to the project. The tag is keyed
and cut short, so that the state names no user and a return with another user id is noticed, even on
a site that keeps no links.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform import ExpiredError, UntrustedInputError, sign_state, verify_state
from webhelper.links.base32 import to_base32

if TYPE_CHECKING:
    from collections.abc import Sequence

LIFETIME_S: Final = 86_400  # from the opening to the return: time to fill a form in, and to be interrupted
_PURPOSE: Final = "liveform.webhelper.visit"
_TAG_CONTEXT: Final = b"liveform.webhelper.userid.v1\0"
_TAG_BYTES: Final = 5
_NO_USER: Final = "-"


class ReturnedState(NamedTuple):
    """What a state says that was ours."""

    visit_id: str
    userid_matches: bool


class States:
    """Signs states with the newest key, and reads those of every key.

    Args:
        secret_keys: the newest first.
    """

    __slots__ = ("_keys",)

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._keys = tuple(secret_keys)

    def sign(self, visit_id: str, *, project: str, userid: object) -> str:
        """Return the state of a visit; it holds for a day."""
        tag = _tag(self._keys[0], userid) if isinstance(userid, str) else _NO_USER
        return sign_state(
            f"{visit_id}.{tag}", subject=project, purpose=_PURPOSE, expires_in=LIFETIME_S, keys=self._keys
        )

    def read(self, state: str | None, *, project: str, userid: str | None) -> ReturnedState | None:
        """Return what a state says; None if it is not ours, too old, or another project's.

        Args:
            state: what the custom field came back with.
            project: whose Return URL it came to.
            userid: the user id that came back; None (the dashboard need not send it) matches.
        """
        try:
            value = verify_state(state, subject=project, purpose=_PURPOSE, keys=self._keys)
        except (ExpiredError, UntrustedInputError):
            return None
        visit_id, _, tag = value.partition(".")
        return ReturnedState(visit_id, userid is None or self._matches(tag, userid))

    def _matches(self, tag: str, userid: str) -> bool:
        return any(hmac.compare_digest(tag, _tag(key, userid)) for key in self._keys)


def _tag(key: str, userid: str) -> str:
    digest = hmac.digest(key.encode(), _TAG_CONTEXT + userid.encode(errors="surrogatepass"), "sha256")
    return to_base32(digest[:_TAG_BYTES])

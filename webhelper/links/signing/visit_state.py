"""The signed value in one custom field: which visit comes back, for which user, and to which browser.

``<visit id>.<tag of the user id>.<tag of the browser>.<signature>``: HMAC-SHA-256 cut to 128 bits, as in
RFC 4868, and bound to the project, so that the whole stays within 80 characters. The tags are keyed digests
of 48 bits: the state names no user, and a return with another user id or in another browser is noticed also
on a site that keeps no links, and for reusable links, whose visits keep no browser. The time is in the id.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple

from webhelper.links.signing.purposes import Purpose
from webhelper.links.signing.signers import StrictSigner
from webhelper.links.visit_ids import visited_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MAX_STATE_CHARS: Final = 256
_NONE: Final = "-"
_LIFETIME_S: Final = Purpose.VISIT_STATE.lifetime_s


class ReturnedState(NamedTuple):
    """What a state of ours says.

    Attributes:
        visit_id: the visit that it was made for.
        userid_matches: whether the user id that came back is the one that was sent, or none came back.
        browser_matches: whether it comes back in the browser that redeemed the link.
    """

    visit_id: str
    userid_matches: bool
    browser_matches: bool


class SubmittedState(NamedTuple):
    """What a state of ours says in an event or a submission of the vendor.

    Attributes:
        visit_id: the visit that it was made for.
        userid_matches: whether the user id beside it is the one that was sent, or there is none.
    """

    visit_id: str
    userid_matches: bool


class VisitStates:
    """Signs states with the newest key, and verifies with every key.

    Args:
        secret_keys: the newest first.
        clock: Unix time.
    """

    __slots__ = ("_browsers", "_clock", "_signer", "_userids")

    def __init__(self, secret_keys: Sequence[str], clock: Callable[[], float] = time.time) -> None:
        self._signer = StrictSigner(secret_keys, Purpose.VISIT_STATE)
        self._userids = StrictSigner(secret_keys, Purpose.USERID_TAG)
        self._browsers = StrictSigner(secret_keys, Purpose.BROWSER_TAG)
        self._clock = clock

    def sign(self, visit_id: str, *, project: str, userid: object, browser: bytes | None) -> str:
        """Return the state of a visit; it holds for a day from the visit on.

        Args:
            visit_id: from ``new_visit_id``.
            project: the name of the project whose form opens.
            userid: the user id that the form URL carries; if it is not text, no user id matches.
            browser: the digest of the browser that redeemed; None binds the state to none, and none matches.
        """
        user = self._userids.get_signature(_bytes_of(userid)).decode() if isinstance(userid, str) else _NONE
        own = _NONE if browser is None else self._browsers.get_signature(browser).decode()
        text = f"{visit_id}.{user}.{own}"
        # The length in front keeps a project's name from running into the text.
        signature = self._signer.get_signature(f"{len(project)}:{project}{text}")
        return f"{text}.{signature.decode()}"

    def verify(
        self, state: str | None, *, project: str, userid: str | None, browser: bytes | None
    ) -> ReturnedState | None:
        """Return what a state says; None if it is not ours, too old, or another project's.

        Args:
            state: what the custom field came back with.
            project: whose Return URL it came to.
            userid: the user id that came back; None (the dashboard need not send it) matches.
            browser: the digest of the browser that brings it; None matches no state.
        """
        parts = self._parts(state, project)
        if parts is None:
            return None
        visit_id, user, own = parts
        if self._clock() >= visited_at(visit_id) + _LIFETIME_S:
            return None
        return ReturnedState(
            visit_id,
            userid_matches=self._userid_matches(userid, user),
            browser_matches=browser is not None and self._browsers.verify_signature(browser, own),
        )

    def verify_submitted(
        self, state: str | None, *, project: str, userid: str | None
    ) -> SubmittedState | None:
        """Return what a state says that the vendor gives; None if it is not ours, or another project's.

        It has no end, for a review takes days, and the vendor's servers are no browser.

        Args:
            state: what the custom field of the event or the submission has.
            project: whose webhook URL was called, or whose API was asked.
            userid: the user id of the event or the submission; None matches.
        """
        parts = self._parts(state, project)
        if parts is None:
            return None
        return SubmittedState(parts[0], userid_matches=self._userid_matches(userid, parts[1]))

    def _parts(self, state: str | None, project: str) -> tuple[str, str, str] | None:
        """Return the visit id and the two tags of a state that we signed for this project, else None."""
        if state is None or len(state) > MAX_STATE_CHARS or not state.isascii():
            return None
        text, _, signature = state.rpartition(".")
        if not self._signer.verify_signature(f"{len(project)}:{project}{text}", signature):
            return None
        visit_id, user, own = text.split(".")
        return visit_id, user, own

    def _userid_matches(self, userid: str | None, tag: str) -> bool:
        return userid is None or self._userids.verify_signature(_bytes_of(userid), tag)


def _bytes_of(userid: str) -> bytes:
    return userid.encode(errors="surrogatepass")

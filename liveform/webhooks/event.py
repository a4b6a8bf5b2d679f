"""What all events have in common: who they are about, their key, their time, and what they say."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any, ClassVar, Final, Self

import msgspec

from liveform.returns import KycStatus  # noqa: TC001 - for hints at run time
from liveform.vendor_codes import CodeExplanation  # noqa: TC001 - for hints at run time
from liveform.vendor_times import read_time
from liveform.vendor_values import VendorValue

TRIGGER: Final = "webhook_trigger"
_CUSTOM_FIELDS: Final = ("cf1", "cf2", "cf3")
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
# msgspec would write it faster, but takes time by the square of many members to sort them.
_write: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


class Event(VendorValue, frozen=True, kw_only=True, rename={"trigger": TRIGGER, "token_id": "tokenId"}):
    """One webhook of the vendor; ``read_event`` says what is certain about it, which is little.

    Every attribute but ``trigger`` may be None: the vendor leaves absent data out, and a projection takes
    personal data away (PRJO). The repr shows the trigger, the submission id and the outcome alone.

    Attributes:
        trigger: what happened, such as ``"approved"``; an open set.
        submission_id: the vendor's id of the submission; ``token_expired`` has none.
        email, userid, cf1, cf2, cf3: what the form URL carried.
        token_id: the vendor's token id.
        project_id: the vendor's project id; seen in 2023 only.
        raw: the members as they came, those that liveform does not know too.
    """

    trigger: str = ""
    submission_id: str | None = None
    email: str | None = None
    userid: str | None = None
    token_id: str | None = None
    cf1: str | None = None
    cf2: str | None = None
    cf3: str | None = None
    project_id: str | None = msgspec.field(default=None, name="projectId")

    aliases: ClassVar[Mapping[str, str]] = MappingProxyType({"token_id": "tokenId", "Token_id": "tokenId"})

    @classmethod
    def read(cls, members: Mapping[str, Any]) -> Self:
        """Return the event that the members of a decoded body describe. Nothing in them is an error."""
        event = super().read(members)
        inside = members.get("cf")
        if isinstance(inside, dict):
            _fill_custom_fields(event, inside)
        return event

    @property
    def key(self) -> str:
        """The event's key for deduplication: 64 hexadecimal digits, the same for each delivery of an event.

        The vendor sends no id of an event (no page has one), and may deliver an event twice. So this is a
        SHA-256 of ours, over the trigger, the ids, and the time that the event itself has: it does not depend
        on encryption, the order of members, or the process. An event without id or time has the digest of
        all its members instead.
        """
        ids, moment = self._ids(), self._moment()
        named = None not in ids and "" not in ids and moment is not None
        return sha256(_written([self.trigger, *ids, moment] if named else self.raw)).hexdigest()

    @property
    def occurred_at(self) -> datetime | None:
        """The event's own time, in UTC; None if it has none or none that can be read.

        Events can arrive in another order than they happened (vendor-api row 9.6).
        """
        instant = read_time(self._time())
        try:
            return None if instant is None else instant.astimezone(UTC)
        except OverflowError:  # before the year 1 or after 9999 in UTC
            return None

    @property
    def outcome(self) -> KycStatus | None:
        """What the event says of the submission: approved, pending or rejected; None if it says nothing."""
        return None

    @property
    def explanations(self) -> tuple[CodeExplanation, ...]:
        """What is known of the vendor's codes in the event: meaning, and who can act. Often empty."""
        return ()

    def _ids(self) -> tuple[str | None, ...]:
        """The ids that tell what the event is about."""
        return (self.submission_id,)

    def _time(self) -> str | None:
        """The text of the event's own time."""
        return None

    def _moment(self) -> object:
        """What tells one event of a kind from the next one about the same thing, as JSON."""
        return self._time() or None

    def __repr__(self) -> str:
        shown = {"trigger": self.trigger, "submission_id": self.submission_id, "outcome": self.outcome}
        texts = [
            f"{name}={str(value)!r}" if _NAME.fullmatch(value) else f"{name}=..."  # may be anybody's text
            for name, value in shown.items()
            if value is not None
        ]
        return f"{type(self).__name__}({', '.join([*texts, f'{len(self.raw)} members'])})"


def _fill_custom_fields(event: Event, inside: Mapping[str, Any]) -> None:
    """Set those fields that are in ``cf``, where the injection events have them beside the others."""
    for name in _CUSTOM_FIELDS:
        value = inside.get(name)
        if isinstance(value, str) and getattr(event, name) is None:
            msgspec.structs.force_setattr(event, name, value)


def _written(value: object) -> bytes:
    """Return the one JSON text of a value; for texts, msgspec writes the same in less time."""
    if type(value) is list and set(map(type, value)) == {str}:
        return msgspec.json.encode(value)
    return _write(value).encode()

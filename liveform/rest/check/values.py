"""What a check of the dashboard's settings compares, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

from liveform.errors import FieldError

Verdict: TypeAlias = Literal["ok", "to_do", "note"]
# What was seen of Secure Data Transfer: how an answer came, or that the vendor could not open the request.
TransferSeen: TypeAlias = Literal["plain", "encrypted", "not_opened"]

STATE_FIELDS: Final = ("cf1", "cf2", "cf3")


class CheckedProject(Protocol):
    """What a check needs of a ``Project``."""

    @property
    def encryption_only(self) -> bool:
        """Whether our URLs hold nothing in plain."""

    @property
    def cipher(self) -> str | None:
        """The cipher of our URLs; None without a key for them."""

    @property
    def has_return_key(self) -> bool:
        """Whether the project has a key that opens encrypted Return URLs."""

    @property
    def transfer(self) -> object | None:
        """What opens Secure Data Transfer; None if that is off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedSettings:
    """What the dashboard should say, as far as a ``Project`` does not say it.

    Attributes:
        return_url: the address to which users come back; None accepts any.
        webhook_url: the address of webhooks; None accepts any.
        state_field: the custom field that carries the signed state; None for no state.
        admins: e-mail addresses that API calls name as ``admin``.
        transfer_seen: what was seen of Secure Data Transfer in a call that it covers; None if nothing was.
    """

    return_url: str | None = None
    webhook_url: str | None = None
    state_field: str | None = "cf3"
    admins: tuple[str, ...] = ()
    transfer_seen: TransferSeen | None = None

    def __post_init__(self) -> None:
        if self.state_field is not None and self.state_field not in STATE_FIELDS:
            raise FieldError("state_field", f"must be one of {', '.join(STATE_FIELDS)}, or None")


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One thing that was looked at. It shows no address and no e-mail address.

    Attributes:
        name: what it is about, such as ``return_url``; stays the same between releases.
        verdict: ``ok``, ``to_do``, or ``note`` for what is only worth knowing or cannot be seen.
        text: what was found.
        where: the page of the dashboard to change it or to look; None if there is nothing to do there.
    """

    name: str
    verdict: Verdict
    text: str
    where: str | None = None

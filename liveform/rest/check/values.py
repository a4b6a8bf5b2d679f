"""What a check of the dashboard's settings compares, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias, get_args

from liveform.errors import FieldError

Verdict: TypeAlias = Literal["ok", "to_do", "note"]
# What was seen of Secure Data Transfer: how an answer came, or that the vendor could not open the request.
TransferSeen: TypeAlias = Literal["plain", "encrypted", "not_opened"]

STATE_FIELDS: Final = ("cf1", "cf2", "cf3")

_OF_PROJECT: Final = ("encryption_only", "cipher", "has_return_key", "transfer")


_SEEN: Final[tuple[TransferSeen, ...]] = get_args(TransferSeen)


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

    Raises:
        FieldError: an attribute is of another type, or no such custom field.
    """

    return_url: str | None = None
    webhook_url: str | None = None
    state_field: str | None = "cf3"
    admins: tuple[str, ...] = ()
    transfer_seen: TransferSeen | None = None

    def __post_init__(self) -> None:
        if self.state_field is not None and self.state_field not in STATE_FIELDS:
            raise FieldError("state_field", f"must be one of {', '.join(STATE_FIELDS)}, or None")
        for name in ("return_url", "webhook_url"):
            if not isinstance(getattr(self, name), str | None):
                raise FieldError(name, "must be text, or None")
        if not isinstance(self.admins, tuple) or not all(isinstance(admin, str) for admin in self.admins):
            raise FieldError("admins", "must be a tuple of e-mail addresses")
        if self.transfer_seen is not None and self.transfer_seen not in _SEEN:
            raise FieldError("transfer_seen", f"must be one of {', '.join(_SEEN)}, or None")


def check_arguments(project: object, wanted: object) -> None:
    """Return if a check can work with these.

    Raises:
        FieldError: not a ``Project``, or neither ``WantedSettings`` nor None.
    """
    if not all(hasattr(project, name) for name in _OF_PROJECT):
        raise FieldError("project", "must be a Project")
    if not isinstance(wanted, WantedSettings | None):
        raise FieldError("wanted", "must be WantedSettings, or None")


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

"""Settings of a dashboard that have several values each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar, Literal, TypeAlias

from liveform import CbcLayout, EcbLayout
from webhelper.simulator.sandbox import options, rules

Wrapper: TypeAlias = Literal["bare", "body", "data"]


@dataclass(frozen=True, slots=True)
class TransferLayout:
    """How the sandbox writes Secure Data Transfer; the vendor's own layouts are unknown (row 10.2).

    Attributes:
        wrapper: what a request body is: ``"bare"`` ciphertext (also as a JSON string), or an object with
            the one member ``body`` or ``data`` (row 10.3).
        request: how ECB request bodies and the ``data`` parameter are written.
        answer: how CBC answers and webhooks are written.
        is_encrypted: whether an answer says ``isEncrypted`` beside ``data`` (row 10.3).
        unnamed: what endpoints do that the vendor's pages do not name as covered, such as review (row 10.7):
            ``"follow"`` takes both and answers as it was asked; ``"plain"``, ``"encrypted"``.
    """

    RULES: ClassVar[options.Rules] = {
        "wrapper": rules.one_of("bare", "body", "data"),
        "request": rules.a(EcbLayout),
        "answer": rules.a(CbcLayout),
        "is_encrypted": rules.FLAG,
        "unnamed": rules.one_of("follow", "plain", "encrypted"),
    }

    wrapper: Wrapper = "bare"
    request: EcbLayout = field(default_factory=EcbLayout)
    answer: CbcLayout = field(default_factory=CbcLayout)
    is_encrypted: bool = False
    unnamed: Literal["follow", "plain", "encrypted"] = "follow"

    def __post_init__(self) -> None:
        """Refuse what is not allowed."""
        options.refuse(options.wrong_fields(self))


@dataclass(frozen=True, slots=True)
class TokenExpiration:
    """When a token id expires with an event (row 9.29): after so many submissions, or after a time."""

    RULES: ClassVar[options.Rules] = {
        "condition": rules.one_of("count", "time"),
        "uses": rules.whole(1),
        "after": rules.DURATION,
    }

    condition: Literal["count", "time"] = "count"
    uses: int = 1
    after: timedelta = timedelta(hours=24)

    def __post_init__(self) -> None:
        """Refuse what is not allowed."""
        options.refuse(options.wrong_fields(self))


@dataclass(frozen=True, slots=True)
class Limits:
    """How many requests a project may send (row 1.7), and what a refusal says (row 1.6: unknown).

    Attributes:
        per_second, per_day: requests of all endpoints; the day begins at 00:00 UTC.
        retry_after: the ``Retry-After`` header of a 429; None for none.
    """

    RULES: ClassVar[options.Rules] = {
        "per_second": rules.whole(0),
        "per_day": rules.whole(0),
        "retry_after": rules.optional(rules.HEADER),
    }

    per_second: int = 5_000
    per_day: int = 100_000
    retry_after: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is not allowed."""
        options.refuse(options.wrong_fields(self))

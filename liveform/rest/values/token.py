"""Typed answers about token ids, and what came of registering or deleting many.

A token id opens a form in private mode, so no repr shows one.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from liveform.errors import VendorError
from liveform.vendor_values import VendorValue


class Token(
    VendorValue,
    frozen=True,
    kw_only=True,
    rename={"token_id": "tokenId", "updated_at": "updateTime"},
):
    """A registered token id (vendor page TOKG).

    Attributes:
        token_id: the token id.
        updated_at: ISO 8601 with milliseconds, as the vendor wrote it.
        expired: whether it can no longer be used; lists have it.
    """

    token_id: str | None = None
    updated_at: str | None = None
    expired: bool | None = None

    shown: ClassVar[tuple[str, ...]] = ("updated_at", "expired")


class TokenSummary(
    VendorValue,
    frozen=True,
    kw_only=True,
    rename={
        "total_submitted": "totalSubmitted",
        "current_count": "currentCount",
        "not_found": "notFound",
    },
):
    """The counts of one request that registers or deletes (vendor pages TOKP, TOKD)."""

    total_submitted: int | None = None
    current_count: int | None = None
    processed: int | None = None
    deleted: int | None = None
    not_found: int | None = None
    failed: int | None = None


class TokenReport(VendorValue, frozen=True, kw_only=True):
    """The answer to one request that registers or deletes.

    Attributes:
        success: whether the vendor calls the request a success.
        message: the vendor's text.
        summary: the counts.
        details: which token ids failed; the pages do not show its shape.
    """

    success: bool | None = None
    message: str | None = None
    summary: TokenSummary | None = None
    details: Any = None

    shown: ClassVar[tuple[str, ...]] = ("success",)


@dataclass(frozen=True, slots=True)
class FailedToken:
    """A token id that is not registered, or not deleted.

    Attributes:
        position: its place among the given ones, from 0.
        code: a code of the vendor such as ``invalid_token_id_format``, also for an id that liveform refuses
            by the same rule; the code of the ``VendorError`` of its request; or ``unclear``, if some of its
            request failed and the answer does not say which.
        token_id: the token id; None for what is not text.
    """

    position: int
    code: str
    token_id: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenProgress:
    """How far a run is.

    Attributes:
        done: up to which position the given token ids are done.
        total: how many are given; None for an iterable without a length.
        failed: how many of this run's failed.
    """

    done: int
    total: int | None
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRegistration:
    """What came of registering token ids. Each is counted once: as registered, as failed, or as not reached.

    Attributes:
        registered: how many are registered.
        failed: the others before ``resume_from``. To register one again is harmless.
        resume_from: the position of the first one that was not reached; ``start`` of a later call. At the end
            it is the number of all.
        error: what ended the run early; None if it came to the end.
        pool_size: how many are registered in the project now, as the last answer said; None if none did.
    """

    registered: int = 0
    failed: tuple[FailedToken, ...] = field(default=(), repr=False)
    resume_from: int = 0
    error: VendorError | None = None
    pool_size: int | None = None

    @property
    def complete(self) -> bool:
        """Return whether all are registered."""
        return self.error is None and not self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenDeletion:
    """What came of deleting token ids.

    Attributes:
        deleted: how many the vendor deleted.
        not_found: how many were not registered. One that a lost first try deleted counts here.
        failed: the others before ``resume_from``. To delete one again is harmless.
        resume_from, error: as in ``TokenRegistration``.
    """

    deleted: int = 0
    not_found: int = 0
    failed: tuple[FailedToken, ...] = field(default=(), repr=False)
    resume_from: int = 0
    error: VendorError | None = None

    @property
    def complete(self) -> bool:
        """Return whether none of them is registered any more."""
        return self.error is None and not self.failed

"""Private mode: links of some projects each carry a token id of the vendor's, which they draw from a pool.

A token id is for one person, and ends three minutes after its first use (vendor page QS).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from liveform import PARAMETERS, FieldError

if TYPE_CHECKING:
    from collections.abc import Container

    from webhelper.links.models import Link, LinkSpec

TOKEN_ID_CHARS: Final = 32  # the vendor takes 8 to 64 (vendor page TOK)
_TOKEN_ID: Final = next(row for row in PARAMETERS if row.name == "token_id")
_SOME_TOKEN_ID: Final = "x" * TOKEN_ID_CHARS


class TokenIdPools(Protocol):
    """Which projects have a pool of token ids, and who fills it."""

    @property
    def projects(self) -> Container[str]:
        """The names of these projects."""

    def drawn(self, project: str) -> None:
        """Note that a link drew a token id, so that the pool is filled in time."""

    def found_empty(self, project: str, now: float) -> None:
        """Note that a link found no token id, so that the pool is filled at once."""


class NoPools:
    """The pools of a site without private mode."""

    projects: Container[str] = frozenset()

    def drawn(self, project: str) -> None:
        """Do nothing."""

    def found_empty(self, project: str, now: float) -> None:
        """Do nothing."""


def draws_token_id(spec: LinkSpec, pools: TokenIdPools) -> bool:
    """Return whether a new link draws a token id: its project has a pool, and its form takes one."""
    return spec.project in pools.projects and spec.pipeline in _TOKEN_ID.places


def with_some_token_id(spec: LinkSpec) -> LinkSpec:
    """Return the spec of a link that draws a token id with one of the same length, to see what its URL is.

    Raises:
        FieldError: the link is for more than one use, or names a token id itself.
    """
    for name in spec.fields:
        if name in _TOKEN_ID.vendor_names:
            raise FieldError(name, "is drawn from the pool of the project; leave it out")
    if spec.max_uses != 1:
        why = "a token id is for one person, and ends three minutes after its first use"
        raise FieldError("max_uses", f"must be 1, because the project is in private mode: {why}")
    return replace(spec, token_id=_SOME_TOKEN_ID)


def has_ended(link: Link) -> bool:
    """Return whether the token id of a link has ended: the vendor has a submission of it (QS).

    Without a token id, the browser may come back all the same.
    """
    return link.spec.token_id is not None and link.outcome is not None and link.outcome.is_done

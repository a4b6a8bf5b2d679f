"""Links without a store: the whole spec is sealed in the token.

Nothing is kept, so uses cannot be counted and links cannot be revoked or listed. A request for any of that
is refused.
"""

from __future__ import annotations

import json
import time
from dataclasses import fields
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast

from liveform import DecryptError, FieldError, Pipeline
from webhelper.errors import NotKeptError, UnknownLinkError
from webhelper.links.models import ID_BYTES, Link, LinkSpec, Visit
from webhelper.links.signing.base32 import to_base32
from webhelper.links.signing.link_tokens import MAX_TOKEN_CHARS
from webhelper.links.signing.signers import BASE32_CHARS
from webhelper.links.stores.memory_throttle import MemoryThrottle

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from webhelper.links.outcomes import Outcome
    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.base import IdempotencyKey, VisitedLink
    from webhelper.links.stores.lists import Filter, OpenVisits, Page

_CONTEXT: Final = b"sealed link"
_OPTIONAL: Final = tuple(field.name for field in fields(LinkSpec) if field.default is None)
_MAX_PAYLOAD_BYTES: Final = (MAX_TOKEN_CHARS - BASE32_CHARS) * 5 // 8


class StatelessStore:
    """A store that keeps nothing; ``Store`` says what each method would do.

    Args:
        sealer: seals the spec into the token.
    """

    keeps_links = False

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer
        self.clock = time.time
        self.inbox = self.outbox = self.token_ids = self.leases = self.upkeep = cast("Any", _NothingKept())
        self.sessions = cast("Any", _NothingKept())
        self.throttle = MemoryThrottle()

    def create(
        self,
        spec: LinkSpec,
        *,
        now: float,
        idempotency_key: IdempotencyKey | None = None,
        draws_token_id: bool = False,
        gets_number: bool = False,
    ) -> tuple[Link, bool]:
        """Return a link for any number of uses.

        Raises:
            NotKeptError: the spec, or the request, needs something to be kept.
            FieldError: the fields are too long for a link.
        """
        asked = (
            _not_kept_of(spec, idempotency_key) + ["a token id"] * draws_token_id + ["a number"] * gets_number
        )
        if asked:
            raise NotKeptError(f"this site keeps no links, so it cannot take: {', '.join(asked)}")
        members = [spec.project, spec.pipeline.value, spec.expires_at, dict(spec.fields), int(now)]
        text = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
        payload = self._sealer.seal(text.encode(), _CONTEXT)
        if len(payload) > _MAX_PAYLOAD_BYTES:
            raise FieldError("fields", "are too long to be sealed into a link")
        return _link(payload, members), True

    def find(self, payload: bytes) -> Link:
        """Return the link that is sealed in ``payload``."""
        try:
            return _link(payload, json.loads(self._sealer.open(payload, _CONTEXT)))
        except DecryptError:
            raise UnknownLinkError from None

    def visit(self, link: Link, visit: Visit, *, browser: bytes | None) -> Visit:
        """Return the visit; nothing is kept of it."""
        link.check_open(visit.at)
        return visit

    def visit_of(self, link: Link, browser: bytes, *, now: float) -> Visit | None:
        """Return None."""
        return None

    def hand_over(self, link: Link, visit_id: str, *, holder: bytes, browser: bytes, now: float) -> bool:
        """Return False."""
        return False

    def visits(self, link_id: str, *, limit: int) -> Sequence[Visit]:
        """Return an empty list."""
        return []

    def record(self, visit_id: str, outcome: Outcome, *, browser: bytes | None = None) -> VisitedLink | None:
        """Return None."""
        return None

    def visited_link(self, visit_id: str) -> VisitedLink | None:
        """Return None."""
        return None

    def open_visits(self, wanted: OpenVisits) -> Sequence[VisitedLink]:
        """Return an empty list."""
        return []

    def get(self, link_id: str) -> NoReturn:
        """Raise ``NotKeptError``."""
        _refuse()

    def page(self, wanted: Filter, *, now: float, limit: int, cursor: int | None = None) -> Page:
        """Raise ``NotKeptError``."""
        _refuse()

    def revoke(self, link_id: str, *, now: float) -> None:
        """Raise ``NotKeptError``."""
        _refuse()

    def exchange(self, visit_id: str, *, now: float, browser: bytes | None = None) -> bool:
        """Raise ``NotKeptError``."""
        _refuse()

    def is_ready(self) -> bool:
        """Return True: without a store, nothing can fail."""
        return True

    def close(self) -> None:
        """Return at once: without a store, nothing is open."""


def _link(payload: bytes, members: list[Any]) -> Link:
    project, pipeline, expires_at, form_fields, created_at = members
    spec = LinkSpec(
        project=project,
        pipeline=Pipeline(pipeline),
        fields=form_fields,
        expires_at=expires_at,
        max_uses=None,
    )
    link_id = to_base32(sha256(payload).digest()[:ID_BYTES])
    return Link(id=link_id, payload=payload, spec=spec, created_at=created_at)


def _not_kept_of(spec: LinkSpec, idempotency_key: IdempotencyKey | None) -> list[str]:
    """Return what of the request needs a store, by the names that callers use."""
    asked = [] if spec.max_uses is None else ["max_uses (send null: uses are not counted)"]
    asked += [name for name in _OPTIONAL if getattr(spec, name) is not None]
    return asked if idempotency_key is None else [*asked, "Idempotency-Key"]


def _refuse() -> NoReturn:
    raise NotKeptError("this site keeps no links: they cannot be listed, looked up or revoked")


class _NothingKept:
    """Inbox, outbox, token ids, leases and sessions of a site without a store: every method is refused."""

    def __getattr__(self, name: str) -> Callable[..., NoReturn]:
        def refuse(*_: object, **__: object) -> NoReturn:
            problem = "this site keeps nothing: no webhooks, no messages and no sessions; set STORE"
            raise NotKeptError(problem)

        return refuse

"""Links without a store: the whole order is sealed in the token.

Nothing is kept, so nothing can be counted, taken back, listed or told apart: whoever orders such a thing
is refused, rather than given less than asked for.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, NoReturn

from liveform import DecryptError, FieldError, Pipeline
from webhelper.errors import NotKeptError, UnknownLinkError
from webhelper.links.models import ID_BYTES, Link, LinkSpec, Outcome, Visit
from webhelper.links.signing.base32 import to_base32
from webhelper.links.signing.link_tokens import MAX_TOKEN_CHARS, SIGNATURE_CHARS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.base import Filter, IdempotencyKey, Page, VisitedLink

_CONTEXT: Final = b"sealed link"
_MAX_PAYLOAD_BYTES: Final = (MAX_TOKEN_CHARS - SIGNATURE_CHARS) * 5 // 8


class StatelessStore:
    """Keeps nothing; see ``Store`` for what each method would do.

    Args:
        sealer: seals the order into the token.
    """

    keeps_links = False

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def create(
        self, spec: LinkSpec, *, now: float, idempotency_key: IdempotencyKey | None = None
    ) -> tuple[Link, bool]:
        """Return a link for any number of uses.

        Raises:
            NotKeptError: the order, or the request, needs something to be kept.
            FieldError: the fields are too long for a link.
        """
        wishes = {
            "max_uses (send null: uses are not counted)": spec.max_uses is not None,
            "unique_userid": spec.unique_userid is not None,
            "label": spec.label is not None,
            "next": spec.next is not None,
            "Idempotency-Key": idempotency_key is not None,
        }
        asked = [name for name, link_request in wishes.items() if link_request]
        if asked:
            raise NotKeptError(f"this site keeps no links, so it cannot take: {', '.join(asked)}")
        members = [spec.project, spec.pipeline.value, spec.expires_at, dict(spec.fields), int(now)]
        text = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
        payload = self._sealer.seal(text.encode(), _CONTEXT)
        if len(payload) > _MAX_PAYLOAD_BYTES:
            raise FieldError("fields", "are too long to be sealed into a link")
        return self.find(payload), True

    def find(self, payload: bytes) -> Link:
        """Return the link that is sealed in ``payload``."""
        try:
            members: list[Any] = json.loads(self._sealer.open(payload, _CONTEXT))
        except DecryptError:
            raise UnknownLinkError from None
        project, pipeline, expires_at, fields, created_at = members
        spec = LinkSpec(
            project=project,
            pipeline=Pipeline(pipeline),
            fields=fields,
            expires_at=expires_at,
            max_uses=None,
        )
        link_id = to_base32(sha256(payload).digest()[:ID_BYTES])
        return Link(id=link_id, payload=payload, spec=spec, created_at=created_at)

    def visit(self, link: Link, visit: Visit, *, browser: bytes | None) -> Visit:  # noqa: ARG002
        """Return the visit, which is not written down."""
        link.check_open(visit.at)
        return visit

    def visit_of(self, link: Link, browser: bytes, *, now: float) -> Visit | None:  # noqa: ARG002
        """Return None."""
        return None

    def visits(self, link_id: str, *, limit: int) -> Sequence[Visit]:  # noqa: ARG002
        """Return nothing."""
        return []

    def record(self, visit_id: str, outcome: Outcome) -> VisitedLink | None:  # noqa: ARG002
        """Return None."""
        return None

    def visited_link(self, visit_id: str) -> VisitedLink | None:  # noqa: ARG002
        """Return None."""
        return None

    def get(self, link_id: str) -> NoReturn:  # noqa: ARG002
        """Raise ``NotKeptError``."""
        _not_kept()

    def page(self, wanted: Filter, *, now: float, limit: int, cursor: int | None = None) -> Page:  # noqa: ARG002
        """Raise ``NotKeptError``."""
        _not_kept()

    def revoke(self, link_id: str, *, now: float) -> None:  # noqa: ARG002
        """Raise ``NotKeptError``."""
        _not_kept()

    def use_once(self, code_id: str, *, now: float) -> bool:  # noqa: ARG002
        """Raise ``NotKeptError``."""
        _not_kept()

    def is_ready(self) -> bool:
        """There is nothing that could fail."""
        return True

    def close(self) -> None:
        """There is nothing to close."""


def _not_kept() -> NoReturn:
    raise NotKeptError("this site keeps no links: they cannot be listed, looked up or revoked")

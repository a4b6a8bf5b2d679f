"""Rows of the database <-> links and visits. What is people's data is sealed on the way in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from liveform import DecryptError, Pipeline
from webhelper.links.models import Link, LinkSpec, Outcome, Result, Visit, link_id_of

if TYPE_CHECKING:
    from webhelper.links.signing.sealing import Sealer


_decode: Final = json.JSONDecoder().decode


class LinkRow(NamedTuple):
    """A row of the table of links, in the order of its columns here."""

    seq: int
    id: str
    project: str
    pipeline: str
    sealed: bytes
    label: str | None
    created_by: str
    created_at: float
    expires_at: int
    max_uses: int | None
    uses: int
    last_used_at: float | None
    revoked_at: float | None
    result: str | None
    submission_id: str | None
    error_code: str | None
    returned_at: float | None


class VisitRow(NamedTuple):
    """A row of the table of visits."""

    id: str
    at: float
    userid: bytes | None
    result: str | None
    submission_id: str | None
    error_code: str | None
    returned_at: float | None


def of_spec(spec: LinkSpec, link_id: str, sealer: Sealer, now: float) -> dict[str, object]:
    """Return the columns of a new link."""
    secret = {"fields": dict(spec.fields), "unique_userid": spec.unique_userid, "next": spec.next}
    return {
        "id": link_id,
        "project": spec.project,
        "pipeline": spec.pipeline.value,
        "sealed": sealer.seal(json.dumps(secret).encode(), b"link" + link_id.encode()),
        "label": spec.label,
        "created_by": spec.created_by,
        "created_at": now,
        "expires_at": spec.expires_at,
        "max_uses": spec.max_uses,
    }


def to_link(row: LinkRow, payload: bytes, sealer: Sealer) -> Link | None:
    """Return the link of a row; None if its key is no longer in the settings."""
    text = _opened(row.sealed, b"link" + row.id.encode(), sealer)
    if text is None:
        return None
    secret: dict[str, Any] = _decode(text)
    spec = LinkSpec(
        project=row.project,
        pipeline=Pipeline(row.pipeline),
        fields=secret["fields"],
        expires_at=row.expires_at,
        max_uses=row.max_uses,
        label=row.label,
        unique_userid=secret["unique_userid"],
        next=secret["next"],
        created_by=row.created_by,
    )
    return Link(
        id=row.id,
        payload=payload,
        spec=spec,
        created_at=row.created_at,
        uses=row.uses,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        outcome=_outcome(row),
    )


def of_visit(visit: Visit, browser: bytes | None, sealer: Sealer) -> tuple[object, ...]:
    """Return the columns of a new visit."""
    userid = visit.userid
    sealed = None if userid is None else sealer.seal(userid.encode(), b"visit" + visit.id.encode())
    return (visit.link_id, visit.id, visit.at, sealed, browser)


def to_visit(row: VisitRow, sealer: Sealer) -> Visit:
    """Return the visit of a row."""
    return Visit(
        id=row.id,
        link_id=link_id_of(row.id),
        at=row.at,
        userid=None if row.userid is None else _opened(row.userid, b"visit" + row.id.encode(), sealer),
        outcome=_outcome(row),
    )


def _opened(sealed: bytes, context: bytes, sealer: Sealer) -> str | None:
    try:
        return sealer.open(sealed, context).decode()
    except DecryptError:
        return None


def _outcome(row: LinkRow | VisitRow) -> Outcome | None:
    if row.returned_at is None:
        return None
    return Outcome(
        result=None if row.result is None else Result(row.result),
        submission_id=row.submission_id,
        error_code=row.error_code,
        at=row.returned_at,
    )

"""Rows of the database <-> links and visits. What is personal is sealed on the way in."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Final

from liveform import DecryptError, Pipeline
from webhelper.links.models import Link, LinkSpec, Outcome, Result, Visit, link_id_of
from webhelper.links.signing.base32 import from_base32

if TYPE_CHECKING:
    from sqlite3 import Row

    from webhelper.links.signing.sealing import Sealer

# A field of a spec has a column of its name, or is a member of the sealed one.
_SEALED: Final = tuple(field.name for field in fields(LinkSpec) if field.metadata.get("sealed"))
SPEC_COLUMNS: Final = tuple(field.name for field in fields(LinkSpec) if field.name not in _SEALED)
_PIPELINES: Final = {pipeline.value: pipeline for pipeline in Pipeline}
_decode: Final = json.JSONDecoder().decode


def of_spec(spec: LinkSpec, link_id: str, sealer: Sealer, now: float) -> dict[str, object]:
    """Return the columns of a new link."""
    columns: dict[str, object] = {name: getattr(spec, name) for name in SPEC_COLUMNS}
    secret = {name: getattr(spec, name) for name in _SEALED if getattr(spec, name) is not None}
    sealed = sealer.seal(json.dumps(secret).encode(), b"link" + link_id.encode())
    return columns | {"id": link_id, "sealed": sealed, "created_at": now}


def to_link(row: Row, sealer: Sealer) -> Link | None:
    """Return the link of a row; None if its key is no longer in the settings."""
    text = _opened(row["sealed"], b"link" + row["id"].encode(), sealer)
    if text is None:
        return None
    columns = {name: row[name] for name in SPEC_COLUMNS}
    columns["pipeline"] = _PIPELINES[row["pipeline"]]
    return Link(
        id=row["id"],
        payload=from_base32(row["id"]),
        spec=LinkSpec(**columns, **_decode(text)),
        created_at=row["created_at"],
        uses=row["uses"],
        last_used_at=row["last_used_at"],
        revoked_at=row["revoked_at"],
        outcome=_outcome(row),
    )


def of_visit(visit: Visit, sealer: Sealer) -> tuple[object, ...]:
    """Return id, time and sealed user id of a new visit."""
    userid = visit.userid
    sealed = None if userid is None else sealer.seal(userid.encode(), b"visit" + visit.id.encode())
    return (visit.id, visit.at, sealed)


def to_visit(row: Row, sealer: Sealer) -> Visit:
    """Return the visit of a row."""
    visit_id, sealed = row["id"], row["userid"]
    return Visit(
        id=visit_id,
        link_id=link_id_of(visit_id),
        at=row["at"],
        userid=None if sealed is None else _opened(sealed, b"visit" + visit_id.encode(), sealer),
        outcome=_outcome(row),
    )


def _opened(sealed: bytes, context: bytes, sealer: Sealer) -> str | None:
    try:
        return sealer.open(sealed, context).decode()
    except DecryptError:
        return None


def _outcome(row: Row) -> Outcome | None:
    if row["returned_at"] is None:
        return None
    return Outcome(
        result=None if row["result"] is None else Result(row["result"]),
        submission_id=row["submission_id"],
        error_code=row["error_code"],
        at=row["returned_at"],
    )

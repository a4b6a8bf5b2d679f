"""Rows of the database <-> links and visits. What is personal is sealed on the way in."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from liveform import DecryptError, Pipeline
from webhelper.links.models import Link, LinkSpec, Visit
from webhelper.links.outcomes import Level, Outcome, Result, Source, shown_of
from webhelper.links.signing.base32 import from_base32
from webhelper.links.visit_counts import VisitCounts
from webhelper.links.visit_ids import earliest_visit_id, link_id_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Row as SqliteRow
    from typing import TypeAlias

    from webhelper.links.signing.sealing import Sealer

    Row: TypeAlias = SqliteRow | tuple[Any, ...]

# A field of a spec has a column of its name, or is a member of the sealed one.
_SEALED: Final = tuple(field.name for field in fields(LinkSpec) if field.metadata.get("sealed"))
SPEC_COLUMNS: Final = tuple(field.name for field in fields(LinkSpec) if field.name not in _SEALED)
_LINK: Final = ("id", "sealed", "created_at", "uses", "last_used_at", "revoked_at", "token_id_expired_at")
LINK_COLUMNS: Final = (*_LINK, *SPEC_COLUMNS, "outcome", "counts")  # ``to_link`` takes them in this order
VISIT_COLUMNS: Final = ("id", "at", "userid", "exchanged_at", "browser")
_SPEC_FROM, _SPEC_TO = len(_LINK), len(_LINK) + len(SPEC_COLUMNS)
_DIGEST_BYTES: Final = 16
_PIPELINES: Final = {pipeline.value: pipeline for pipeline in Pipeline}
_decode: Final = json.JSONDecoder().raw_decode  # nothing is around what ``of_spec`` writes


def of_spec(spec: LinkSpec, link_id: str, sealer: Sealer, now: float) -> dict[str, object]:
    """Return the columns of a new link."""
    columns: dict[str, object] = {name: getattr(spec, name) for name in SPEC_COLUMNS}
    secret = {name: getattr(spec, name) for name in _SEALED if getattr(spec, name) is not None}
    sealed = sealer.seal(json.dumps(secret).encode(), context_of_link(link_id))
    return columns | {
        "id": link_id,
        "sealed": sealed,
        "sealed_by": sealer.key_ids[0],
        "signed_by": sealer.key_ids[0],
        "userid_digest": userid_digest(spec.userid, sealer),
        "created_at": now,
    }


def to_link(row: Row, sealer: Sealer, payload: bytes | None = None) -> Link | None:
    """Return the link of a row of ``LINK_COLUMNS``; None if its key is no longer in the settings.

    Args:
        row: taken by place, for a row that is asked for a name compares it with each column's.
        sealer: opens what is personal.
        payload: the bytes of the id, where they are known already.
    """
    link_id, sealed, created_at, uses, last_used_at, revoked_at, token_id_expired_at = row[:_SPEC_FROM]
    text = _opened(sealed, context_of_link(link_id), sealer)
    if text is None:
        return None
    columns = dict(zip(SPEC_COLUMNS, row[_SPEC_FROM:_SPEC_TO], strict=True))
    shown, counts = row[_SPEC_TO], row[_SPEC_TO + 1]
    columns["pipeline"] = _PIPELINES[columns["pipeline"]]
    return Link(
        id=link_id,
        payload=from_base32(link_id) if payload is None else payload,
        spec=LinkSpec(**columns, **_decode(text)[0]),
        created_at=created_at,
        uses=uses,
        last_used_at=None if uses == 0 else last_used_at,
        revoked_at=revoked_at,
        token_id_expired_at=token_id_expired_at,
        outcome=None if shown is None else to_shown(shown),
        counts=None if columns["max_uses"] == 1 else to_counts(counts),
    )


def context_of_link(link_id: str) -> bytes:
    """Return what the sealed fields of a link are bound to."""
    return b"link" + link_id.encode()


def context_of_visit(visit_id: str) -> bytes:
    """Return what the sealed user id of a visit is bound to."""
    return b"visit" + visit_id.encode()


def folded(text: str) -> bytes:
    """Return a text as it is searched for: without case, and however its characters are composed."""
    return unicodedata.normalize("NFKC", text).casefold().encode(errors="replace")


def userid_digests(userid: str, sealer: Sealer) -> list[bytes]:
    """Return the digests by which a user id is found without case: one by each key, the newest first."""
    return [digest[:_DIGEST_BYTES] for digest in sealer.digests(b"userid" + folded(userid))]


def userid_digest(userid: object, sealer: Sealer) -> bytes | None:
    """Return the digest that is kept of a user id; None for none."""
    return None if userid is None else userid_digests(str(userid), sealer)[0]


def of_visit(visit: Visit, sealer: Sealer) -> tuple[object, ...]:
    """Return id, time, sealed user id and the id of its key, of a new visit."""
    if visit.userid is None:
        return (visit.id, visit.at, None, None)
    sealed = sealer.seal(visit.userid.encode(), context_of_visit(visit.id))
    return (visit.id, visit.at, sealed, sealer.key_ids[0])


def use_of(link: Link, browser: bytes | None, now: float) -> dict[str, object]:
    """Return the values that decide whether a browser uses a link, or comes back to an earlier use."""
    since = now - link.spec.grace_s
    earliest = earliest_visit_id(link.id, since)
    return {"id": link.id, "browser": browser, "now": now, "since": since, "earliest": earliest}


def of_outcome(outcome: Outcome) -> tuple[object, ...]:
    """Return the columns of an outcome, as ``to_outcome`` takes them."""
    return (outcome.result, outcome.submission_id, outcome.error_code, outcome.at, outcome.source)


def to_outcome(columns: Sequence[Any]) -> Outcome:
    """Return the outcome of its columns."""
    result, submission_id, error_code, at, source = columns
    return Outcome(
        result=None if result is None else Result(result),
        submission_id=submission_id,
        error_code=error_code,
        at=at,
        source=Source(source),
    )


def of_shown(outcome: Outcome) -> str:
    """Return the text that a link of one use keeps of what its visit shows."""
    return json.dumps(of_outcome(outcome))


def to_shown(text: str) -> Outcome:
    """Return what the visit of a link of one use shows."""
    return to_outcome(_decode(text)[0])


def of_counts(counts: VisitCounts) -> str:
    """Return the text that a link of more uses keeps of its visits."""
    return json.dumps([counts.returned, *((*kind, count) for kind, count in counts.shown.items())])


def to_counts(text: str | None) -> VisitCounts:
    """Return the counts of a link; none as long as nothing was said of any visit."""
    if text is None:
        return VisitCounts()
    returned, *shown = _decode(text)[0]
    kinds = {(Result(result), Level(level)): count for result, level, count in shown}
    return VisitCounts(returned=returned, shown=kinds)


def to_visit(row: Row, sealer: Sealer, outcomes: Sequence[Outcome] = ()) -> Visit:
    """Return the visit of a row of ``VISIT_COLUMNS``, with its outcomes and what is shown of them."""
    visit_id, at, sealed, exchanged_at, browser = row[:5]
    return Visit(
        id=visit_id,
        link_id=link_id_of(visit_id),
        at=at,
        userid=None if sealed is None else _opened(sealed, context_of_visit(visit_id), sealer),
        outcome=shown_of(outcomes),
        outcomes=tuple(outcomes),
        exchanged=exchanged_at is not None,
        browser=browser,
    )


def _opened(sealed: bytes, context: bytes, sealer: Sealer) -> str | None:
    try:
        return sealer.open(sealed, context).decode()
    except DecryptError:
        return None

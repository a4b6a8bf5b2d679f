"""Files of earlier versions of the SQLite store, made from their SQL, with a few links in each."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sites import NOW

from webhelper.links.signing.base32 import to_base32
from webhelper.links.visit_ids import new_visit_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webhelper.links.signing.sealing import Sealer

SQL: Final = Path(__file__).parents[1] / "webhelper" / "links" / "stores" / "sqlite" / "older"
CONVERTED: Final = ("2", "3", "4", "5-first", "5", "7")
WITH_INBOX: Final = ("5-first", "5", "7")
ONE, MANY, OPENED_BY_NAME = (to_base32(bytes([number] * 10)) for number in range(3))
DAY_S: Final = 86_400
_USED: Final = {"2": "spent"}
_REPEATED: Final = {"2": "repeats"}


def make_older(path: Path, name: str, sealer: Sealer) -> None:
    """Make the file of a version, with three links, three visits, a used code and a repeated request."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((SQL / f"{name}.sql").read_text(encoding="utf-8"))
        connection.execute("PRAGMA journal_mode = WAL")
        _links(connection, sealer)
        _visits(connection, name, sealer)
        _put(connection, _USED.get(name, "used_codes"), {"code_id": "used", "at": NOW})
        repeated = {"scope": "tests", "key": "k", "digest": b"d" * 32, "link_id": ONE, "at": NOW}
        _put(connection, _REPEATED.get(name, "idempotency_keys"), repeated)
        if name in WITH_INBOX:
            _inbox(connection, name, sealer)
        connection.commit()


def _links(connection: sqlite3.Connection, sealer: Sealer) -> None:
    """Put links of one use, of three uses, and for any number of users."""
    for link_id, fields, max_uses, more in (
        (ONE, {"email": "jane@example.com", "userid": "Jane-1"}, 1, {}),
        (MANY, {}, 3, {}),
        (OPENED_BY_NAME, {}, None, {"unique_userid": "u-", "note": "at the door"}),
    ):
        sealed = sealer.seal(json.dumps({"fields": fields, **more}).encode(), b"link" + link_id.encode())
        common = {
            "id": link_id,
            "project": "shop",
            "pipeline": "id_document",
            "sealed": sealed,
            "label": "Seoul",
        }
        times = {"created_at": NOW, "expires_at": int(NOW) + DAY_S, "last_used_at": NOW}
        uses = {"max_uses": max_uses, "uses": 1 if max_uses != 3 else 2}
        _put(connection, "links", {**common, **times, **uses, "created_by": "tests"})


def _visits(connection: sqlite3.Connection, name: str, sealer: Sealer) -> None:
    """Put two visits that came back, and one with a user id of its own."""
    for seq, link_id, userid, result in (
        (1, ONE, None, "approved"),
        (2, MANY, None, "rejected"),
        (2, MANY, None, None),
        (3, OPENED_BY_NAME, "u-abc", None),
    ):
        visit_id = new_visit_id(link_id, NOW)
        sealed = None if userid is None else sealer.seal(userid.encode(), b"visit" + visit_id.encode())
        row = {"link": seq, "id": visit_id, "at": NOW, "userid": sealed, "browser": b"b"}
        returned = {"result": result, "submission_id": f"sub-{seq}", "error_code": None}
        if result is not None and name in ("2", "3"):
            row |= {**returned, "returned_at": NOW + 60}
        _put(connection, "visits", row)
        if result is not None and name not in ("2", "3"):
            _said(connection, name, {"link": seq, "visit": visit_id, "number": 0, **returned})


def _said(connection: sqlite3.Connection, name: str, row: Mapping[str, object]) -> None:
    """Put a return of a visit, and from version 5 on what the vendor said of it, which is the contrary."""
    time = "returned_at" if name in ("4", "5-first") else "at"
    if name == "4":
        _put(connection, "returns", {**row, time: NOW + 60})
        return
    _put(connection, "outcomes", {**row, time: NOW + 60, "source": "return"})
    contrary = {"approved": "rejected", "rejected": "approved"}[str(row["result"])]
    said = {**row, "number": 1, "result": contrary, time: NOW + 90, "source": "webhook"}
    _put(connection, "outcomes", said)
    about = {
        "project": "shop",
        "submission_id": row["submission_id"],
        "link": row["link"],
        "visit": row["visit"],
    }
    _put(connection, "submissions", about)


def _inbox(connection: sqlite3.Connection, name: str, sealer: Sealer) -> None:
    """Put a webhook, a message, a count of refusals and a token id."""
    sealed = sealer.seal(b'{"email":"jane@example.com","userid":"Jane-1"}', b"event shop k")
    about = {"project": "shop", "key": "k", "trigger": "approved", "submission_id": "sub-1", "sealed": sealed}
    times = {"occurred_at": NOW, "received_at": NOW, "last_received_at": NOW}
    _put(connection, "events", {"number": 7, **about, **times, "state": "done", "ended_at": NOW})
    told = {"id": "msg_1", "kind": "event_received", "sink": "handlers", "at": NOW, "data": '{"number": 7}'}
    _put(connection, "messages", {"number": 5, **told, "due_at": NOW})
    _put(connection, "refusals", {"day": "2027-01-15", "project": "shop", "reason": "malformed", "times": 4})
    token_id = {
        "project": "shop",
        "digest": b"t",
        "sealed": sealer.seal(b"tok-1", b"token id shop "),
        "at": NOW,
    }
    known = {} if name == "5-first" else {"sealed_by": sealer.key_ids[0]}
    _put(connection, "token_ids", {**token_id, **known, "state": "ready"})


def _put(connection: sqlite3.Connection, table: str, row: Mapping[str, object]) -> None:
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))

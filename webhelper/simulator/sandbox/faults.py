"""Faults that a tester sets: what goes wrong, with which requests or events, and how often."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar, Final, Literal, TypeAlias, get_args

from liveform import ConfigError
from webhelper.simulator.sandbox import options, rules
from webhelper.simulator.sandbox.events import TRIGGERS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from webhelper.simulator.sandbox.database import Database

Kind: TypeAlias = Literal[
    "status",
    "timeout",
    "reset",
    "half_body",
    "wrong_json",
    "slow",
    "redirect",
    "duplicate",
    "reorder",
    "drop",
]
_OF_BOTH: Final = ("status", "timeout", "slow")
KINDS: Final = {
    "rest": (*_OF_BOTH, "reset", "half_body", "wrong_json", "redirect"),
    "webhook": (*_OF_BOTH, "duplicate", "reorder", "drop"),
}
_OF_A_PLACE: Final = {
    "rest": {
        "path": options.Rule(
            "a pattern of the path behind /v3, such as /submission/*",
            lambda value: value.startswith(("/", "*", "?", "[")),
        )
    },
    "webhook": {"path": rules.pattern_of(*TRIGGERS), "method": rules.pattern_of("POST")},
}

TABLE: Final = """
CREATE TABLE faults (
    id    INTEGER PRIMARY KEY,
    fault TEXT NOT NULL,                     -- JSON
    seen  INTEGER NOT NULL DEFAULT 0,        -- requests or events that it could have met
    met   INTEGER NOT NULL DEFAULT 0
) STRICT;
"""
_INSERT: Final = "INSERT INTO faults (fault) VALUES (?)"
_ALL: Final = "SELECT * FROM faults ORDER BY id"
_COUNT: Final = "UPDATE faults SET seen = seen + 1, met = met + ? WHERE id = ?"
_REMOVE: Final = "DELETE FROM faults WHERE id = ?"
_CLEAR: Final = "DELETE FROM faults"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong.

    Attributes:
        where: ``"rest"`` for API requests, ``"webhook"`` for events.
        kind: ``status`` answers ``status``; ``timeout`` waits ``seconds`` and answers nothing; ``reset``
            breaks the connection; ``half_body`` ends the answer in its middle; ``wrong_json`` answers text
            that is no JSON; ``slow`` answers byte by byte within ``seconds``; ``redirect`` leads to
            ``location``. For events only: ``duplicate``, ``reorder``, ``drop``.
        path: pattern of the path behind ``/v3``, or of the trigger, such as ``/submission/*``.
        method: pattern of the method.
        status, retry_after: of the answer; of a webhook, what the sender pretends to have received.
        seconds: how long ``timeout`` and ``slow`` take.
        location: where ``redirect`` leads.
        after: whether the request is done before the fault; ``half_body``, ``wrong_json`` and ``slow`` are
            always done.
        times: how many requests or events meet it; None for no end.
        share: which part of the matching ones meets it, such as 0.05; chosen from ``seed``.

    Raises:
        ConfigError: a value is not allowed, or requests or events have no such kind of fault.
    """

    RULES: ClassVar[options.Rules] = {
        "where": rules.one_of(*KINDS),
        "kind": rules.one_of(*get_args(Kind)),
        "path": rules.TEXT,
        "method": rules.pattern_of("GET", "POST", "PUT", "PATCH", "DELETE"),
        "status": rules.whole(200, 599),
        "retry_after": rules.optional(rules.HEADER),
        "seconds": rules.SECONDS,
        "location": rules.HTTP_URL,
        "after": rules.FLAG,
        "times": rules.optional(rules.whole(1)),
        "share": rules.number(0, 1),
        "seed": rules.whole(0),
    }

    where: Literal["rest", "webhook"]
    kind: Kind
    path: str = "*"
    method: str = "*"
    status: int = 503
    retry_after: str | None = None
    seconds: float = 1.0
    location: str = "https://elsewhere.example.com/"
    after: bool = False
    times: int | None = 1
    share: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what no request or event can meet: a test with it would check nothing."""
        options.refuse(options.wrong_fields(self) or self._never_met())

    def _never_met(self) -> Iterator[tuple[str, str]]:
        kinds, other = KINDS[self.where], next(name for name in KINDS if name != self.where)
        if self.kind not in kinds:
            yield "kind", f"{self.kind} is for where={other}; for where={self.where}: {', '.join(kinds)}"
        narrower = _OF_A_PLACE[self.where]
        yield from options.wrong({name: getattr(self, name) for name in narrower}, narrower)

    def matches(self, where: str, path: str, method: str) -> bool:
        """Return whether the fault is meant for such a request or event."""
        return self.where == where and fnmatchcase(path, self.path) and fnmatchcase(method, self.method)

    def chooses(self, number: int) -> bool:
        """Return whether the matching request or event of this number meets the fault."""
        digest = sha256(f"{self.seed}:{number}".encode()).digest()
        return int.from_bytes(digest[:4]) < self.share * 2**32


class Faults:
    """The faults that are set, the oldest first, for all processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, fault: Fault) -> int:
        """Set a fault, and return its number for ``remove``."""
        with self._database.writing() as sql:
            return int(sql.execute(_INSERT, (json.dumps(asdict(fault)),)).lastrowid or 0)

    def remove(self, number: int) -> None:
        """Remove a fault; nothing happens if it is not set any more."""
        with self._database.writing() as sql:
            sql.execute(_REMOVE, (number,))

    def clear(self) -> None:
        """Remove all faults."""
        with self._database.writing() as sql:
            sql.execute(_CLEAR)

    def all(self) -> dict[int, Fault]:
        """Return the faults that are set, by number; used-up ones are left out."""
        return {number: fault for number, fault, _, _ in self._rows()}

    def take(self, where: str, path: str, method: str = "POST") -> Fault | None:
        """Return the fault that this request or event meets, and count it; None for none."""
        if not self._rows():
            return None
        with self._database.writing() as sql:
            for number, fault, seen, met in self._rows():
                if not fault.matches(where, path, method):
                    continue
                meets = fault.chooses(seen)
                sql.execute(_COUNT, (meets, number))
                if meets:
                    if met + 1 == fault.times:
                        sql.execute(_REMOVE, (number,))
                    return fault
        return None

    def _rows(self) -> list[tuple[int, Fault, int, int]]:
        with self._database.reading() as sql:
            rows = sql.execute(_ALL).fetchall()
        kept = [(row["id"], _kept(row), row["seen"], row["met"]) for row in rows]
        return [(number, fault, seen, met) for number, fault, seen, met in kept if fault is not None]


def _kept(row: sqlite3.Row) -> Fault | None:
    """Return a fault of the file; None for one that nothing meets, which earlier releases did not refuse."""
    try:
        return options.made_of(Fault, json.loads(row["fault"]))
    except ConfigError:
        return None

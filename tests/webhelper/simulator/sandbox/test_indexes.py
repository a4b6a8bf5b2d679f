"""These tests check that no statement of a request reads a whole table."""

import pytest

from webhelper.simulator.sandbox import events, face_auths, request_log, submissions, token_ids
from webhelper.simulator.sandbox.sandbox import Sandbox

STATEMENTS = {
    "submissions of a project": " pid = ? ".join(submissions._SEARCH),
    "submissions of a user": " pid = ? AND userid = ? AND seq < ? ".join(submissions._SEARCH),
    "submissions of an e-mail": " pid = ? AND email = ? ".join(submissions._SEARCH),
    "submissions of some days": " pid = ? AND created_at >= ? ".join(submissions._SEARCH),
    "submissions of a person": submissions._OF_PERSON,
    "submissions of an applicant": submissions._APPLICANT,
    "unfinished submissions": submissions._UNFINISHED,
    "a page of token ids": token_ids._PAGE,
    "number of token ids": token_ids._COUNT,
    "counts of token ids": token_ids._COUNTS,
    "known token ids": token_ids._KNOWN,
    "overdue token ids": token_ids._OVERDUE.replace(":now", "?"),
    "due events": events._LEASE.replace(":until", "?").replace(":now", "?").replace(":limit", "?"),
    "attempts of an event": events._ATTEMPTS,
    "a page of authentications": face_auths._PAGE.replace(":limit", "9"),
    "forgotten requests": request_log._FORGET,
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_statement_uses_an_index(sandbox: Sandbox, name: str) -> None:
    """Every statement finds its rows by an index."""
    statement = STATEMENTS[name]
    names = ("pid", "start", "end", "before")
    values = dict.fromkeys(names, 1) if ":pid" in statement else [1] * statement.count("?")
    with sandbox.database.reading() as sql:
        plan = [row["detail"] for row in sql.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert not [step for step in plan if step.startswith("SCAN") and "VIRTUAL TABLE" not in step]


def test_pool_looks_each_token_id_up(sandbox: Sandbox) -> None:
    """Which token ids are known is found by their keys, and not by reading the pool."""
    with sandbox.database.reading() as sql:
        rows = sql.execute(f"EXPLAIN QUERY PLAN {token_ids._KNOWN}", ["[]", "x"])
        plan = [row["detail"] for row in rows]
    assert "PRIMARY KEY (pid=? AND token_id=?)" in plan[-1]

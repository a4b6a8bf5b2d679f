"""These tests check the table of token ids."""

import pytest
from sandboxes import FACE_PID, NOON, PID

from webhelper.simulator.sandbox import token_ids as module
from webhelper.simulator.sandbox.sandbox import Sandbox
from webhelper.simulator.sandbox.token_ids import TokenId

LATER = "2026-05-01T13:00:00.000Z"


def register(sandbox: Sandbox, *token_ids: str, pid: str = PID, at: str = NOON) -> int | None:
    """Register token ids that do not expire by time."""
    return sandbox.token_ids.register(pid, token_ids, at=at, expires_at=None)


def test_registered_token_ids_are_counted_and_found(sandbox: Sandbox) -> None:
    """Each token id counts once, also if it comes twice."""
    assert register(sandbox, "token-01", "token-02", "token-02") == 2
    assert sandbox.token_ids.count(PID) == 2
    expected = TokenId(PID, "token-01", NOON, None, None, None, 0, None)
    assert sandbox.token_ids.get(PID, "token-01") == expected
    assert sandbox.token_ids.get(PID, "token-03") is None


def test_token_id_that_is_registered_again_begins_anew(sandbox: Sandbox) -> None:
    """Existing token ids are overwritten without an error (vendor page TOKP)."""
    register(sandbox, "token-01")
    sandbox.token_ids.submitted(PID, "token-01", "approved", at=NOON)
    sandbox.token_ids.expire(PID, "token-01", at=NOON)
    assert register(sandbox, "token-01", at=LATER) == 1
    assert sandbox.token_ids.get(PID, "token-01") == TokenId(
        PID, "token-01", LATER, None, None, None, 0, None
    )


def test_too_many_token_ids_are_refused_together(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project has at most 100,000 token ids; a request that would make more registers none."""
    monkeypatch.setattr(module, "MAX_TOKENS", 3)
    assert register(sandbox, "token-01", "token-02") == 2
    assert register(sandbox, "token-03", "token-04") is None
    assert sandbox.token_ids.count(PID) == 2
    assert register(sandbox, "token-02", "token-03") == 3


def test_used_token_id_is_not_registered_by_that(sandbox: Sandbox) -> None:
    """A token id that was only used is known, and not counted, listed or deleted."""
    first = sandbox.token_ids.use(PID, "token-01", at=NOON)
    assert (first.registered_at, first.first_used_at) == (None, NOON)
    assert sandbox.token_ids.use(PID, "token-01", at=LATER) == first
    assert sandbox.token_ids.count(PID) == 0
    assert sandbox.token_ids.page(PID) == []
    assert sandbox.token_ids.delete(PID, ["token-01"]) == ["token-01"]
    assert register(sandbox, "token-01") == 1


def test_submission_is_noted(sandbox: Sandbox) -> None:
    """The uses of a token id and the last status are kept."""
    sandbox.token_ids.submitted(PID, "token-01", "pending", at=NOON)
    known = sandbox.token_ids.submitted(PID, "token-01", "approved", at=LATER)
    assert (known.uses, known.decided, known.first_used_at) == (2, "approved", NOON)


def test_pages_go_on_behind_the_last_one(sandbox: Sandbox) -> None:
    """Pages are in order of time and id, without gaps and repetitions."""
    register(sandbox, "token-03", "token-01")
    register(sandbox, "token-02", at=LATER)
    first = sandbox.token_ids.page(PID, limit=2)
    assert [one.token_id for one in first] == ["token-01", "token-03"]
    rest = sandbox.token_ids.page(PID, after=(NOON, "token-03"), limit=2)
    assert [one.token_id for one in rest] == ["token-02"]


def test_registered_token_ids_are_ready_until_they_are_used_or_expire(sandbox: Sandbox) -> None:
    """The counts tell which of the registered token ids are ready, in use, and expired, used or not."""
    register(sandbox, "token-0001", "token-0002", "token-0003", "token-0004")
    register(sandbox, "token-0005", pid=FACE_PID)
    for token_id in ("token-0001", "token-0002", "unregistered"):
        sandbox.token_ids.use(PID, token_id, at=NOON)
    for token_id in ("token-0002", "token-0003"):
        sandbox.token_ids.expire(PID, token_id, at=NOON)
    counts = sandbox.token_ids.counts(PID)
    assert (counts.registered, counts.ready, counts.used, counts.expired) == (4, 1, 1, 2)


def test_missing_token_ids_are_told(sandbox: Sandbox) -> None:
    """Deleting tells which token ids were not registered."""
    register(sandbox, "token-01", "token-02")
    assert sandbox.token_ids.delete(PID, ["token-02", "token-09"]) == ["token-09"]
    assert [one.token_id for one in sandbox.token_ids.page(PID)] == ["token-01"]


def test_face_auth_has_token_ids_of_its_own(sandbox: Sandbox) -> None:
    """The token ids of FaceAuth are separate (row 8.1)."""
    register(sandbox, "token-01", pid=FACE_PID)
    assert sandbox.token_ids.get(PID, "token-01") is None
    assert sandbox.token_ids.count(FACE_PID) == 1


def test_token_ids_expire_when_their_time_has_come(sandbox: Sandbox) -> None:
    """A token id expires at its time, once."""
    sandbox.token_ids.register(PID, ["token-01"], at=NOON, expires_at=LATER)
    assert sandbox.token_ids.expire_overdue(NOON) == []
    (expired,) = sandbox.token_ids.expire_overdue(LATER)
    assert (expired.token_id, expired.expired_at) == ("token-01", LATER)
    assert sandbox.token_ids.expire_overdue(LATER) == []

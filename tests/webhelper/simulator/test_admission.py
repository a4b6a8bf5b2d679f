"""These tests decide whether the form opens now, and which reason comes first if it does not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sandboxes import StillClock

from liveform import Pipeline, Project
from webhelper.simulator.admission import refusal
from webhelper.simulator.error_pages import Kind
from webhelper.simulator.form_query import read_query
from webhelper.simulator.sandbox.clock import iso
from webhelper.simulator.sandbox.sandbox import Sandbox

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
PAST = "2026-04-30T15:00:00Z"

Refuse = Callable[..., Kind | None]


@pytest.fixture
def refuse(
    projects: dict[str, Project], query: Callable[..., str], sandbox: Sandbox, still: StillClock
) -> Refuse:
    """Return a caller that gives the error page for a query, or None if the form opens."""

    def call(secret: dict[str, object] | None = None, now: datetime = NOON, **plain: str) -> Kind | None:
        still.now = now
        findings = read_query(query("secret", secret, **plain), projects=projects, knowledge=False)
        return refusal(findings, sandbox)

    return call


@pytest.mark.parametrize(
    ("until", "kind"),
    [
        ("2026-05-01T11:59:59Z", Kind.TOO_LATE),
        ("2026-05-01T12:00:00Z", None),
        ("2026-05-01T12:00:01Z", None),
        ("9999-12-31T23:59:59Z", None),
        ("0001-01-01T00:00:00Z", Kind.TOO_LATE),
        ("2026-05-01T20:00:00+09:00", None),  # 11:00 UTC, but read as 20:00 UTC
        ("2026-05-01T11:00:00-09:00", Kind.TOO_LATE),
        ("2026-05-01T11:00:00", Kind.TOO_LATE),
        ("soon", None),
        ("", None),
    ],
)
def test_refusal_after_start_valid_until(refuse: Refuse, until: str, kind: Kind | None) -> None:
    """A form is refused after startValidUntil, read as UTC (QS); an unreadable one counts as absent."""
    assert refuse({"startValidUntil": until}) is kind


def test_refusal_too_late_wins_over_all_that_can_be_read(refuse: Refuse, sandbox: Sandbox) -> None:
    """A late start is refused before conflicts and tokens, and does not use the token (QS 2026-04)."""
    conflict = {"auxidField": {"a": 1}, "selectedIdType": "passport"}
    assert refuse({"startValidUntil": PAST, **conflict}) is Kind.TOO_LATE
    assert refuse({"startValidUntil": PAST, "token": "demo-expired-1"}) is Kind.TOO_LATE
    assert refuse({"startValidUntil": PAST, "token": "short"}) is Kind.TOO_LATE
    assert refuse({"startValidUntil": PAST, "token": "tok_12345"}) is Kind.TOO_LATE
    assert sandbox.token_ids.get("secret0001", "tok_12345") is None


def test_refusal_of_what_does_not_open_comes_first(refuse: Refuse) -> None:
    """An ``encrypted`` that does not open is refused before the token is checked."""
    assert refuse(encrypted="AAAA", tokenid="demo-expired-1") is Kind.UNOPENED


def test_refusal_of_a_conflict_wins_over_the_token(refuse: Refuse) -> None:
    """A conflict of options is refused before the token is checked; this order is our guess."""
    members = {"auxidField": {"a": 1}, "selectedIdType": "passport", "token": "demo-expired-1"}
    assert refuse(members) is Kind.CONFLICT


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("expired", Kind.TK_EXPIRED),
        ("approved", Kind.TK_APPROVED),
        ("pending", Kind.TK_PENDING),
        ("rejected", Kind.TK_REJECTED),
        ("usable", None),
    ],
)
def test_refusal_of_a_token_says_its_state(refuse: Refuse, word: str, kind: Kind | None) -> None:
    """A token in a state other than usable is refused with the error of that state (ERR)."""
    assert refuse({"token": f"demo-{word}-1"}) is kind
    assert refuse(tokenid=f"demo-{word}-1") is kind


@pytest.mark.parametrize(
    "token",
    ["", "short", "with space", "-starts-wrong", "ends-wrong.", "x" * 65, "한국어토큰입니다", "a/b/c/d/e/f"],
)
def test_refusal_of_a_token_in_the_wrong_format(refuse: Refuse, token: str) -> None:
    """A token id that does not have 8 to 64 allowed characters is refused as invalid (TOK)."""
    assert refuse(tokenid=token) is Kind.TK_INVALID


def test_refusal_of_a_token_three_minutes_after_its_first_use(refuse: Refuse) -> None:
    """A token opens the form 180 seconds after its first use and is refused after 181 (QS)."""
    assert refuse({"token": "tok_12345"}) is None
    assert refuse({"token": "tok_12345"}, now=NOON + timedelta(seconds=180)) is None
    assert refuse({"token": "tok_12345"}, now=NOON + timedelta(seconds=181)) is Kind.TK_EXPIRED


def test_refusal_without_a_token_is_none(refuse: Refuse) -> None:
    """A form without a token opens unless the project is in private mode (AC)."""
    assert refuse({"userid": "u"}) is None


def test_refusal_in_private_mode_is_for_all_but_registered_tokens(refuse: Refuse, sandbox: Sandbox) -> None:
    """In private mode, a form opens with a registered token id, and not with another or without one (AC)."""
    sandbox.configure(replace(sandbox.dashboard("secret0001"), private_mode=True))
    sandbox.token_ids.register("secret0001", ["tok_12345"], at=iso(NOON), expires_at=None)
    assert refuse({"userid": "u"}) is Kind.TK_MISSING
    assert refuse({"token": "tok_54321"}) is Kind.TK_UNREGISTERED
    assert refuse({"token": "tok_12345"}) is None
    sandbox.token_ids.delete("secret0001", ["tok_12345"])
    assert refuse({"token": "tok_12345"}) is Kind.TK_UNREGISTERED


def test_refusal_of_an_unknown_submission(refuse: Refuse, sandbox: Sandbox) -> None:
    """An injection is refused unless its project has the submission (INJ)."""
    values: dict[str, object] = {"userid": "u"}
    sid = sandbox.submit("secret0001", values, "approved", pipeline=Pipeline.ID_DOCUMENT)
    other = sandbox.submit("plain00001", values, "approved", pipeline=Pipeline.ID_DOCUMENT)
    assert refuse({"sid": sid, "action": "addveri"}) is None
    assert refuse({"sid": other, "action": "addveri"}) is Kind.SID_UNKNOWN
    assert refuse({"sid": "nothing", "action": "addveri"}) is Kind.SID_UNKNOWN

"""webhelper.simulator.admission: whether the form opens now, and which reason wins."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from liveform import Project
from webhelper.simulator.admission import refusal
from webhelper.simulator.error_pages import Kind
from webhelper.simulator.form_query import read_query
from webhelper.simulator.token_states import TokenMemory, TokenState

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
PAST = "2026-04-30T15:00:00Z"

Refuse = Callable[..., Kind | None]


@pytest.fixture
def memory() -> TokenMemory:
    """Nothing was used yet."""
    return TokenMemory()


@pytest.fixture
def refuse(projects: dict[str, Project], query: Callable[..., str], memory: TokenMemory) -> Refuse:
    """Return what says why a form does not open."""

    def call(secret: dict[str, object] | None = None, now: datetime = NOON, **plain: str) -> Kind | None:
        findings = read_query(query("secret", secret, **plain), projects=projects, knowledge=False)
        return refusal(findings, now=now, tokens=memory)

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
    """QS 2026-04: after it, PV-40018; always read as UTC. What cannot be read has no effect (our guess)."""
    assert refuse({"startValidUntil": until}) is kind


def test_refusal_too_late_wins_over_all_that_can_be_read(refuse: Refuse, memory: TokenMemory) -> None:
    """QS 2026-04: checked before every other check, the token's too, which is not used up by it."""
    conflict = {"auxidField": {"a": 1}, "selectedIdType": "passport"}
    assert refuse({"startValidUntil": PAST, **conflict}) is Kind.TOO_LATE
    assert refuse({"startValidUntil": PAST, "token": "demo-expired-1"}) is Kind.TOO_LATE
    assert refuse({"startValidUntil": PAST, "token": "short"}) is Kind.TOO_LATE
    assert refuse({"startValidUntil": PAST, "token": "tok_12345"}) is Kind.TOO_LATE
    assert memory.use("secret0001", "tok_12345", NOON + timedelta(hours=1)) is TokenState.USABLE


def test_refusal_of_what_does_not_open_comes_first(refuse: Refuse) -> None:
    """Nothing inside can be looked at."""
    assert refuse(encrypted="AAAA", tokenid="demo-expired-1") is Kind.UNOPENED


def test_refusal_of_a_conflict_wins_over_the_token(refuse: Refuse) -> None:
    """Our guess; the vendor only names what comes first."""
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
    """ERR: one error for each state, plain and encrypted."""
    assert refuse({"token": f"demo-{word}-1"}) is kind
    assert refuse(tokenid=f"demo-{word}-1") is kind


@pytest.mark.parametrize(
    "token",
    ["", "short", "with space", "-starts-wrong", "ends-wrong.", "x" * 65, "한국어토큰입니다", "a/b/c/d/e/f"],
)
def test_refusal_of_a_token_in_the_wrong_format(refuse: Refuse, token: str) -> None:
    """TOK: 8 to 64 of letters, digits, - _ . with a letter or digit at both ends."""
    assert refuse(tokenid=token) is Kind.TK_INVALID


def test_refusal_of_a_token_three_minutes_after_its_first_use(refuse: Refuse) -> None:
    """QS."""
    assert refuse({"token": "tok_12345"}) is None
    assert refuse({"token": "tok_12345"}, now=NOON + timedelta(seconds=180)) is None
    assert refuse({"token": "tok_12345"}, now=NOON + timedelta(seconds=181)) is Kind.TK_EXPIRED


def test_refusal_without_a_token_is_none(refuse: Refuse) -> None:
    """Private mode is a setting of the dashboard that the simulator does not have."""
    assert refuse({"userid": "u"}) is None

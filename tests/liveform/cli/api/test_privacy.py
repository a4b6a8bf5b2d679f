"""Tests of what may be printed of an answer without ``--show-personal-data``."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform.cli.api.privacy import redact

SUBMISSION = {
    "submission_id": "evcka62mes3ug",
    "email": "jane@example.com",
    "created_at": "2026-06-01T10:00:00.000Z",
    "kyc": {
        "result": "rejected",
        "comment": ["Jane Doe has another birthday"],
        "commentCode": ["id_info_dataMismatch"],
        "attempts": [{"attemptCnt": 1, "livenessScore": 87.5, "retryCode": []}],
    },
    "data": {"full_name": "Jane Doe", "cf1": "", "cf2": None},
}


def test_redact_keeps_ids_statuses_times_and_codes() -> None:
    """What is about nobody keeps its place in the answer."""
    assert redact(SUBMISSION).shown == {
        "submission_id": "evcka62mes3ug",
        "created_at": "2026-06-01T10:00:00.000Z",
        "kyc": {
            "result": "rejected",
            "commentCode": ["id_info_dataMismatch"],
            "attempts": [{"attemptCnt": 1}],
        },
    }


@pytest.mark.parametrize(
    "value", ["Red Flag", "2026-06-01 10:00:00.000+09", "2026-06-01-10-00-00-KST", 3, True]
)
def test_redact_keeps_what_is_spelt_otherwise(value: object) -> None:
    """Times with a space, and the two statuses of two words, are kept."""
    assert redact({"status": value}) == ({"status": value}, ())


def test_redact_names_what_it_hides() -> None:
    """Of personal members the names are listed, each once; those without a value are not."""
    assert redact(SUBMISSION).hidden == (
        "email",
        "kyc.comment",
        "kyc.attempts[].livenessScore",
        "data.full_name",
    )


@pytest.mark.parametrize(
    "member",
    [
        {"status": "jane@example.com"},
        {"status": "홍길동"},
        {"result": "Jane Doe"},
        {"submission_id": "x" * 101},
        {"result": 0.5},
        {"commentCode": ["Ünknown"]},
        {"created_at": "yesterday\nJane"},
    ],
    ids=lambda member: next(iter(member)),
)
def test_redact_hides_a_value_that_is_no_code(member: dict[str, object]) -> None:
    """A member that usually is about nobody is hidden if its value looks like something else."""
    shown, hidden = redact(member)
    assert shown == {}
    assert list(hidden) == list(member)


def test_redact_hides_members_that_are_new() -> None:
    """A member that liveform does not know is personal."""
    assert redact({"eyeColour": "brown", "more": {"deep": [[1]]}}) == ({}, ("eyeColour", "more.deep[]"))


def test_redact_hides_names_that_are_no_names() -> None:
    """A member whose name may itself be data is listed without it."""
    shown, hidden = redact({"jane@example.com": 1, "Jane Doe": {"x y": 2}})
    assert shown == {}
    assert hidden == ("(another name)",)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(st.dictionaries(st.text(), JSON), st.text(st.characters(min_codepoint=0x80), min_size=1))
def test_redact_of_any_json_shows_no_text_beyond_ascii(members: dict[str, object], secret: str) -> None:
    """Whatever the vendor sends, a name in another script is in neither part."""
    text = json.dumps(redact({**members, "status": secret, "inside": [{secret: secret}]}), ensure_ascii=False)
    assert text.isascii()

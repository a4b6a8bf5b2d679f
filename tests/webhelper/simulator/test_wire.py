"""These tests check that a value counts only in the form that the vendor reads."""

from datetime import UTC, datetime
from typing import Any

import pytest

from liveform import PARAMETERS
from webhelper.simulator.wire import has_other_offset, is_accepted, read_instant

ROWS = {row.vendor_name: row for row in PARAMETERS}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ageLimit", False),
        ("rejectDuplicateUser", True),
        ("allowedCountries", "USA,KOR"),
        ("allowedCountries", "KOR"),
        ("userid", "user 1"),
        ("auxidField", {"phoneNumber": "1"}),
        ("auxidField", "phoneNumber"),
        ("startValidUntil", "2026-04-30T15:00:00Z"),
        ("startValidUntil", "2026-04-30T15:00:00.5+09:00"),
        ("tokenId", "tok_abc-1.2Z"),
        ("ipRiskCategory", "vpn,proxy,tor"),
    ],
)
def test_accepted_in_its_documented_form(name: str, value: Any) -> None:
    """A value in its documented form is accepted: booleans, joined lists and ISO 8601 (ENC, QS)."""
    assert is_accepted(ROWS[name], value, encrypted=True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ageLimit", "false"),
        ("ageLimit", True),
        ("ageLimit", 0),
        ("ageLimit", None),
        ("rejectDuplicateUser", "true"),
        ("rejectDuplicateUser", 1),
        ("allowedCountries", ["USA", "KOR"]),
        ("allowedCountries", "USA, KOR"),
        ("allowedCountries", "us"),
        ("allowedCountries", ""),
        ("userid", 5),
        ("userid", ""),
        ("auxidField", []),
        ("auxidField", {}),
        ("startValidUntil", 900),
        ("startValidUntil", "soon"),
        ("startValidUntil", "1777561200"),
        ("startValidUntil", None),
        ("tokenId", "short"),
        ("tokenId", "-starts-wrong"),
        ("tokenId", "x" * 65),
        ("ipRiskCategory", "vpn,fax"),
        ("action", "delete"),
    ],
)
def test_not_accepted_in_any_other_form(name: str, value: Any) -> None:
    """A value in a form that only liveform's builder takes, such as a list, is not accepted."""
    assert not is_accepted(ROWS[name], value, encrypted=True)


@pytest.mark.parametrize(
    ("text", "accepted"), [("false", True), ("true", False), ("False", False), ("", False)]
)
def test_accepted_plain_switch_is_the_text_false(text: str, accepted: bool) -> None:
    """A plain switch accepts the text "false" only (QS)."""
    assert is_accepted(ROWS["blacklistCountries"], text, encrypted=False) is accepted


@pytest.mark.parametrize(
    "text", ["2026-04-30T15:00:00Z", "2026-04-30T15:00:00", "2026-04-30T15:00:00+09:00", "20260430T150000Z"]
)
def test_instant_is_always_read_as_utc(text: str) -> None:
    """An instant is read as UTC, whatever offset it names (QS 2026-04)."""
    assert read_instant(text) == datetime(2026, 4, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize("value", ["", "noon", "2026-13-01T00:00:00Z", 5, None, [], {}, "\0"])
def test_instant_of_anything_else_is_none(value: object) -> None:
    """A value that is not an ISO 8601 text is read as None, without an error."""
    assert read_instant(value) is None
    assert not has_other_offset(value)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("2026-04-30T15:00:00+09:00", True),
        ("2026-04-30T15:00:00-00:30", True),
        ("2026-04-30T15:00:00Z", False),
        ("2026-04-30T15:00:00", False),
    ],
)
def test_other_offset_is_told(text: str, other: bool) -> None:
    """An instant with an offset other than zero is recognised, because the offset has no effect."""
    assert has_other_offset(text) is other

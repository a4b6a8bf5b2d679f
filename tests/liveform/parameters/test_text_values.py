"""liveform.parameters.values: a value where nothing but text fits, such as an option or a cell."""

from datetime import timedelta

import pytest

from liveform import PARAMETERS, FieldError, Parameter

ROWS = {row.name: row for row in PARAMETERS}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("2h", timedelta(hours=2)),
        ("7d", timedelta(days=7)),
        ("2030-01-01T00:00:00Z", "2030-01-01T00:00:00Z"),
        ("15", "15"),
        ("m", "m"),
    ],
)
def test_time_from_now_is_a_number_and_a_unit(text: str, value: object) -> None:
    """A number with the unit s, m, h or d is a time from now; other text is kept."""
    assert ROWS["start_valid_until"].value.from_text("start_valid_until", text) == value


def test_object_is_json() -> None:
    """Text that begins with a brace must be one JSON object; other text is kept."""
    assert ROWS["auxid_field"].value.from_text("auxid_field", ' {"a": [1]}') == {"a": [1]}
    assert ROWS["auxid_field"].value.from_text("auxid_field", "phoneNumber") == "phoneNumber"
    with pytest.raises(FieldError, match="must be one JSON object"):
        ROWS["auxid_field"].value.from_text("auxid_field", '{"a":1,"a":2}')


@pytest.mark.parametrize("row", PARAMETERS, ids=lambda row: row.name)
def test_text_of_all_others_is_the_value(row: Parameter) -> None:
    """Only the time and the two structures have a spelling; other text is the value itself."""
    assert row.value.reads_text == (row.name in ("start_valid_until", "auxid_field", "knowledge_prefill"))
    assert row.value.reads_text or row.value.from_text(row.name, "15m") == "15m"
    assert ("15m" in row.value.text_wants) == (row.name == "start_valid_until")

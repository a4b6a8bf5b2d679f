"""Tests of which arguments become which members, and which are refused."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_answers import SECRET, refused

from liveform.errors import FieldError
from liveform.rest.operations.arguments import (
    ADMIN,
    COUNTRY,
    DATE,
    ID,
    TEXT,
    Ids,
    Member,
    Number,
    OneOf,
    Whole,
    check_days,
    form_extra,
    members_of,
    names_of,
    path_segment,
    query_of,
)

TABLE = {
    "full_name": Member("fullName", TEXT),
    "page_size": Member("count", Whole(1, 2_000)),
    "birth_date": Member("birthDate", DATE),
    "admin": ADMIN,
}


def test_members_of_renames_what_is_given() -> None:
    """An argument that is given becomes the vendor's member, and None is left out."""
    given_arguments = {"full_name": "Jane Doe", "birth_date": None, "admin": "admin@example.com"}
    assert members_of(TABLE, given_arguments) == {"fullName": "Jane Doe", "admin": "admin@example.com"}


def test_query_of_is_text() -> None:
    """A number in a query is its text."""
    assert query_of(TABLE, {"page_size": 50}) == {"count": "50"}


def test_members_of_required_none_is_refused() -> None:
    """A required argument must not be None."""
    error = refused(members_of, TABLE, {"admin": None})
    assert (error.field, error.problem) == ("admin", "is required")


def test_members_of_unknown_name_gives_what_was_meant() -> None:
    """An unknown argument is refused with the names that are allowed, and the one that was meant."""
    error = refused(members_of, TABLE, {"fullName": SECRET})
    assert error.field == "fullName"
    assert "did you mean full_name?" in error.problem
    assert "birth_date" in error.problem
    assert "did you mean" not in refused(members_of, TABLE, {"zzz": 1}).problem


def test_extra_is_sent_as_it_is() -> None:
    """A member that liveform does not know is sent under the vendor's name, also null."""
    extra = {"newMember": {"a": [1]}, "other": None}
    assert members_of(TABLE, {"full_name": "Jane"}, extra=extra) == {"fullName": "Jane", **extra}


@pytest.mark.parametrize(
    ("extra", "problem"),
    [
        ({"fullName": SECRET}, "give it as the argument full_name"),
        ([("a", 1)], "must be a mapping"),
        ({1: 2}, "must be a mapping"),
        ({"": 2}, "must be a mapping"),
        ({"a": {1, 2}}, "must be JSON"),
        ({"a": float("nan")}, "must be a finite number"),
    ],
)
def test_extra_that_cannot_be_sent_is_refused(extra: Any, problem: str) -> None:
    """``extra`` takes JSON, and no member that has an argument."""
    error = refused(members_of, TABLE, {}, extra=extra)
    assert error.field == "extra"
    assert problem in error.problem


def test_extra_of_a_form_is_text_alone() -> None:
    """One value that is no text is enough to refuse ``extra`` of a form, whatever stands beside it."""
    assert form_extra({"a": "1", "b": ""}) == {"a": "1", "b": ""}
    assert form_extra(None) is None
    assert refused(form_extra, {"a": "1", "b": 2}).field == "extra"


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (date(1990, 1, 31), "1990-01-31"),
        ("1990-01-31", "1990-01-31"),
        ("2000-02-29", "2000-02-29"),
    ],
)
def test_date_is_a_day_of_the_calendar(value: Any, sent: str) -> None:
    """A day is a ``datetime.date`` or YYYY-MM-DD."""
    assert DATE.check("birth_date", value) == sent


@pytest.mark.parametrize(
    "value",
    [
        "1990-1-31",
        "31.01.1990",
        "1990-02-30",
        "2001-02-29",
        "0000-01-01",
        "1990-01-31T00:00:00Z",
        "１９９０-01-31",
        "1990-01-31\n",
        "",
        datetime(1990, 1, 31, tzinfo=UTC),
        19900131,
        None,
    ],
)
def test_date_of_another_kind_is_refused(value: Any) -> None:
    """A time, a number and a day that does not exist are no day."""
    assert refused(DATE.check, "birth_date", value).field == "birth_date"


@pytest.mark.parametrize(
    ("value", "hint"),
    [("approve", "approved"), ("APPROVED", "approved"), ("Rejected", "rejected")],
)
def test_one_of_names_the_word_that_was_meant(value: str, hint: str) -> None:
    """A word that is nearly right is refused with the right one."""
    assert f"did you mean {hint}?" in refused(OneOf("approved", "rejected").check, "s", value).problem


@pytest.mark.parametrize("value", [SECRET, "", None, 1, ["approved"]])
def test_one_of_another_value_is_refused(value: Any) -> None:
    """Anything else is refused with the words that are allowed, and is not shown."""
    error = refused(OneOf("approved", "rejected").check, "status", value)
    assert error.problem == "must be one of approved, rejected"


@pytest.mark.parametrize("value", [0, 1, -1.5, 10**6])
def test_number_is_any_finite_number(value: float) -> None:
    """A number is sent as it is."""
    assert Number().check("threshold", value) == value


@pytest.mark.parametrize("value", [True, "1", None, float("inf"), float("nan")])
def test_number_of_another_kind_is_refused(value: Any) -> None:
    """True, text and what is not finite are no number."""
    assert refused(Number().check, "threshold", value).field == "threshold"


@pytest.mark.parametrize("value", [0, 2_001, True, 1.0, "50", None])
def test_whole_outside_its_bounds_is_refused(value: Any) -> None:
    """A whole number must be one, within its bounds."""
    assert "from 1 to 2,000" in refused(Whole(1, 2_000).check, "page_size", value).problem
    assert [Whole(1, 2_000).check("page_size", one) for one in (1, 2_000)] == [1, 2_000]


def test_ids_takes_any_iterable_up_to_its_limit() -> None:
    """1 to 25 ids go in one request."""
    rule = Ids(25)
    assert rule.check("ids", (f"id{n}" for n in range(25))) == [f"id{n}" for n in range(25)]
    for value in ([], [f"id{n}" for n in range(26)]):
        assert "1 to 25" in refused(rule.check, "ids", value).problem


@pytest.mark.parametrize("value", ["id1", b"id1", 7, None, {"id1": 1}, [""], [1], ["a b"]])
def test_ids_of_another_kind_are_refused(value: Any) -> None:
    """One text, a mapping, and ids that are no text without white space are refused."""
    assert refused(Ids(25).check, "ids", value).field == "ids"


def test_names_of_keeps_each_name_once() -> None:
    """Names come as one text or several, and each is sent once."""
    assert names_of("fields", "data", ("data", "ocr")) == ("data",)
    assert names_of("fields", iter(["ocr", "data", "ocr"]), ("data", "ocr")) == ("ocr", "data")
    assert names_of("fields", ["newName"], ("data",), allow_unknown=True) == ("newName",)


@pytest.mark.parametrize("names", [[], "", [1], ["a b"], ["data,ocr"], None, 5, b"data"])
@pytest.mark.parametrize("allow_unknown", [False, True])
def test_names_of_what_is_no_name_is_refused(names: Any, allow_unknown: bool) -> None:
    """A name has neither spaces nor commas, and there must be one."""
    assert refused(names_of, "fields", names, ("data", "ocr"), allow_unknown=allow_unknown).field == "fields"


def test_names_of_another_spelling_gives_the_right_one() -> None:
    """The vendor's names are case-sensitive: the right spelling is suggested."""
    assert "did you mean OCR_raw?" in refused(names_of, "fields", ["ocr_raw"], ("OCR_raw", "ocr")).problem


@given(st.text(min_size=1).filter(lambda text: not any(map(str.isspace, text)) and text not in (".", "..")))
def test_path_segment_cannot_leave_its_place(text: str) -> None:
    """An id becomes one segment of a path, whatever it holds, or is refused."""
    try:
        segment = path_segment("record_id", text)
    except FieldError:
        return
    assert segment.isascii()
    assert not set(segment) & set("/?#\\ ")


@pytest.mark.parametrize(
    "value",
    [
        *(".", "..", "", " ", "a b", None, 1, "\ud800"),
        *("../x", "a/../b", "..\\x", "..%2fx", "%2e%2e", "a\0", "..;x"),
    ],
)
def test_path_segment_of_no_id_is_refused(value: Any) -> None:
    """An id in a path is text without white space, and no path of its own, percent-encoded or not."""
    assert refused(path_segment, "record_id", value).field == "record_id"


def test_days_in_the_wrong_order_are_refused() -> None:
    """The last day must not lie before the first; both may be one day, and either may be missing."""
    check_days("2026-01-01", "2026-01-01")
    check_days(None, "2026-01-01")
    check_days("2026-01-02", None)
    assert refused(check_days, "2026-01-02", "2026-01-01").field == "end_date"


def test_text_and_country_are_those_of_the_url() -> None:
    """Text must not be empty, and a country is alpha-3 in capitals."""
    assert "did you mean KOR?" in refused(COUNTRY.check, "nationality", "kr").problem
    assert refused(TEXT.check, "userid", "").field == "userid"
    assert refused(ID.check, "submission_id", " abc").field == "submission_id"

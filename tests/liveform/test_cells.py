"""Tests of liveform.cells: a cell of any library is a value, missing, or an error of its row."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from liveform import PARAMETERS, FieldError
from liveform.cells import UnreadableCell, cell_value, is_empty

ROWS = {row.name: row for row in PARAMETERS}
NOW = datetime(2030, 1, 1, tzinfo=UTC)


class NAType:
    """What pandas.NA is: it has no truth, and is not equal to itself."""

    def __bool__(self) -> bool:
        """Refuse, as pandas does."""
        raise TypeError("boolean value of NA is ambiguous")

    def __eq__(self, _: object) -> Any:
        """Return itself, as pandas does."""
        return self

    def __ne__(self, _: object) -> Any:
        """Return itself, as pandas does."""
        return self

    __hash__ = None  # type: ignore[assignment]


class NaTType(datetime):
    """What pandas.NaT is: a datetime that is not equal to itself."""

    def __ne__(self, _: object) -> bool:
        """Return True, as pandas does."""
        return True


MISSING = [
    None,
    "",
    " ",
    "\t\n\xa0",
    "\ufeff",
    float("nan"),
    np.float32("nan"),
    np.float64("nan"),
    Decimal("NaN"),
    NAType(),
]


def value(name: str, cell: object) -> object:
    """Return the value of a cell in the column of a parameter."""
    return cell_value(ROWS[name], cell)


@pytest.mark.parametrize("cell", [*MISSING, NaTType(2030, 1, 1)], ids=lambda cell: type(cell).__name__)
@pytest.mark.parametrize("name", ["userid", "age_limit", "start_valid_until", "ip_risk_duration_hours"])
def test_missing_is_missing_in_every_library(name: str, cell: object) -> None:
    """None, NaN, pandas.NA and NaT, and blank text are no value, whatever the parameter."""  # B2 B11
    assert is_empty(cell)
    assert value(name, cell) is None


@pytest.mark.parametrize("cell", [0, False, "0", 0.0, [], {}, np.int64(0), Decimal(0), b"", np.array([1, 2])])
def test_zero_and_false_are_not_missing(cell: object) -> None:
    """Zero, false, an empty list and an array are not missing."""
    assert not is_empty(cell)


@pytest.mark.parametrize(
    "cell", [12345, np.int64(12345), Decimal(12345), Decimal("1.2345E+4"), np.uint32(12345)]
)
@pytest.mark.parametrize("name", ["userid", "cf1", "sid"])
def test_whole_number_becomes_its_digits(name: str, cell: object) -> None:
    """A whole number where text is wanted becomes its digits."""  # B9
    assert value(name, cell) == "12345"


@pytest.mark.parametrize(
    "cell", [12345.0, 1.5, np.float64(7), Decimal("1.5"), float("inf"), Decimal("Infinity")]
)
def test_float_is_no_text(cell: object) -> None:
    """A number with a fraction, or one that may have lost digits, is refused with what to do."""  # B9
    with pytest.raises(
        FieldError,
        match="userid: is a number with a decimal point, which may be rounded",
    ):
        value("userid", cell)


@pytest.mark.parametrize("cell", [5, 5.0, np.float32(5), Decimal(5), "5", " 5 "])
def test_count_is_a_whole_number_of_any_type(cell: object) -> None:
    """A count that a library holds as a float is the whole number that it is."""  # B9
    rule = ROWS["ip_risk_duration_hours"].value
    assert rule.check("n", value("ip_risk_duration_hours", cell)) == 5


@pytest.mark.parametrize("cell", [5.5, 0, -1, float("inf"), True])
def test_count_of_another_kind_is_refused(cell: object) -> None:
    """A fraction, zero or a boolean is not a count."""
    rule = ROWS["ip_risk_duration_hours"].value
    with pytest.raises(FieldError, match="a whole number of at least 1"):
        rule.check("n", value("ip_risk_duration_hours", cell))


@pytest.mark.parametrize(
    ("name", "cell", "read"),
    [
        ("age_limit", False, False),
        ("age_limit", np.False_, False),
        ("age_limit", "FALSE", False),
        ("reject_duplicate_user", np.True_, True),
        ("start_valid_until", NOW, NOW),
        ("start_valid_until", timedelta(days=7), timedelta(days=7)),
        ("start_valid_until", "7d", timedelta(days=7)),
        ("allowed_countries", ["USA"], ["USA"]),
        ("allowed_countries", ("USA",), ("USA",)),
        ("allowed_countries", "USA; KOR", "USA,KOR"),
        ("auxid_field", {"a": 1}, {"a": 1}),
        ("userid", " u1\u200b", "u1"),
        ("userid", np.str_("u1"), "u1"),
        ("userid", '="00123"', "00123"),
        ("cf1", ' ="a ""b"" " ', 'a "b"'),
        ("email", '="한@b.c"', "한@b.c"),
        ("cf1", "=A1", "=A1"),
        ("cf1", '="a', '="a'),
        ("cf1", '=""', None),
        ("cf1", "NULL", "NULL"),
        ("cf1", "NA", "NA"),
        ("userid", "'t Hooft", "'t Hooft"),
        ("userid", "-", "-"),
    ],
)
def test_cell_of_each_kind_is_a_value(name: str, cell: object, read: object) -> None:
    """Booleans, times, lists, objects and text are values, of Python and of numpy."""  # B1 B11
    assert value(name, cell) == read


@pytest.mark.parametrize(
    "cell", [date(2030, 1, 1), NOW, time(9), timedelta(hours=25), np.datetime64("2030-01-01")]
)
def test_time_is_no_text(cell: object) -> None:
    """A date or a time where text is wanted is refused, for it could be written in many ways."""
    with pytest.raises(FieldError, match="userid: is a date or a time, and must be text"):
        value("userid", cell)


@pytest.mark.parametrize(
    "cell",
    [90, 90.0, 46900.5, 20300101, Decimal(7), np.int64(7), True, date(2030, 1, 1), time(9), "90", "7D"],
)
def test_time_of_a_table_has_its_unit(cell: object) -> None:
    """A number alone, or a date alone, is refused where a time is wanted, for it could mean many things."""
    with pytest.raises(
        FieldError, match=r"until: must be ISO 8601 text with a time zone, or a time from now"
    ):
        value("start_valid_until", cell)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (datetime(2999, 1, 1), "has no time zone; write one behind it, as in 2030-04-30T15:00:00"),
        (datetime(2020, 1, 1, tzinfo=UTC), "is past, so the form would not open"),
        (np.datetime64("2999-01-01T00:00:00", "s"), "has no time zone; write one behind it"),
    ],
)
def test_typed_time_is_held_to_the_rules_of_text(cell: object, problem: str) -> None:
    """A time that a file holds as such needs a zone and is to come, like one that is written as text."""
    with pytest.raises(FieldError, match=problem):
        value("start_valid_until", cell)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("#N/A", "holds an error of Excel"),
        (" #REF! ", "holds an error of Excel"),
        ("#BEZUG!", "holds an error of Excel"),
        ('="#N/A"', "holds an error of Excel"),
        ("#¡VALOR!", "holds an error of Excel"),
        ("#ÜBERLAUF!", "holds an error of Excel"),
        ("#EPARS!", "holds an error of Excel"),
        ("#DESPEJAR!", "holds an error of Excel"),
        (r"\N", "is what a program writes for an empty cell; leave the cell empty"),
        ("<NA>", "is what a program writes for an empty cell"),
        ("########", "holds an error of Excel or another spreadsheet"),
        ("##", "holds an error of Excel"),
        ("#BUSY!", "holds an error of Excel"),
        ("#ERROR!", "holds an error of Excel"),
        ("Loading...", "holds an error of Excel"),
        ("Err:502", "holds an error of Excel"),
        *(
            (mark, "is what a program writes for an empty cell")
            for mark in ("(null)", "(NULL)", "[null]", "[NULL]", "<null>", "<NULL>", "[object Object]")
        ),
        ("u\ufffd1", "has lost characters"),
    ],
)
@pytest.mark.parametrize("name", ["userid", "cf1", "email", "allowed_countries", "start_valid_until"])
def test_mark_of_a_program_is_no_value(name: str, cell: str, problem: str) -> None:
    """The word of an Excel error and the mark of a database are the error of their row, in any column."""
    with pytest.raises(FieldError, match=f"{name}: {problem}"):
        value(name, cell)


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (["NULL", "null", "NA", "N/A", "None", "nan", "NaN", "NaT", "undefined"], "leave the cell empty"),
        (["n/a", "-nan", "-NaN", "1.#QNAN", "-1.#QNAN", "1.#IND", "-1.#IND"], "leave the cell empty"),
        (["'00123", "'=1", "'+82", "'-1", "'@a"], "begins with an apostrophe"),
        (["{{user.id}}", "user-{{ id }}", "${id}", "u_${id}"], "has a template"),
        (["--", "--------", "+------+", "----+----", "===", "(1 row)", "(12 rows)"], "is a line around"),
    ],
)
@pytest.mark.parametrize("name", ["userid", "sid", "token_id", "projection_id"])
def test_text_that_stands_for_no_id_is_refused(name: str, cells: list[str], problem: str) -> None:
    """What programs write for an empty cell, in front of a text or around a table is not an id."""
    for cell in cells:
        with pytest.raises(FieldError, match=f"{name}: .*{problem}"):
            value(name, cell)


@pytest.mark.parametrize(
    "cell", [np.array([1, 2]), np.array([]), b"u1", object(), {1}, 1j, NOW.time, np.array(["a"])]
)
@pytest.mark.parametrize("name", ["userid", "age_limit", "allowed_countries"])
def test_cell_of_another_kind_is_the_error_of_its_row(name: str, cell: object) -> None:
    """An array, bytes or any other object is refused, and nothing but a FieldError is raised."""  # B11
    with pytest.raises(
        FieldError,
        match=f"{name}: must be text, a number, true or false, a time, a list or an object; make the column",
    ):
        value(name, cell)


def test_unreadable_cell_without_text_is_empty_where_no_value_is_wanted() -> None:
    """The rest of merged cells is empty for a row as a whole, and refused where a parameter wants a value."""
    rest = UnreadableCell("is part of merged cells", "")
    assert is_empty(rest)
    assert not is_empty(UnreadableCell("is wrong"))
    assert not is_empty(UnreadableCell("is wrong", "#N/A"))
    with pytest.raises(FieldError, match="userid: is part of merged cells"):
        value("userid", rest)


def test_unreadable_cell_is_a_number_where_one_is_wanted() -> None:
    """A cell that is unreadable as text may be certain as a number."""
    cell = UnreadableCell("is a number with a unit", "25", number=25)
    assert value("distance_max_distance_km", cell) == 25
    with pytest.raises(FieldError, match="userid: is a number with a unit"):
        value("userid", cell)


def test_unreadable_cell_is_refused_with_its_problem() -> None:
    """A cell that its file's library cannot read is refused with the reason."""  # B10
    with pytest.raises(FieldError, match="userid: holds the error #N/A"):
        value("userid", UnreadableCell("holds the error #N/A", "#N/A"))

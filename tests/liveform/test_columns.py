"""Tests of liveform.columns: which column of a header is which parameter, and all that is wrong with it."""

from typing import Any

import pytest

from liveform import FieldError
from liveform.columns import Header, Matcher


def matcher(columns: dict[str, str | None] | None = None, **options: Any) -> Matcher:
    """Return what matches columns."""
    wanted: dict[str, Any] = {"fields": (), "ignore_others": False} | options
    return Matcher(columns or {}, **wanted)


def names(*columns: object, given: dict[str, str | None] | None = None, **options: Any) -> list[str]:
    """Return the parameter of each column, empty for one that stays outside."""
    return matcher(given, **options).header_of(columns).names


def refused(*columns: object, given: dict[str, str | None] | None = None, **options: Any) -> str:
    """Return why these columns are refused."""
    with pytest.raises(FieldError) as caught:
        matcher(given, **options).header_of(columns)
    return str(caught.value)


def header(*columns: str, **options: Any) -> Header:
    """Return the header of these columns."""
    return matcher(**options).header_of(columns)


def test_columns_are_matched_by_name_or_as_told() -> None:
    """A column is the parameter of its name in any spelling, or what it is matched with."""  # B3
    given = {"customer": "User ID", "Shop Name": "cf1", "phone": None}
    assert names("customer", "E-Mail", "shop_name", "Phone", given=given) == ["userid", "email", "cf1", ""]


def test_exact_name_is_found_before_one_that_is_alike() -> None:
    """Where two columns are alike, each is matched by its exact name."""
    assert names("id", "ID", given={"id": "userid", "ID": "cf1"}) == ["userid", "cf1"]


def test_columns_of_punctuation_are_not_alike() -> None:
    """Columns without a letter or digit are told apart by their exact names."""
    found = matcher({"#": None})
    assert found.header_of(("userid", "#")).names == ["userid", ""]
    assert "%: it is not a parameter" in refused("%", given={"#": None})
    assert found.unused(("%",)) == ["#"]


def test_other_columns_are_refused_or_ignored() -> None:
    """A column that is not a parameter is refused, or stays outside with a note if all such may."""
    assert "phone: it is not a parameter" in refused("userid", "phone")
    found = matcher(ignore_others=True)
    assert found.header_of(("userid", "phone", "usrid")).names == ["userid", "", ""]
    assert found.target_of("phone").note == "not a parameter"
    assert found.target_of("usrid").note == "not a parameter; did you mean userid?"


def test_all_wrong_columns_are_told_at_once() -> None:
    """All that is wrong with a header is in one error."""
    text = refused("usrid", "email", "E-mail", "phone", "userid (email)")
    assert text.count("; ") >= 3
    for part in (
        "usrid: it is not a parameter; did you mean userid?",
        "E-mail: means email, as does email",
        "phone: it is not a parameter. Name the parameter",
        "userid (email): could be userid or email; match it with one of them",
    ):
        assert part in text


def test_parameter_that_every_row_has_is_taken() -> None:
    """A column for a parameter that is a field of every row is refused."""
    assert refused("cf1", fields=("cf1",)) == "cf1: means cf1, as does a field of every row"


@pytest.mark.parametrize(
    ("name", "why"), [(5, "must be matched with the name"), ("usrid", "usrid is not a parameter")]
)
def test_column_that_is_matched_with_nothing_is_refused(name: Any, why: str) -> None:
    """A column can be matched with a parameter, and with nothing else."""
    with pytest.raises(FieldError, match=f"shop: {why}"):
        matcher({"shop": name})


def test_name_of_another_type_is_refused() -> None:
    """A column whose name is not text is refused."""
    assert refused(7) == "row: the names of columns must be text"


def test_columns_that_are_named_beforehand_and_missing_are_found() -> None:
    """A column that was named beforehand and is not in the header is found, in any spelling."""
    found = matcher({"Phone": None, "shop": "cf1", "fax": None})
    assert found.unused(("userid", "phone", "SHOP")) == ["fax"]
    assert [found.knows(name) for name in ("userid", "PHONE", "telex")] == [True, True, False]


def test_near_misses_are_asked() -> None:
    """Only columns that are nearly a parameter are named, for others may be people's data."""
    assert matcher().near_misses(("usrid", "jane@example.com")) == "; usrid: did you mean userid?"


def test_nameless_columns_must_be_empty() -> None:
    """A column without a name is ignored while it is empty, and else its row is refused."""  # B4
    table = header("userid", "", "")
    assert table.values(("u1", "", None)) == {"userid": "u1"}
    with pytest.raises(
        FieldError, match="row: has a value in column 3, which has no name; name it, or ignore"
    ):
        table.values(("u1", "", "x"))
    assert header("userid", "", ignore_others=True).values(("u1", "x")) == {"userid": "u1"}


def test_cells_behind_the_header_must_be_empty() -> None:
    """What ``csv.DictReader`` finds behind the last column is ignored while it is empty."""  # B4
    table = matcher().header_of(("userid", None))
    assert table.values(("u1", ["", " "])) == {"userid": "u1"}
    with pytest.raises(FieldError, match="row: has more cells than the header"):
        table.values(("u1", ["", "x"]))


@pytest.mark.parametrize(
    "rows",
    [
        [["u1", " a@b.c ", "FALSE"], ["u2", "", " "], ["", "", ""]],
        [["\ufeffu1", "a@b.c\u200b", "x"], ["한글", "", "FALSCH"]],
        [["u1", "a@b.c", "maybe"]],
        [['="00123"', '="a@b.c"', '="FALSE"'], ['=""', "", ""], ["'t Hooft", "", ""]],
    ],
)
def test_rows_at_once_have_the_values_of_each(rows: list[list[str]]) -> None:
    """Rows that are read at once have the values that each of them has alone."""
    table = header("userid", "email", "age_limit")
    every = table.values_of_texts(rows)
    assert every is not None
    for row, values in zip(rows, every, strict=True):
        alone = table.values(row)
        assert {name: value for name, value in (values or {}).items() if value is not None} == alone
        assert (values is None) is (alone == {})


@pytest.mark.parametrize(
    "row",
    [
        ["u2"],
        ["u2", "x", "", ""],
        ["u2", "", "y"],
        ["u2", None, ""],
        [5, "", ""],
        ["1E+05", "", ""],
        ["#N/A", "", ""],
    ],
)
def test_rows_that_must_be_looked_at_alone_are_left(row: list[object]) -> None:
    """Rows with other cells than text, too many or too few, or a wrong one, are not read at once."""
    assert header("userid", "email", "").values_of_texts([["u1", "", ""], row]) is None


def test_errors_are_told_by_their_column() -> None:
    """An error of a parameter is told by its column, or by its own name without one."""
    table = header("User ID", "email")
    assert (table.column_of("userid"), table.column_of("cf1")) == ("User ID", "cf1")


def test_column_without_a_name_is_ignored_by_the_empty_name() -> None:
    """The empty name ignores the columns without one, but not cells behind the last column."""
    table = matcher({"": None}).header_of(("", "userid", None))
    assert table.values(["1", "u1", None]) == {"userid": "u1"}
    with pytest.raises(FieldError, match="has more cells than the header"):
        table.values(["1", "u1", ["x"]])


def test_column_without_a_name_is_what_it_is_matched_with() -> None:
    """The empty name matches the column without one with a parameter, such as the index of pandas."""
    assert names("", "email", given={"": "userid"}) == ["userid", "email"]
    assert names("", "email", given={"": "userid"}, ignore_others=True) == ["userid", "email"]
    assert (
        refused("userid", "", given={"": "userid"})
        == "the column without a name: means userid, as does userid"
    )
    assert refused("", given={"": "usrid"}).startswith("the column without a name: usrid is not a parameter")
    assert matcher({"": "userid"}).header_of(("",)).column_of("userid") == "the column without a name"

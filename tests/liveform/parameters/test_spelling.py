"""Tests of liveform.parameters.spelling: the names of parameters as people write them in a header."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform import PARAMETERS, Parameter
from liveform.parameters.spelling import compact, meanings


def meant(name: str) -> list[str]:
    """Return the names of the parameters that a name could mean."""
    return [parameter.name for parameter in meanings(name)]


@pytest.mark.parametrize("row", PARAMETERS, ids=lambda row: row.name)
def test_every_spelling_of_a_parameter_is_that_parameter(row: Parameter) -> None:
    """A name of Python or the vendor means its parameter in any case, with spaces, dashes or dots."""  # B3
    for name in (row.name, *row.vendor_names):
        written = (name, name.upper(), name.replace("_", " "), name.replace("_", "-").title(), f" {name}*: ")
        assert {one for spelling in written for one in meant(spelling)} == {row.name}


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("UserID", "userid"),
        ("User ID", "userid"),
        ("user_id", "userid"),
        ("ＵＳＥＲＩＤ", "userid"),
        ("E-mail", "email"),
        ("Email*", "email"),
        ("email (work)", "email"),
        ("email (required)", "email"),
        ("이메일(email)", "email"),
        ("이메일 (E-Mail)", "email"),
        ("email / 이메일", "email"),
        ("email 이메일", "email"),
        ("이메일\nemail", "email"),
        ("[userid]", "userid"),
        ("userid(userid)", "userid"),
        ("Token", "token_id"),
        ("Start valid until", "start_valid_until"),
    ],
)
def test_name_with_decorations_is_the_parameter(name: str, parameter: str) -> None:
    """Case, width, punctuation, a remark behind the name or a second language do not hide a name."""  # B3
    assert meant(name) == [parameter]


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "phone",
        "이메일",
        "usrid",
        "customUserId",
        "user",
        "parent (email)",
        "billing/email",
        "u1",
        "a@b.c",
        "()",
    ],
)
def test_name_that_is_only_near_is_none(name: str) -> None:
    """A name that is nearly right, of another language alone, or of something else, is not guessed."""
    assert meant(name) == []


@pytest.mark.parametrize(
    ("name", "both"), [("userid (email)", ["userid", "email"]), ("cf1 / cf2", ["cf1", "cf2"])]
)
def test_name_of_two_parameters_means_both(name: str, both: list[str]) -> None:
    """A name that holds those of two parameters means both, which is for the caller to refuse."""
    assert meant(name) == both


@given(st.text())
def test_compact_name_is_letters_and_digits(name: str) -> None:
    """What is compared of a name are its letters and digits, and comparing twice changes nothing."""
    assert compact(name) == "" or compact(name).isalnum()
    assert compact(name.upper() if name.isascii() else name) == compact(name)

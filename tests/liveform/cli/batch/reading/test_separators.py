"""Tests of liveform.cli.batch.reading.separators, which looks at the header of a file only."""

import pytest

from liveform import FieldError, MalformedError
from liveform.cli.batch.reading.separators import HeaderRecord, read_header, separator_named
from liveform.parameters.spelling import meanings


def header(text: str, wanted: str | None = None, usual: str | None = None) -> HeaderRecord:
    """Return the header of a text, where the names of parameters are known."""
    return read_header(text, wanted, knows=lambda name: bool(meanings(name)), usual=usual)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", ""])
def test_separator_is_the_one_of_the_header(separator: str, end: str) -> None:
    """Commas, semicolons, tabs and pipes are recognised by the header, whatever ends its line."""  # B3
    found = header(f"userid{separator}email{end}")
    assert (found.separator, found.cells, found.declared) == (separator, ["userid", "email"], "")
    assert (found.end, found.line) == (len(f"userid,email{end}"), 2 if end else 1)


@pytest.mark.parametrize(
    ("text", "separator", "cells"),
    [
        ("userid\n", ",", ["userid"]),
        ('"userid";"a,b"\n', ";", ["userid", "a,b"]),
        ('"User\nID",email\n', ",", ["User\nID", "email"]),
        ("User ID;E-Mail;a,b,c,d\n", ";", ["User ID", "E-Mail", "a,b,c,d"]),
        ("userid,name|nick\n", ",", ["userid", "name|nick"]),
        ("a;b;c\n", ";", ["a", "b", "c"]),
        ('5" pipe,userid\n', ",", ['5" pipe', "userid"]),
        ('userid;12"\n', ";", ["userid", '12"']),
        ("이메일(email)|userid\n", "|", ["이메일(email)", "userid"]),
    ],
)
def test_separator_that_gives_known_names_is_taken(text: str, separator: str, cells: list[str]) -> None:
    """Of several characters the one is taken that gives the names of most parameters."""  # B3
    found = header(text)
    assert (found.separator, found.cells) == (separator, cells)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("userid,email;cf1\n", "comma or semicolon"),
        ("a,b|c\n", "comma or pipe"),
        ("a;b\tc\n", "semicolon or tab"),
    ],
)
def test_separators_that_would_all_do_are_told(text: str, names: str) -> None:
    """A header that could be separated in two ways is refused with the option that decides."""  # B3
    with pytest.raises(FieldError, match=f"^IN: may be separated by {names}; --separator says by which$"):
        header(text)
    assert header(text, ",").separator == ","


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"'])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separator_that_is_declared_is_taken(first: str, end: str) -> None:
    """A first line such as ``sep=;`` names the separator, as it does for Excel."""  # B3
    found = header(f"{first}{end}userid;a,b{end}u1;x{end}")
    assert (found.separator, found.cells, found.declared) == (";", ["userid", "a,b"], first + end)
    assert found.line == 3


def test_separator_that_is_declared_yields_to_the_option() -> None:
    """``--separator`` decides, and a declared character that separates no tables is left to the header."""
    assert header("sep=;\nuserid,email\n", ",").cells == ["userid", "email"]
    assert header("sep=x\nuserid,email\n").cells == ["userid", "email"]


@pytest.mark.parametrize(
    "text", ["\n\r\nuserid,email\n", ",,\n ;\n\nuserid,email\n", "\t\t\r\ruserid,email\r"]
)
def test_blank_lines_before_the_header_are_skipped(text: str) -> None:
    """Blank lines before the header are not the header."""  # B19
    found = header(text)
    assert found.cells == ["userid", "email"]
    assert found.line == text.count("\n") + text.replace("\r\n", "").count("\r") + 1


def test_usual_separator_of_a_file_is_taken_if_it_separates() -> None:
    """A .tsv file is separated by tabs, unless its header has none."""  # B3
    assert header("a\tb,userid\n", usual="\t").separator == "\t"
    assert header("userid;email\n", usual="\t").separator == ";"
    assert header("userid\n", usual="\t").separator == "\t"


@pytest.mark.parametrize("text", ['"userid,email\nu1,x\n', '"userid"x,email\n', '\n"a'])
def test_header_with_an_odd_quote_is_told(text: str) -> None:
    """A quote without an end in the header is refused with its line."""
    line = 1 + text.startswith("\n")
    with pytest.raises(MalformedError, match=f"^IN: line {line}: a quote in the first row has no end$"):
        header(text)


def test_text_without_anything_has_no_names() -> None:
    """An empty file, or one of blank lines, has a header without cells."""
    for text in ("", "\n", " \r\n"):
        assert header(text).cells == []


@pytest.mark.parametrize(
    ("wanted", "separator"),
    [
        ("comma", ","),
        ("Semicolon", ";"),
        ("TAB", "\t"),
        ("pipe", "|"),
        (";", ";"),
        ("\t", "\t"),
        ("\\t", "\t"),
    ],
)
def test_separator_has_a_name(wanted: str, separator: str) -> None:
    """``--separator`` takes a name or the character itself."""  # B3
    assert separator_named(wanted) == separator


@pytest.mark.parametrize("wanted", ["", "x", ":", " ", ";;", '"'])
def test_separator_of_another_kind_is_refused(wanted: str) -> None:
    """A character that does not separate tables is refused with the four that do."""
    with pytest.raises(FieldError, match="--separator: must be one of comma, semicolon, tab, pipe"):
        separator_named(wanted)

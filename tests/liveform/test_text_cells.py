"""Tests of liveform.text_cells: texts of cells, and what programs write there beside values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform import PARAMETERS, FieldError
from liveform.text_cells import ODD_PARTS, ODD_SIGNS, ODD_TEXTS, meant_text, read_text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('="00123"', "00123"),
        ('=" 00123 "', "00123"),
        ('="a""b"', 'a"b'),
        ('=""', ""),
        ('="a"&"b"', '="a"&"b"'),
        ('="', '="'),
        ("=00123", "=00123"),
        ("\ufeff u1", "u1"),
    ],
)
def test_text_formula_is_the_text_that_it_gives(cell: str, text: str) -> None:
    """A formula that is one text in quotes is read as that text, and every other text as it is."""
    assert meant_text(cell) == text


ROWS = {row.name: row for row in PARAMETERS}


@given(st.from_regex(ODD_PARTS))
def test_odd_part_of_a_text_has_an_odd_sign(text: str) -> None:
    """A column without one of the signs has no odd part."""
    assert ODD_SIGNS.search(text)


@pytest.mark.parametrize(
    "text",
    [
        *(*sorted(ODD_TEXTS), "a\ufffd", "'1", "--", "(1 row)", "###", "Err:502"),
        *("{{ a }}", "x${a}", "x-{% a %}", "#{a}", "<?= $a ?>", "<%= a %>", "*|A|*", "%%A%%-1"),
        *("%s", "%d", "%@", "%(a)s", "%1$s", "%A%", "<a>", "<user id>"),
        *("{id}", "u-{user_id}", "{user.id}", "{userId}", "{ID}", "$id", "$userid", "$USER_ID", "$row.id"),
    ],
)
def test_mark_is_found_in_a_column_and_refused_in_a_cell(text: str) -> None:
    """A column in which one cell is a mark is seen as such, and the cell is refused without being shown."""
    assert text in ODD_TEXTS or ODD_PARTS.search(f"u1\n{text}\nu2")
    with pytest.raises(FieldError) as caught:
        read_text(ROWS["userid"], text)
    assert text == "--" or text not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "#1",
        "#n/a is a remark",
        "N/A",
        "\\Name",
        "NULL",
        "(none)",
        "한글",
        "#NA",
        "#",
        "## 2",
        "#12",
        "Err:5",
        "Err:5021",
        "Error: 502",
        "loading...",
        "[x]",
    ],
)
def test_other_texts_are_values(text: str) -> None:
    """A text that only resembles a mark is a value, and so is a word that no id may be."""
    assert read_text(ROWS["cf1"], text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Nullmann",
        "nana",
        "'",
        "'a1",
        "-1",
        "--1",
        "(1 rows",
        "=",
        "NONE",
        "a--",
        "none",
        "#",
        "#7",
        "1.#7",
        "x###",
        *("{a}", "{david}", "{3F2504E0-4F89-11D3-9A0C-0305E82C3301}", "{1}", "$kye", "$david", "a$id"),
        *("50%s", "%", "100%", "a<b>c", "<3", "<1>", "<a@b>", "*|", "%%", "Nil", "NIL", "nil-1"),
    ],
)
def test_other_texts_are_ids(text: str) -> None:
    """A text that only resembles what programs write is an id."""
    assert ODD_PARTS.search(text) is None
    assert read_text(ROWS["userid"], text) == text

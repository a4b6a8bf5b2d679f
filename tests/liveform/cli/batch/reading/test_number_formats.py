"""Tests of liveform.cli.batch.reading.number_formats: what Excel shows of a whole number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform.cli.batch.reading.number_formats import is_scaled, shown_whole


@pytest.mark.parametrize(
    ("code", "number", "text"),
    [
        ("00000", 17, "00017"),
        ("00000", -17, "-00017"),
        ("00000", 123456, "123456"),
        ("0000_)", 17, "0017"),
        ("[$-409]00000", 17, "00017"),
        ("[$-ko-KR]00000", 17, "00017"),
        ("[Red]0000", 17, "0017"),
        ("* 0000", 17, "0017"),
        ("00000;-00000", 17, "00017"),
        ("00000;-00000", -17, "-00017"),
        ("00000;\\-00000;0", -17, "-00017"),
        ("00000;;0", 0, 0),
        ("0000;@", 17, "0017"),
        ("0000;@", -17, "-0017"),
    ],
)
def test_zeros_of_a_format_are_shown(code: str, number: int, text: object) -> None:
    """A number gets the zeros that its format shows, by the section for its sign."""
    assert shown_whole(number, code) == text


@pytest.mark.parametrize(
    "code",
    [
        *("0", "General", "@", "#", "#,##0", "#,##0.00", "0.00", "0.00E+00", "# ?/?", "0_);(0)"),
        *("_-* #,##0_-", "[Blue]0", "#,##0;[Red]-#,##0", "[Color 3]#,##0"),
    ],
)
def test_number_that_is_shown_as_such_is_the_number(code: str) -> None:
    """Separators of thousands, places behind the point and colours leave a number what it is."""
    assert shown_whole(17, code) == 17


@pytest.mark.parametrize(
    "code",
    [
        *(
            '"ID-"0000',
            "000-0000-0000",
            "00.00",
            "0000-00",
            "\\A0",
            '0" h"',
            "[$ID-]0000",
            "[DBNum1]0",
            "000,000",
            "0%",
            "0.00%",
            "0 %",
            "0,",
            "#,##0,",
            "#,",
            "0.0,,",
            "0,.0",
        ),
        *("[<100]00;0000", "(000) 000-0000", '"a;b"00', "", ";;;", "0;;", '"-"', "[$€-407]0", '"0'),
    ],
)
@pytest.mark.parametrize("number", [17, -17, 0])
def test_number_that_is_shown_with_other_text_is_none(code: str, number: int) -> None:
    """A format with a text of its own shows another thing than a number; what it is, is not guessed."""
    assert shown_whole(number, code) is None or (code, number) == ("0;;", 17)


@pytest.mark.parametrize(
    ("code", "scaled"),
    [
        *(
            (code, True)
            for code in ("0%", "0.00%", "0 %", "0,", "#,##0,", "0.0,,", '0,"k"', "0;0,", '#,##0,"M"')
        ),
        *(
            (code, False)
            for code in ("0", "#,##0", "#,##0.00", '0"%"', "0\\%", '0 "km, m"', "0_,", "[$a,]0", '0"')
        ),
    ],
)
def test_format_that_shows_another_number_is_scaled(code: str, scaled: bool) -> None:
    """A percent sign or commas behind the digits scale a number; the same in a text of the format do not."""
    assert is_scaled(code) is scaled


@given(code=st.text(alphabet='0#?,.;@"\\[]$-_* aE+%', max_size=12), number=st.integers(-999, 999))
def test_any_format_gives_the_number_or_nothing(code: str, number: int) -> None:
    """Whatever a format is, what is shown is the number, with zeros or without, or nothing."""
    shown = shown_whole(number, code)
    assert shown is None or int(shown) == number

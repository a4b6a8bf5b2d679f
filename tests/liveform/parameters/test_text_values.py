"""Tests of liveform.parameters.text_values, and of what each rule of values reads from text."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform import PARAMETERS, FieldError, Parameter
from liveform.parameters.text_values import FLAG_WORDS, bare, flag_of, flag_or_text, in_quotes, names_in

ROWS = {row.name: row for row in PARAMETERS}
READ = {
    *("start_valid_until", "auxid_field", "knowledge_prefill"),
    *("userid", "sid", "auth_user_id", "projection_id", "token_id"),
    *("reject_duplicate_user", "blacklist_countries", "age_limit", "approve_period", "reject_period"),
    *("allowed_countries", "allowed_id_types", "allowed_document_fields"),
    *("knowledge_field", "ip_risk_category"),
}


def read(name: str, text: str) -> object:
    """Return what a parameter reads from a text."""
    return ROWS[name].value.from_text(name, text)


@pytest.mark.parametrize(
    "word", ["true", "TRUE", "True", "tRuE", " true\n", "\ufeffTRUE", "WAHR", "vrai", "VERDADERO"]
)
def test_true_is_a_word_in_any_case(word: str) -> None:
    """A word for true is read as spreadsheets of several languages write it."""  # B1
    assert flag_of(word) is True
    assert read("reject_duplicate_user", word) is True


@pytest.mark.parametrize("word", ["false", "FALSE", "False", " false ", "FALSCH", "faux", "FALSO", "onwaar"])
def test_false_is_a_word_in_any_case(word: str) -> None:
    """A word for false is read as spreadsheets of several languages write it."""  # B1
    assert flag_of(word) is False
    rule = ROWS["age_limit"].value
    assert rule.check("age_limit", rule.from_text("age_limit", word)) is False


@pytest.mark.parametrize("word", ["", "0", "1", "no", "yes", "off", "n", "falsy", "fals", "18", "true false"])
def test_other_words_are_not_guessed(word: str) -> None:
    """A word that is not clearly true or false stays text, and is refused: 0 may be an age."""  # B1
    assert flag_of(word) is None
    assert flag_or_text(word) == word
    for name in ("age_limit", "reject_duplicate_user"):
        with pytest.raises(FieldError):
            ROWS[name].value.check(name, read(name, word))


def test_no_word_is_both() -> None:
    """The words for true and false are in lower case, so that each is found in any case."""
    assert all(word == word.casefold() for word in FLAG_WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "USA,KOR",
        " USA , KOR ",
        "USA;KOR",
        "USA KOR",
        "USA,,KOR,",
        "USA\nKOR",
        "USA，KOR",
        '["USA","KOR"]',
        ' [ "USA" , "KOR" ]',
    ],
)
def test_list_is_names_between_separators(text: str) -> None:
    """A list is read with commas, semicolons or spaces between its names, and as JSON."""
    assert names_in("cf1", text) == ["USA", "KOR"]
    assert ROWS["allowed_countries"].value.check("x", read("allowed_countries", text)) == "USA,KOR"


@pytest.mark.parametrize("text", ["[", "[1]", '["a"', '[["a"]]', '["\\ud800"]', "[USA]"])
def test_list_that_is_not_one_is_refused(text: str) -> None:
    """A text that begins like a JSON list must be a list of texts."""
    with pytest.raises(FieldError, match="cf1: must be names with commas between, or a JSON list"):
        names_in("cf1", text)


@pytest.mark.parametrize("text", ["", " ", ",;"])
def test_list_without_names_is_empty(text: str) -> None:
    """A text without a name is an empty list, which no parameter takes."""
    assert names_in("cf1", text) == []
    with pytest.raises(FieldError):
        ROWS["allowed_countries"].value.check("x", read("allowed_countries", text))


@pytest.mark.parametrize("text", ["1E+05", "1.23E+11", "1,23457e+11", "12345.0", "7,00", "0.0"])
def test_id_that_became_a_number_is_refused(text: str) -> None:
    """An id that a program has made a number of is refused with what to do, and never guessed."""  # B9
    with pytest.raises(
        FieldError, match="userid: is a number that a program has rounded; make the column text"
    ):
        read("userid", text)
    assert read("userid", f"u{text}") == f"u{text}"


@pytest.mark.parametrize("text", ['"u1"', "'u1'", '""', "“u1”"])
def test_id_in_quotes_is_refused(text: str) -> None:
    """An id in quotes, as a space in front of them leaves it in CSV, is refused with what to do."""
    with pytest.raises(FieldError, match="userid: is in quotes; leave them out, or a space"):
        read("userid", text)
    rule = ROWS["email"].value
    with pytest.raises(FieldError, match="email: must be an e-mail address"):
        rule.check("email", '"jane@example.com"')
    assert rule.check("email", '"jane.doe"@example.com') == '"jane.doe"@example.com'


@pytest.mark.parametrize("text", ["12345", "1.5", "v1.0", "1.0.0", "1E5", "E+1", "a+b@c.d", "user.0", "1,2"])
def test_id_of_another_form_is_taken(text: str) -> None:
    """An id that only looks a little like a number is an id."""
    assert read("userid", text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("2h", timedelta(hours=2)),
        ("7d", timedelta(days=7)),
        ("2030-01-01T00:00:00Z", "2030-01-01T00:00:00Z"),
    ],
)
def test_time_from_now_is_a_number_and_a_unit(text: str, value: object) -> None:
    """A number with the unit s, m, h or d is a time from now, and the text of a time is kept."""
    assert read("start_valid_until", text) == value


@pytest.mark.parametrize(
    "text", ["15", "m", "7D", "15M", "7 days", "7 d", "1w", "-7d", "1.5h", "P7D", "tomorrow"]
)
def test_text_that_is_no_time_is_refused_with_what_may_be_typed(text: str) -> None:
    """Other text is refused with texts to write, and not with types of Python; no unit is guessed."""
    with pytest.raises(FieldError, match=r"must be ISO 8601 text with a time zone, or .* such as 90s, 15m"):
        read("start_valid_until", text)


@pytest.mark.parametrize("text", ["999999999d", "99999999h", "9999-12-31T23:59:59-14:00"])
def test_time_beyond_the_calendar_is_refused_with_what_may_be_typed(text: str) -> None:
    """A time that no calendar has is refused with texts to write, and not with types of Python."""
    problem = r"must be ISO 8601 text with a time zone, or .* or 7d, within the years 1 to 9999$"
    with pytest.raises(FieldError, match=problem):
        read("start_valid_until", text)


@pytest.mark.parametrize("text", [" u1", "u1 ", "u1\n", "\u3000u1"])
def test_id_with_white_space_around_it_is_refused(text: str) -> None:
    """An id that was typed with white space around it is refused, since no other system would find it."""
    with pytest.raises(FieldError, match="userid: has white space around it; leave that out"):
        read("userid", text)
    assert read("userid", "u 1") == "u 1"


@pytest.mark.parametrize("text", ["2030-01-01", "2030-01-01 15:00", "2030-01-01T15:00:00"])
def test_time_without_a_zone_is_refused_with_one_to_write(text: str) -> None:
    """A time without a zone is refused with the text to write, and not with a line of Python."""  # T5
    with pytest.raises(
        FieldError, match=r"has no time zone; write one behind it, as in 2030-04-30T15:00:00\+09:00"
    ):
        read("start_valid_until", text)


def test_object_is_json() -> None:
    """Text that begins with a brace must be one JSON object; other text is kept."""
    assert read("auxid_field", ' {"a": [1]}') == {"a": [1]}
    assert read("auxid_field", "phoneNumber") == "phoneNumber"
    with pytest.raises(FieldError, match="must be one JSON object"):
        read("auxid_field", '{"a":1,"a":2}')


@pytest.mark.parametrize("row", PARAMETERS, ids=lambda row: row.name)
def test_text_of_all_others_is_the_value(row: Parameter) -> None:
    """Times, structures, ids, booleans and lists have a spelling; other text is the value itself."""
    assert row.value.reads_text == (row.name in READ)
    assert row.value.reads_text or row.value.from_text(row.name, " TRUE, 15m") == " TRUE, 15m"
    assert ("15m" in row.value.text_wants) == (row.name == "start_valid_until")


@given(st.text())
def test_bare_text_has_nothing_invisible_around_it(text: str) -> None:
    """White space, byte order marks and characters without width are dropped around a text, not in it."""
    found = bare(text)
    assert found in text
    assert bare(f"\ufeff \u200b{found}\u2060\n\ufeff") == found == bare(found)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [('"a"', True), ("'a'", True), ('""', True), ('"', False), ("", False), ('a"', False), ("'a\"", False)],
)
def test_quotes_around_a_text_are_seen(text: str, *, quoted: bool) -> None:
    """A text in quotes, as docker leaves it in a variable, can be told from others."""  # S1
    assert in_quotes(text) is quoted

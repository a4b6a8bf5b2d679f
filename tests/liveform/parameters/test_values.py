"""Tests of liveform.parameters.values: what each kind of value accepts, and what it sends."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum, StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform import FieldError
from liveform.parameters.countries import alpha3
from liveform.parameters.lists import Country, Names
from liveform.parameters.values import (
    Count,
    Flag,
    Instant,
    OnlyFalse,
    Structure,
    Text,
    ValueRule,
    plain_text,
)
from liveform.wire.json_object import write_object

NOW = datetime(2026, 4, 30, 15, 0, 0, 999_999, tzinfo=UTC)
SEOUL = timezone(timedelta(hours=9))
AT_NOW = Instant(clock=NOW.timestamp)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
RULES: list[ValueRule] = [
    Text(),
    Text("a code", pattern=r"[a-z]{2}"),
    OnlyFalse(),
    Flag(),
    Count(),
    Country(),
    Names(),
    Names(choices=("a", "b")),
    Names(each=Country()),
    Structure(),
    Instant(),
]


class Named(StrEnum):
    """An enum of texts, whose names differ from their values."""

    KOREAN = "ko"
    KOREA = "KOR"
    FALSE = "false"


class NamedBefore311(str, Enum):  # noqa: UP042 - StrEnum is another case
    """The same enum, as programs before Python 3.11 have it."""

    KOREAN = "ko"
    KOREA = "KOR"
    FALSE = "false"


def refusal(check: Callable[[], object]) -> str:
    """Return the problem of a FieldError, having checked that its field is named."""
    with pytest.raises(FieldError) as caught:
        check()
    assert caught.value.field == "cf1"
    return caught.value.problem


@pytest.mark.parametrize("value", ["x", " ", "한국어 😀", "a" * 10_000, "\n", "\x00", "a,b&c=d%2B"])
def test_text_is_taken_as_it_is(value: str) -> None:
    """Any Unicode text of one character or more is accepted as it is."""
    assert Text().check("cf1", value) == value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "must be text"),
        (7, "must be text"),
        (True, "must be text"),
        (b"x", "must be text"),
        (["x"], "must be text"),
        ("", "is empty; leave it out instead"),
        ("\ud800", "must be Unicode, without lone surrogates"),
        ("a\udfffb", "must be Unicode, without lone surrogates"),
    ],
)
def test_text_of_another_kind_is_refused(value: Any, said: str) -> None:
    """Empty text, a lone surrogate and other types are each refused with a fitting message."""
    assert refusal(lambda: Text().check("cf1", value)) == said


@pytest.mark.parametrize(("value", "taken"), [("ko", True), ("kor", False), ("ko\n", False), ("KO", False)])
def test_text_with_a_pattern_must_match_as_a_whole(value: str, *, taken: bool) -> None:
    """Text with a pattern must match it as a whole, without a line break behind it."""
    rule = Text("a code of two letters", pattern=r"[a-z]{2}")
    if taken:
        assert rule.check("cf1", value) == value
    else:
        assert refusal(lambda: rule.check("cf1", value)) == "must be a code of two letters"


@pytest.mark.parametrize("kind", [Named, NamedBefore311])
def test_named_text_goes_out_as_its_value(kind: Any) -> None:
    """A member of an enum of texts is sent as its value, never as its name."""
    for sent, wanted in (
        (Text().check("cf1", kind.KOREAN), "ko"),
        (Text(pattern="[a-z]{2}").check("cf1", kind.KOREAN), "ko"),
        (Country().check("cf1", kind.KOREA), "KOR"),
        (Names().check("cf1", [kind.KOREAN]), "ko"),
        (Names(each=Country()).check("cf1", [kind.KOREA]), "KOR"),
        (Structure().check("cf1", kind.KOREAN), "ko"),
        (plain_text("cf1", kind.KOREAN), "ko"),
    ):
        assert sent == wanted
        assert f"{sent}" == wanted
        assert type(sent) is str
    assert OnlyFalse().check("cf1", kind.FALSE) is False
    assert Flag().check("cf1", kind.FALSE) is False


@pytest.mark.parametrize("value", [False, "false"])
def test_only_false_takes_false(value: object) -> None:
    """A parameter that takes only False accepts the boolean and the text "false"."""
    assert OnlyFalse().check("cf1", value) is False


@pytest.mark.parametrize("value", [True, "true"])
def test_only_false_says_what_to_do_instead_of_true(value: object) -> None:
    """A parameter that takes only False refuses True with the advice to leave it out."""
    assert "leave it out" in refusal(lambda: OnlyFalse().check("cf1", value))


@pytest.mark.parametrize(
    "value", [None, 0, 0.0, 1, "", "False", "FALSE", " false", "no", [], b"false", Decimal(0)]
)
def test_only_false_takes_nothing_that_is_merely_like_false(value: object) -> None:
    """A parameter that takes only False refuses None, 0, "False" and an empty list."""
    assert refusal(lambda: OnlyFalse().check("cf1", value)) == "takes only False"


@pytest.mark.parametrize(("value", "sent"), [(True, True), (False, False), ("true", True), ("false", False)])
def test_flag_takes_both(value: object, *, sent: bool) -> None:
    """A flag accepts the booleans and the texts "true" and "false"."""
    assert Flag().check("cf1", value) is sent


@pytest.mark.parametrize("value", [None, 0, 1, "", "True", "yes", "1", "on", [], b"true", 1.0])
def test_flag_takes_nothing_that_is_merely_like_a_boolean(value: object) -> None:
    """A flag refuses None, 0, 1, "True", "yes" and other such values."""
    assert refusal(lambda: Flag().check("cf1", value)) == "must be True or False"


@pytest.mark.parametrize(
    ("value", "sent"),
    [(1, 1), (24, 24), ("1", 1), ("24", 24), (2**53 - 1, 2**53 - 1), (str(2**53 - 1), 2**53 - 1)],
)
def test_count_sends_a_number(value: object, sent: int) -> None:
    """A count is sent as a JSON number, and may be given in decimal digits."""
    assert Count().check("cf1", value) == sent
    assert type(Count().check("cf1", value)) is int


@pytest.mark.parametrize(
    "value",
    [
        0,
        -1,
        2**53,
        True,
        False,
        1.0,
        "",
        "0",
        "01",
        "+1",
        "-1",
        "1.5",
        " 1",
        "1h",
        "१",
        str(2**53),
        "9" * 5000,
        None,
        [1],
        b"1",
        Decimal(1),
        Fraction(1),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_count_that_is_no_whole_number_is_refused(value: object) -> None:
    """A count refuses zero, signs, fractions, booleans and what JSON readers do not keep exactly."""
    problem = refusal(lambda: Count().check("cf1", value))
    assert problem == "must be a whole number of at least 1, and at most 9007199254740991"


@pytest.mark.parametrize("code", sorted(alpha3()))
def test_country_takes_every_alpha3_code(code: str) -> None:
    """Every alpha-3 code of ISO 3166-1 is accepted as a country."""
    assert Country().check("cf1", code) == code


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("KR", "; did you mean KOR?"),
        ("kr", "; did you mean KOR?"),
        ("kor", "; did you mean KOR?"),
        (" KOR ", "; did you mean KOR?"),
        ("gb", "; did you mean GBR?"),
        ("UK", ""),
        ("XKX", ""),
        ("410", ""),
        ("Korea", ""),
        ("", ""),
        (None, ""),
        (410, ""),
        (True, ""),
        (b"KOR", ""),
        (["KOR"], ""),
        ({}, ""),
    ],
)
def test_country_that_is_no_alpha3_code_is_refused(value: Any, hint: str) -> None:
    """Another country value is refused, with the alpha-3 code that was probably meant."""
    said = refusal(lambda: Country().check("cf1", value))
    assert said == f"must be an ISO 3166-1 alpha-3 code in capitals, such as KOR{hint}"


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("a", "a"),
        ("a,b", "a,b"),
        (["a"], "a"),
        (["a", "b", "a"], "a,b,a"),
        (("a", "b"), "a,b"),
        (["한국"], "한국"),
    ],
)
def test_names_are_joined_by_commas(value: object, sent: str) -> None:
    """Names may be a list, a tuple or joined text, and are sent in the given order."""
    assert Names().check("cf1", value) == sent


@pytest.mark.parametrize(
    "value", [None, 7, True, b"a,b", bytearray(b"a"), {"a"}, {"a": 1}, [], (), iter("ab")]
)
def test_names_of_another_kind_are_refused(value: object) -> None:
    """Names must not be empty, nor a set, a mapping, an iterator or another type."""
    assert refusal(lambda: Names().check("cf1", value)) == "must be names, as a list or joined by commas"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "a,",
        ",a",
        "a,,b",
        "a, b",
        " a",
        "a\n",
        [""],
        ["a,b"],
        ["a b"],
        ["a", None],
        [7],
        [b"a"],
        ["\ud800"],
    ],
)
def test_name_that_is_empty_or_has_spaces_is_refused(value: object) -> None:
    """A name that is empty, not text, or holds a space or a comma is refused."""
    assert "a name has no spaces and is not empty" in refusal(lambda: Names().check("cf1", value))


def test_names_with_choices_take_only_those() -> None:
    """Names with choices accept only these, and the error lists them."""
    rule = Names(choices=("passport", "idcard"))
    assert rule.check("cf1", ["idcard", "passport"]) == "idcard,passport"
    assert refusal(lambda: rule.check("cf1", "passport,visa")) == "allowed are passport, idcard"


def test_names_of_a_kind_are_checked_one_by_one() -> None:
    """A list of countries is checked one by one, with a hint for the wrong one."""
    rule = Names(each=Country())
    assert rule.check("cf1", "USA,KOR") == rule.check("cf1", ["USA", "KOR"]) == "USA,KOR"
    assert "did you mean KOR?" in refusal(lambda: rule.check("cf1", ["USA", "KR"]))
    assert "alpha-3" in refusal(lambda: rule.check("cf1", "USA, KOR"))
    assert "alpha-3" in refusal(lambda: rule.check("cf1", ""))


@pytest.mark.parametrize(
    "value", [{"a": 1}, {"a": {"b": [1, None, True, "x", 1.5]}}, MappingProxyType({"a": 1}), "text", "{"]
)
def test_structure_takes_mapping_or_text(value: Any) -> None:
    """A structure may be a mapping of JSON values, or any text."""
    assert Structure().check("cf1", value) == value


def test_structure_is_a_dict_of_its_own() -> None:
    """A structure is a copy of the caller's mapping."""
    given_mapping = {"a": 1}
    sent = Structure().check("cf1", given_mapping)
    assert sent == given_mapping
    assert sent is not given_mapping


@pytest.mark.parametrize("value", [None, 7, True, [], ["a"], {}, MappingProxyType({}), b"{}", {"a"}])
def test_structure_of_another_kind_is_refused(value: object) -> None:
    """A structure that is an empty mapping, a list or another type is refused."""
    said = "must be a mapping (sent as a JSON object), or text"
    assert refusal(lambda: Structure().check("cf1", value)) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"a": {1}}, "must be JSON"),
        ({"a": (1,)}, "must be JSON"),
        ({"a": b"x"}, "must be JSON"),
        ({"a": [datetime(2026, 1, 1, tzinfo=UTC)]}, "must be JSON"),
        ({"a": float("nan")}, "must be a finite number"),
        ({1: "a"}, "names inside must be text"),
        ({"a": {None: 1}}, "names inside must be text"),
        ("", "is empty"),
        ("\ud800", "surrogates"),
    ],
)
def test_structure_with_something_else_inside_is_refused(value: object, said: str) -> None:
    """A structure with a value or name inside that is not JSON is refused."""
    assert said in refusal(lambda: Structure().check("cf1", value))


def test_structure_nested_too_deeply_is_refused() -> None:
    """A structure that contains itself is refused as nested too deep."""
    ring: dict[str, Any] = {}
    ring["ring"] = ring
    assert "deep" in refusal(lambda: Structure().check("cf1", ring))


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (datetime(2026, 4, 30, 15, 0, tzinfo=UTC), "2026-04-30T15:00:00Z"),
        (datetime(2026, 5, 1, 0, 0, tzinfo=SEOUL), "2026-04-30T15:00:00Z"),
        (datetime(2026, 4, 30, 15, 0, 59, 999_999, tzinfo=UTC), "2026-04-30T15:00:59Z"),
        (datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC), "1999-12-31T23:59:59Z"),
        (datetime(999, 1, 1, tzinfo=UTC), "0999-01-01T00:00:00Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), "9999-12-31T23:59:59Z"),
        ("2026-04-30T15:00:00Z", "2026-04-30T15:00:00Z"),
        ("2026-05-01T00:00:00+09:00", "2026-04-30T15:00:00Z"),
        ("2026-04-30 15:00:00.999+00:00", "2026-04-30T15:00:00Z"),
        ("20260430T150000Z", "2026-04-30T15:00:00Z"),
        ("2026-04-30T15:00-00:30", "2026-04-30T15:30:00Z"),
        (timedelta(hours=1), "2026-04-30T16:00:00Z"),
        (timedelta(microseconds=1), "2026-04-30T15:00:01Z"),
        (timedelta(days=365), "2027-04-30T15:00:00Z"),
        (3600, "2026-04-30T16:00:00Z"),
        (0.5, "2026-04-30T15:00:01Z"),
        (1, "2026-04-30T15:00:01Z"),
    ],
)
def test_instant_is_utc_to_the_second(value: object, sent: str) -> None:
    """An instant is sent in UTC, to the second, with a Z; durations count from now."""
    assert AT_NOW.check("cf1", value) == sent


def test_instant_counts_from_now_in_any_zone() -> None:
    """A duration gives the same instant, whatever the time zone of the clock."""
    assert AT_NOW.check("cf1", 60) == "2026-04-30T15:01:00Z"


@pytest.mark.parametrize(
    "value",
    [datetime(2026, 4, 30, 15, 0), "2026-04-30T15:00:00", "2026-04-30", "20260430"],
)
def test_instant_without_a_time_zone_is_refused(value: object) -> None:
    """A datetime or a text without a time zone is refused as an instant."""
    assert "has no time zone" in refusal(lambda: AT_NOW.check("cf1", value))


@pytest.mark.parametrize(
    "value",
    [0, -1, 0.0, -0.0, -0.5, 1e-9, timedelta(0), timedelta(microseconds=-1), timedelta(days=-1)],
)
def test_instant_that_is_not_after_now_is_refused(value: object) -> None:
    """A duration of zero or less is refused, for it does not lie in the future."""
    assert refusal(lambda: AT_NOW.check("cf1", value)) == "must lie in the future"


@pytest.mark.parametrize(
    "value",
    [
        10**400,
        timedelta.max,
        timedelta(days=3_000_000),
        datetime(1, 1, 1, tzinfo=SEOUL),
        datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-1))),
        "9999-12-31T23:59:59-00:01",
    ],
)
def test_instant_outside_the_years_is_refused(value: object) -> None:
    """An instant outside the years 1 to 9999 in UTC is refused."""
    assert "within the years 1 to 9999" in refusal(lambda: AT_NOW.check("cf1", value))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        float("nan"),
        float("inf"),
        float("-inf"),
        "",
        "tomorrow",
        "3600",
        "2026-04-31T00:00:00Z",
        "2026-04-30T25:00:00Z",
        "2026-04-30T15:00:00Z ",
        "2026-04-30T15:00:00 UTC",
        "2026-04-30T15:00:00\ud800",
        b"2026-04-30T15:00:00Z",
        date(2026, 4, 30),
        time(15),
        Decimal(60),
        Fraction(60),
        1j,
        [60],
        {},
    ],
)
def test_instant_of_another_kind_is_refused(value: object) -> None:
    """An instant of another type or form is refused with a list of what is allowed."""
    said = refusal(lambda: AT_NOW.check("cf1", value))
    assert said.startswith(
        "must be a datetime with a time zone, a timedelta or seconds from now, or ISO 8601"
    )


def test_instant_of_a_zone_that_tells_nothing_is_refused() -> None:
    """A datetime whose zone has no offset is refused as one without a time zone."""

    class Nowhere(tzinfo):
        """A time zone that does not know its own offset."""

        def utcoffset(self, when: datetime | None) -> None:
            return None

        dst = tzname = utcoffset

    said = refusal(lambda: AT_NOW.check("cf1", datetime(2026, 1, 1, tzinfo=Nowhere())))
    assert "has no time zone" in said


def test_instant_rule_counts_from_the_clock() -> None:
    """The rule for instants counts a duration from the clock, in UTC."""
    stopped = datetime(2026, 4, 30, 15, tzinfo=UTC)
    assert Instant(clock=lambda: 0.0).check("cf1", NOW) == "2026-04-30T15:00:00Z"
    assert Instant(clock=stopped.timestamp).check("cf1", 3600) == "2026-04-30T16:00:00Z"
    assert Instant().check("cf1", datetime.now(UTC)) <= Instant().check("cf1", 1)


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=offsets))
def test_instant_is_never_later_than_given(value: datetime) -> None:
    """An instant is sent less than one second early and never late, at any offset."""
    sent = AT_NOW.check("cf1", value)
    assert sent.endswith("Z")
    assert timedelta(0) <= value - datetime.fromisoformat(sent) < timedelta(seconds=1)
    assert AT_NOW.check("cf1", sent) == sent


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (False, "false"), ("x", "x"), ("", ""), (7, "7"), (-1, "-1"), (1.5, "1.5")],
)
def test_plain_text_is_what_stands_in_a_url(value: Any, text: str) -> None:
    """The plain text of a boolean is true or false, and of a number its digits."""
    assert plain_text("cf1", value) == text


class NamedInteger(int, Enum):
    """An enum of integers, whose name differs from its value."""

    TWO = 2


class NamedFloat(float, Enum):
    """An enum of floats, whose name differs from its value."""

    HALF = 0.5


@pytest.mark.parametrize(("value", "text"), [(NamedInteger.TWO, "2"), (NamedFloat.HALF, "0.5")])
def test_named_number_goes_out_as_its_value(value: Any, text: str) -> None:
    """A member of an enum of numbers is written as its value, in plain and in JSON."""
    assert plain_text("cf1", value) == text
    assert write_object({"cf1": value}) == f'{{"cf1":{text}}}'.encode()


@pytest.mark.parametrize("value", [None, [], ["a"], {}, {"a": 1}])
def test_structure_has_no_plain_text(value: Any) -> None:
    """None, a list and an object have no plain text and can only be encrypted."""
    assert "can only be encrypted" in refusal(lambda: plain_text("cf1", value))


def test_integer_of_too_many_digits_has_no_plain_text() -> None:
    """An integer of 5,001 digits is refused in plain with a FieldError."""
    assert "4300" not in refusal(lambda: plain_text("cf1", 10**5000))


SECRETS: list[object] = [
    "jane.doe@example.com\ud800",
    "jane.doe@example.com ",
    ["jane.doe@example.com "],
    {"jane.doe@example.com": {1}},
    {"x": {"jane.doe@example.com"}},
    b"jane.doe@example.com",
    {"jane.doe@example.com"},
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
@pytest.mark.parametrize("value", SECRETS, ids=lambda value: type(value).__name__)
def test_refusal_never_repeats_the_value(rule: ValueRule, value: object) -> None:
    """The error of a refused value neither repeats it nor has a cause."""
    try:
        rule.check("cf1", value)
    except FieldError as error:
        refused: FieldError = error
    else:
        assert type(rule) in (Text, Structure)
        return
    assert "jane" not in str(refused) + repr(refused)
    assert refused.__cause__ is None


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_rule_says_what_it_wants(rule: ValueRule) -> None:
    """Every rule has a text of what it wants and a metavar, for docs and help."""
    assert rule.wants
    assert rule.metavar
    assert not rule.wants.endswith(".")


def is_hashable(value: object) -> bool:
    """Return whether a value can be a name in a dict."""
    try:
        hash(value)
    except TypeError:
        return False
    return True


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.datetimes()
    | st.timedeltas()
    | st.decimals()
    | st.text(st.characters(categories=["Cs"]), min_size=1, max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(inner.filter(is_hashable), inner, max_size=3)
        | st.tuples(inner)
    ),
    max_leaves=5,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
@given(value=anything)
def test_rule_takes_anything_or_raises_a_field_error(rule: ValueRule, value: object) -> None:
    """A rule accepts any value or raises a FieldError, and accepts what it sent again."""
    try:
        sent = rule.check("cf1", value)
    except FieldError as error:
        assert error.field == "cf1"  # noqa: PT017 - most values are refused
        return
    assert rule.check("cf1", sent) == sent


@pytest.mark.parametrize("seconds", [366 * 86_400 + 1, 10**12, 1e300])
def test_seconds_of_more_than_a_year_are_refused(seconds: float) -> None:
    """Seconds of more than 366 days are refused as a Unix time; a timedelta may be longer."""
    assert "Unix time" in refusal(lambda: AT_NOW.check("cf1", seconds))
    assert AT_NOW.check("cf1", timedelta(days=400))
    assert AT_NOW.check("cf1", 366 * 86_400)

"""These tests check what options may be, and what is said of one that is wrong."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from outcomes import faults_of

from liveform import CbcLayout, ConfigError, EcbLayout, SecretKey
from tests.test_robustness import ANYTHING
from webhelper.simulator.sandbox import options
from webhelper.simulator.sandbox.options import Rule, check, made_of

RULES: dict[str, Rule] = {
    "size": options.one_of("small", "large"),
    "count": options.whole(0, 9),
    "share": options.number(0, 1),
    "layout": options.a(CbcLayout),
    "maybe": options.optional(options.one_of("small", "large")),
    "urls": options.several(options.HTTP_URL),
    "admins": options.several(options.TEXT, least=1),
    "flag": options.FLAG,
    "text": options.TEXT,
    "members": options.TEXT_MEMBERS,
    "header": options.HEADER,
    "code": options.CODE,
    "network": options.NETWORK,
    "url": options.HTTP_URL,
    "duration": options.DURATION,
    "step": options.STEP_S,
    "seconds": options.SECONDS,
}
LARGE = "; did you mean large?"
TEN_YEARS_S = 315_360_000


@dataclass(frozen=True, slots=True)
class Box:
    """Something with options."""

    RULES: ClassVar[options.Rules] = {"size": RULES["size"], "count": RULES["count"]}

    size: str
    count: int = 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", "small"),
        *(("count", count) for count in (0, 9)),
        *(("share", share) for share in (0, 1, 0.05, 1.0)),
        ("layout", CbcLayout()),
        *(("maybe", value) for value in (None, "large")),
        ("urls", ()),
        ("urls", ["http://h", "https://h:1/a?b=c"]),
        ("admins", ("a",)),
        *(("flag", flag) for flag in (True, False)),
        *(("text", text) for text in ("", "한국", "a\n")),
        *(("members", members) for members in ({}, {"a": "b"})),
        *(("header", text) for text in ("", "2", "Fri, 27 Nov 2026 08:00:00 GMT")),
        *(("code", code) for code in ("a", "no-date-of-birth", "x" * 64)),
        *(("network", text) for text in ("127.0.0.1", "10.0.0.0/8", "10.0.0.1/8", "::1")),
        *(
            ("url", url)
            for url in ("http://127.0.0.1:5000/webhook", "https://[::1]/", "http://한국.example/")
        ),
        *(("duration", timedelta(days=days)) for days in (0, 3_650)),
        *(("step", step) for step in (0, -0.5, TEN_YEARS_S, -TEN_YEARS_S)),
        *(("seconds", seconds) for seconds in (0, 0.5, TEN_YEARS_S)),
    ],
)
def test_option_takes_what_it_says(name: str, value: object) -> None:
    """A value that the rule names is allowed."""
    check({name: value}, RULES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("size", value) for value in ("Small", "", ["small"], None)),
        *(("count", value) for value in (-1, 10, 1.0, True, "1", None, 10**400)),
        *(("share", value) for value in (-0.01, 1.01, float("nan"), True, "1", None)),
        *(("layout", value) for value in (CbcLayout, EcbLayout(), None)),
        *(("maybe", value) for value in ("", "big", False)),
        *(("urls", value) for value in ("http://h", None, ("h",), {"http://h"})),
        *(("admins", value) for value in ((), "a", (1,))),
        *(("flag", value) for value in ("yes", 1, None)),
        *(("text", value) for value in (b"a", 1, None, "a\ud800")),
        ("members", []),
        *(("members", {name: value}) for name, value in (("a", 1), (1, "a"), ("a", "\udfff"))),
        *(("header", value) for value in ("a\r\nb: c", "한국", 2, None)),
        *(("code", value) for value in ("", "a b", "a\n", "x" * 65, 5, None)),
        *(("network", value) for value in ("everywhere", "10.0.0.0/99", 5, "")),
        *(("url", value) for value in ("", "h", "ftp://h/", "http://", "http://[", "http://h:x/", 5)),
        *(("url", value) for value in ("http://h:99999/", "http://h/\n", "http://h/a b", b"http://h")),
        *(("duration", value) for value in (timedelta(-1), timedelta(days=3_651), 5, None)),
        *(("step", value) for value in (TEN_YEARS_S + 1, -TEN_YEARS_S - 1, float("nan"), "3", True)),
        *(("seconds", value) for value in (-1, TEN_YEARS_S + 1, float("inf"), "3")),
    ],
)
def test_option_refuses_everything_else_and_says_what_is_allowed(name: str, value: object) -> None:
    """Any other value is refused by the option's name, with what is allowed."""
    assert faults_of(lambda: check({name: value}, RULES))[name].startswith(f"must be {RULES[name].allowed}")


@pytest.mark.parametrize("name", RULES)
def test_rule_takes_any_object(name: str) -> None:
    """A rule holds or does not hold for any object; it raises nothing."""
    assert {RULES[name].holds(thing) for thing in ANYTHING} <= {True, False}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"size": "smal"}, "size: must be one of small, large; did you mean small?"),
        ({"size": "blue"}, "size: must be one of small, large"),
        (
            {"maybe": "larg"},
            "maybe: must be one of small, large, or None (null in JSON); did you mean large?",
        ),
        ({"counts": 1}, "counts: is not a known option; did you mean count?"),
        ({"\n": 1}, r"\n: is not a known option; known are size, count, maybe, flag"),
        ({"x" * 100: 1}, f"{'x' * 40}: is not a known option; known are size, count, maybe, flag"),
        ({"count": -1}, "count: must be a whole number from 0 to 9"),
        (
            {"count": -1, "size": None},
            "count: must be a whole number from 0 to 9; size: must be one of small, large",
        ),
    ],
)
def test_typo_is_named_with_what_was_meant(given: dict[str, object], problem: str) -> None:
    """An error names every option that is wrong; of a typo it says what was probably meant."""
    rules = {name: RULES[name] for name in ("size", "count", "maybe", "flag")}
    with pytest.raises(ConfigError) as caught:
        check(given, rules)
    assert str(caught.value) == problem


def test_value_that_is_refused_is_not_shown() -> None:
    """The error shows no value, which may be a key."""
    for value in ("a secret", SecretKey("a secret")):
        with pytest.raises(ConfigError) as caught:
            check({"count": value, "size": value}, RULES)
        assert "secret" not in str(caught.value)


def test_object_is_made_of_options() -> None:
    """Options by name make an object; one with a default may be left out."""
    assert made_of(Box, {"size": "small"}) == Box("small")
    assert made_of(Box, {"size": "large", "count": 2}) == Box("large", 2)


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        ({}, {"size": "is missing; it must be one of small, large"}),
        ({"size": 1, "colour": 1}, {"size": "must be one of small, large", "colour": None}),
        ({"count": -1}, {"size": None, "count": "must be a whole number from 0 to 9"}),
    ],
)
def test_object_is_not_made_of_wrong_options(given: dict[str, object], problems: dict[str, Any]) -> None:
    """Options that are unknown, missing or not allowed are all named."""
    said = faults_of(lambda: made_of(Box, given))
    assert {name: said[name] if problem else None for name, problem in problems.items()} == problems
    assert said.keys() == problems.keys()

"""These tests check what each rule allows, and what it refuses."""

from datetime import timedelta

import pytest
from outcomes import faults_of

from liveform import CbcLayout, EcbLayout
from tests.test_robustness import ANYTHING
from webhelper.simulator.sandbox import rules
from webhelper.simulator.sandbox.options import Rule, check

RULES: dict[str, Rule] = {
    "size": rules.one_of("small", "large"),
    "method": rules.pattern_of("GET", "POST"),
    "count": rules.whole(0, 9),
    "share": rules.number(0, 1),
    "layout": rules.a(CbcLayout),
    "maybe": rules.optional(rules.one_of("small", "large")),
    "urls": rules.several(rules.HTTP_URL),
    "admins": rules.several(rules.TEXT, least=1),
    "flag": rules.FLAG,
    "text": rules.TEXT,
    "members": rules.TEXT_MEMBERS,
    "header": rules.HEADER,
    "code": rules.CODE,
    "network": rules.NETWORK,
    "url": rules.HTTP_URL,
    "duration": rules.DURATION,
    "step": rules.STEP_S,
    "seconds": rules.SECONDS,
}
TEN_YEARS_S = 315_360_000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", "small"),
        *(("count", count) for count in (0, 9)),
        *(("share", share) for share in (0, 1, 0.05, 1.0)),
        *(("method", pattern) for pattern in ("GET", "P*", "*", "?ET", "[GP]*")),
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
        *(("method", value) for value in ("get", "PUT", "", "Q*", None)),
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

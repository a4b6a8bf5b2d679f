"""These tests check what options may be, and what is said of one that is wrong."""

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from outcomes import faults_of

from liveform import ConfigError, SecretKey
from webhelper.simulator.sandbox import options, rules
from webhelper.simulator.sandbox.options import check, made_of

RULES = {
    "size": rules.one_of("small", "large"),
    "count": rules.whole(0, 9),
    "maybe": rules.optional(rules.one_of("small", "large")),
    "flag": rules.FLAG,
}
LARGE = "; did you mean large?"


@dataclass(frozen=True, slots=True)
class Box:
    """A box has a size and a count, which are checked by the same rules as above."""

    RULES: ClassVar[options.Rules] = {"size": RULES["size"], "count": RULES["count"]}

    size: str
    count: int = 1


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
    with pytest.raises(ConfigError) as caught:
        check(given, RULES)
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

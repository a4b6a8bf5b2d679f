"""These tests read how much is allowed in some time."""

from __future__ import annotations

from typing import Any

import pytest
from outcomes import faults_of

from webhelper.config.limits import DEFAULTS, Limit, LimitName, limits
from webhelper.config.texts import value_of


def read(text: object, name: str = "api") -> Limit | None:
    """Return the limit that a text says; None for no limit."""
    return limits("LIMITS", {name: text}).get(LimitName(name))


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("10/10m", Limit(10, 600)),
        ("600/1m", Limit(600, 60)),
        ("600/m", Limit(600, 60)),
        ("1/s", Limit(1, 1)),
        ("1/24h", Limit(1, 86_400)),
        ("5/1d", Limit(5, 86_400)),
        ("100000/1s", Limit(100_000, 1)),
        ("9999999/d", Limit(9_999_999, 86_400)),
        ("off", None),
    ],
)
def test_limit_is_a_number_and_a_time(text: str, limit: Limit | None) -> None:
    """A limit is a number of times and a time of up to a day, or off."""
    assert read(text) == limit


@pytest.mark.parametrize(
    "text",
    [
        *("", "10", "10/", "/1m", "0/1m", "10/0m", "-1/1m", "10/1w", "10/1M", "10 / 1m", "1e3/1m", "10/1.5m"),
        *("10/25h", "10/2d", "100001/1s", "12345678/1d", "10/12345s", "١/1m", "10/1m\n", "OFF", "none"),
        *(None, 10, True, ["10/1m"], {"times": 10}),
    ],
)
def test_anything_else_is_refused(text: Any) -> None:
    """What is no limit is refused with how one is written, and without the value."""
    faults = faults_of(lambda: read(text))
    assert set(faults) == {"LIMITS.api"}
    assert "10/10m" in faults["LIMITS.api"]


def test_limits_that_are_not_named_keep_their_defaults() -> None:
    """A setting of one limit changes that one, and the defaults are never changed."""
    before = dict(DEFAULTS)
    changed = limits("LIMITS", {"api": "1/1s", "kiosk": "off"})
    assert changed[LimitName.API] == Limit(1, 1)
    assert LimitName.KIOSK not in changed
    assert {name: limit for name, limit in changed.items() if name != "api"} == {
        name: limit for name, limit in before.items() if name not in ("api", "kiosk")
    }
    assert limits("LIMITS", {}) == before == dict(DEFAULTS)


def test_every_limit_has_a_default() -> None:
    """Every name has a default limit."""
    assert set(DEFAULTS) == set(LimitName)


def test_name_that_is_nearly_one_is_guessed() -> None:
    """An unknown name is refused with the one that was probably meant, and all faults come at once."""
    faults = faults_of(lambda: limits("LIMITS", {"sign_inn": "1/s", "color": "1/s", "api": "x"}))
    assert faults["LIMITS.sign_inn"].startswith("is not a limit; did you mean sign_in?")
    assert faults["LIMITS.color"].startswith("is not a limit; see ")
    assert set(faults) == {"LIMITS.sign_inn", "LIMITS.color", "LIMITS.api"}


@pytest.mark.parametrize("value", [None, [], "api=1/s", 7])
def test_setting_is_a_mapping(value: object) -> None:
    """Anything but a mapping is refused."""
    assert set(faults_of(lambda: limits("LIMITS", value))) == {"LIMITS"}


def test_variable_has_words() -> None:
    """The variable has name=limit words."""
    assert value_of("LIMITS", "sign_in=5/10m returns=off") == {"sign_in": "5/10m", "returns": "off"}


@pytest.mark.parametrize("text", ["10/10m", "600/1m", "90/90s", "1/1h", "5/1d", "3/36h"])
def test_limit_is_written_as_it_is_read(text: str) -> None:
    """A log shows a limit as the settings write it."""
    limit = read("5/1d") if text == "3/36h" else read(text)
    assert str(limit) == ("5/1d" if text == "3/36h" else text)


@pytest.mark.parametrize(
    ("limit", "interval_us"),
    [(Limit(10, 600), 60_000_000), (Limit(7, 60), 8_571_428), (Limit(100_000, 1), 10)],
)
def test_interval_is_a_whole_number_of_microseconds(limit: Limit, interval_us: int) -> None:
    """One more is earned back after the time by the number of times, rounded down to a microsecond."""
    assert limit.interval_us == interval_us

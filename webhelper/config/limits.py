"""The limits of what somebody may do in some time: their names, their defaults, and how they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from liveform import ConfigError
from liveform.errors import nearest
from webhelper.config.rules import shown_name

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_LIMIT: Final = re.compile(r"([0-9]{1,7})/([0-9]{0,4})([smhd])", re.ASCII)
_OFF: Final = "off"
_US: Final = 1_000_000
_MOST_S: Final = 86_400
_MOST_A_SECOND: Final = 100_000  # so that an interval has enough microseconds
_PROBLEM: Final = "must be a number and a time, such as 10/10m or 600/1m (s, m, h; at most a day), or off"


class LimitName(StrEnum):
    """What is limited; docs/throttling.md says what counts."""

    SIGN_IN = "sign_in"
    SIGN_IN_TOTAL = "sign_in_total"
    API = "api"
    WRONG_TOKENS = "wrong_tokens"
    KIOSK = "kiosk"
    RETURNS = "returns"


class Limit(NamedTuple):
    """So many times at once, which are earned back evenly within so many seconds."""

    times: int
    per_s: int

    @property
    def interval_us(self) -> int:
        """Microseconds after which one more is allowed."""
        return self.per_s * _US // self.times

    def __str__(self) -> str:
        """The limit as it is written in the settings."""
        unit, seconds = max(
            ((unit, seconds) for unit, seconds in _SECONDS.items() if self.per_s % seconds == 0),
            key=lambda pair: pair[1],
        )
        return f"{self.times}/{self.per_s // seconds}{unit}"


DEFAULTS: Final[Mapping[LimitName, Limit]] = MappingProxyType(
    {
        LimitName.SIGN_IN: Limit(10, 600),
        LimitName.SIGN_IN_TOTAL: Limit(600, 600),
        LimitName.API: Limit(12_000, 60),
        LimitName.WRONG_TOKENS: Limit(60, 60),
        LimitName.KIOSK: Limit(60, 60),
        LimitName.RETURNS: Limit(600, 60),
    }
)


def limits(name: str, value: object) -> Mapping[LimitName, Limit]:
    """Return the limits that hold: the defaults, but for those that the setting changes or turns off."""
    if not isinstance(value, Mapping):
        raise ConfigError((name, "must be a mapping of names of limits to limits, such as api to 600/1m"))
    found: dict[LimitName, Limit] = dict(DEFAULTS)
    faults: list[tuple[str, str]] = []
    for limit_name, text in value.items():
        setting = f"{name}.{shown_name(limit_name)}"
        if limit_name not in set(LimitName):
            faults.append((setting, _unknown(str(limit_name))))
        elif text == _OFF:
            found.pop(LimitName(limit_name), None)
        elif (limit := _limit(text)) is None:
            faults.append((setting, _PROBLEM))
        else:
            found[LimitName(limit_name)] = limit
    if faults:
        raise ConfigError(*faults)
    return MappingProxyType(found)


def _limit(text: object) -> Limit | None:
    match = _LIMIT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    times, per_s = int(match[1]), int(match[2] or 1) * _SECONDS[match[3]]
    possible = 0 < per_s <= _MOST_S and 0 < times <= per_s * _MOST_A_SECOND
    return Limit(times, per_s) if possible else None


def _unknown(name: str) -> str:
    meant = nearest(name, [*LimitName])
    return f"is not a limit{f'; did you mean {meant}?' if meant else ''}; see docs/throttling.md"

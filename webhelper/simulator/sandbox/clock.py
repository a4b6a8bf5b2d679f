"""The clock of the sandbox, and how the vendor writes times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from liveform import ConfigError
from webhelper.simulator.sandbox import options, rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from webhelper.simulator.sandbox.database import Database

TABLE: Final = """
CREATE TABLE clock (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    offset_us INTEGER NOT NULL               -- how far the sandbox is ahead of the real time
) STRICT;
INSERT INTO clock VALUES (1, 0);
"""
_OFFSET: Final = "SELECT offset_us FROM clock"
_MOVE: Final = "UPDATE clock SET offset_us = offset_us + ?"
_MICROSECOND: Final = timedelta(microseconds=1)
_FARTHEST: Final = timedelta(days=36_500)  # from the real time
_NUMBER: Final = options.Rule("a number", rules.is_number)
_UNITS: Final = dict.fromkeys(
    ("weeks", "days", "hours", "minutes", "seconds", "milliseconds", "microseconds"), _NUMBER
)


class SandboxClock:
    """The time of the sandbox: the real time, and an offset in the file that all processes read.

    Args:
        database: the sandbox's file.
        real: returns the real time, with a time zone.
    """

    def __init__(self, database: Database, real: Callable[[], datetime]) -> None:
        self._database = database
        self._real = real

    def now(self) -> datetime:
        """Return the time of the sandbox, in UTC."""
        with self._database.reading() as sql:
            (offset_us,) = sql.execute(_OFFSET).fetchone()
        return self._real().astimezone(UTC) + timedelta(microseconds=offset_us)

    def move(self, by: timedelta) -> None:
        """Move the clock for all processes; a negative time moves it back.

        Raises:
            ConfigError: it would be more than 100 years away from the real time.
        """
        with self._database.writing() as sql:
            (offset_us,) = sql.execute(_OFFSET).fetchone()
            if abs(timedelta(microseconds=offset_us) + by) > _FARTHEST:
                raise ConfigError(("clock", "must stay within 100 years of the real time; move it less far"))
            sql.execute(_MOVE, (by // _MICROSECOND,))


def time_step(by: Mapping[str, object]) -> timedelta:
    """Return how far a clock moves, from numbers by unit, such as ``{"minutes": 3}``; below 0: back.

    Raises:
        ConfigError: a unit is unknown, a value is not a number, or they are more than ten years.
    """
    options.check(by, _UNITS)
    try:
        step = timedelta(**by)  # type: ignore[arg-type]  # they are numbers
    except (OverflowError, ValueError):  # too large, or NaN
        step = timedelta.max
    if abs(step) > rules.LONGEST:
        raise ConfigError(("clock", "moves by at most ten years at once, forward or back"))
    return step


def real_time() -> datetime:
    """Return the time of the system, in UTC."""
    return datetime.now(UTC)


def iso(at: datetime) -> str:
    """Return ISO 8601 with milliseconds and Z (row 1.11). Texts of this form sort by time.

    >>> iso(datetime(2026, 5, 1, 12, tzinfo=UTC))
    '2026-05-01T12:00:00.000Z'
    """
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def item_time(text: str) -> str:
    """Return an ISO time in the pattern YYYY-MM-DD-HH-MM-SS-ZZZ of API items (row 1.11: form unknown).

    >>> item_time("2026-05-01T12:00:00.000Z")
    '2026-05-01-12-00-00-UTC'
    """
    return f"{text[:10]}-{text[11:19].replace(':', '-')}-UTC"

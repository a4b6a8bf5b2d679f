"""The rules of the settings of logs, metrics and stopping, in the form of ``rules.py``."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from liveform import ConfigError
from webhelper.config.rules import STRONG, is_strong, whole_number

TEXT: Final = "text"
JSON: Final = "json"
MOST_DRAIN_S: Final = 20  # gunicorn_conf gives a process 30 seconds in all


def log_format(name: str, value: object) -> str:
    """Return how log lines are written: ``text`` or ``json``."""
    if value not in (TEXT, JSON):
        raise ConfigError((name, f"must be {TEXT} or {JSON}"))
    return str(value)


def metrics_token(name: str, value: object) -> bytes | None:
    """Return the SHA-256 digest of the token that may read the metrics; None without metrics."""
    if value is None:
        return None
    if not is_strong(value):
        raise ConfigError((name, f"must be {STRONG}"))
    return sha256(str(value).encode()).digest()


def drain_seconds(name: str, value: object) -> int:
    """Return how long a process that is told to stop still takes requests."""
    problem = f"must be a number of seconds, 1 to {MOST_DRAIN_S}, or 0 to stop at once"
    return whole_number(name, value, most=MOST_DRAIN_S, problem=problem)

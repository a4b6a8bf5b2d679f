"""Settings that are true or false: the words for them, and the check."""

from typing import Final

from liveform.errors import ConfigError

__all__ = ["FLAG_WORDS", "checked_flag"]  # what webhelper uses too

FLAG_WORDS: Final = {"true": True, "1": True, "false": False, "0": False}


def checked_flag(name: str, value: object) -> bool:
    """Return a setting that is true or false.

    Raises:
        ConfigError: another value; nothing is guessed from the truth of a text or a number.
    """
    if not isinstance(value, bool):
        raise ConfigError((name, "must be true or false"))
    return value

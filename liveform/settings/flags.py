"""Settings that are true or false: the words for them, and the check."""

from __future__ import annotations

from liveform.errors import ConfigError
from liveform.parameters.text_values import FLAG_WORDS

__all__ = ["checked_flag", "flag_or_text"]  # what webhelper uses too


def flag_or_text(text: str) -> bool | str:
    """Return the boolean that the text of a variable means, in any case, or the text itself.

    The words are those of every value that comes as text; 1 and 0 are words for settings alone.
    """
    return {"1": True, "0": False, **FLAG_WORDS}.get(text.casefold(), text)


def checked_flag(name: str, value: object) -> bool:
    """Return a setting that is true or false.

    Raises:
        ConfigError: another value; nothing is guessed from the truth of a text or a number.
    """
    if not isinstance(value, bool):
        raise ConfigError((name, "must be true or false"))
    return value

"""The one rule for values that come as text: from a cell, an option, a variable, a form or a settings file.

Empty text is not a value. Words for true and false are read in any case, as spreadsheets write them.
Names of a list may be separated by commas, semicolons or white space, or be a JSON list. What is not read
here stays text, and the check of its kind refuses it. No message repeats a value.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from liveform.errors import FieldError, MalformedError
from liveform.hidden_characters import HIDDEN
from liveform.wire.json_object import read_value

# What Excel writes for a cell that is true or false, in English, German, French, Spanish, Portuguese,
# Italian and Dutch. 1 and 0 are not here: 0 in a column of age limits may be an age.
FLAG_WORDS: Final = {
    "true": True,
    "wahr": True,
    "vrai": True,
    "verdadero": True,
    "verdadeiro": True,
    "vero": True,
    "waar": True,
    "false": False,
    "falsch": False,
    "faux": False,
    "falso": False,
    "onwaar": False,
}

_QUOTES: Final = ('""', "''", "“”", "‘’")


def bare(text: str) -> str:
    """Return a text without the white space and the characters that show nothing around it."""
    stripped = text.strip()
    while stripped != (less := stripped.strip(HIDDEN).strip()):
        stripped = less
    return stripped


def flag_of(text: str) -> bool | None:
    """Return the boolean that a word means, in any case; None if it is not such a word."""
    return FLAG_WORDS.get(bare(text).casefold())


def flag_or_text(text: str) -> bool | str:
    """Return the boolean that a word means, or the text itself."""
    flag = flag_of(text)
    return text if flag is None else flag


def names_in(field: str, text: str) -> list[str]:
    """Return the names of a list, such as ``USA, KOR`` or ``["USA", "KOR"]``; empty for blank text.

    Raises:
        FieldError: the text begins like a JSON list, but is not a list of texts.
    """
    text = bare(text)
    if not text.startswith("["):
        return [name for name in _between().split(text) if name]
    try:
        names = read_value(text)
    except MalformedError:
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise FieldError(field, 'must be names with commas between, or a JSON list such as ["USA", "KOR"]')
    return [str(name) for name in names]


@cache
def _between() -> re.Pattern[str]:
    return re.compile(r"[\s,;，、；]+")


def in_quotes(text: str) -> bool:
    """Whether quotes stand around a text, which tools that do not read them leave there."""
    return len(text) >= 2 and text[0] + text[-1] in _QUOTES

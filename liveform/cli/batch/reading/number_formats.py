"""What a number format of Excel shows of a whole number (ECMA-376 part 1, section 18.8.31).

Zeros of a format, such as ``00000``, are part of an id, and so is text in it, such as ``"ID-"0000``. They are
seen in the sheet, though the file holds the number alone.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_CACHED: Final = 256  # sections of formats

# A quoted text, a character behind a backslash, brackets, or any other character.
_PART: Final = re.compile(r'"[^"]*"?|\\.|\[[^\]]*\]?|.', re.DOTALL)
# What shows nothing of its own: width, filling, a language, a colour.
_NO_TEXT: Final = re.compile(
    r'_.|\*.|""|\[\$-[\w-]*\]|\[(?:black|blue|cyan|green|magenta|red|white|yellow|color ?[0-9]+)\]',
    re.IGNORECASE,
)
_CONDITION: Final = re.compile(r"\[[<>=]")
_MINUS: Final = re.compile(r"\\?-")
_ZEROS: Final = re.compile(r"00+")
# Numbers as such: with separators of thousands, places, a power or a fraction.
_PLAIN: Final = re.compile(
    r"General|@|(?:[#?]|,(?=[#?0]))*0?(?:\.[0#?]*)?|[#0.]+E[+-][0#]+|# \?+/(?:\?+|[0-9]+)", re.IGNORECASE
)
_LITERAL: Final = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]?', re.DOTALL)
# A percent sign, which multiplies by 100, and commas behind the last digit, which divide by 1000 each.
_SCALED: Final = re.compile(r"%|[0#?],+(?![0#?,])")


def shown_whole(number: int, code: str) -> str | int | None:
    """Return what a format shows of a whole number: its digits with zeros in front, or the number itself.

    Args:
        number: the number.
        code: the format, such as ``00000`` or ``#,##0;-#,##0``.

    Returns:
        Text if the format has more zeros than one, the number if it adds nothing to it but what money and
        counts have; None if it shows another text, such as ``1700%``.
    """
    sections = _sections(code)
    if _CONDITION.search(code) is not None:
        return None
    place = 1 if number < 0 else 2 if number == 0 else 0
    shown = _NO_TEXT.sub("", sections[place if place < len(sections) else 0])
    if number < 0 and len(sections) > 1:
        shown = _MINUS.sub("", shown, count=1)
    if _ZEROS.fullmatch(shown) is not None:
        return f"{'-' if number < 0 else ''}{abs(number):0{len(shown)}}"
    return number if shown and _PLAIN.fullmatch(shown) is not None else None


@lru_cache(maxsize=_CACHED)
def is_scaled(code: str) -> bool:
    """Return whether a format shows another number than the file holds, such as 1 as ``100%``."""
    return _SCALED.search(_LITERAL.sub("", code)) is not None


@lru_cache(maxsize=_CACHED)
def _sections(code: str) -> list[str]:
    """The sections of a format: for numbers above, below and at zero, without the one for text."""
    sections = [""]
    for part in _PART.findall(code):
        if part == ";":
            sections.append("")
        else:
            sections[-1] += part
    return sections if len(sections) == 1 or "@" not in sections[-1] else sections[:-1]

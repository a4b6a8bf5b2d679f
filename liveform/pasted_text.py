"""A text as somebody has pasted it -> the text that was copied.

Editors, mailers, chats and programs put quotes, marks and escapes around an encrypted text. None of them is
part of any layout, so all can go.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

# Byte order mark, soft hyphen, and characters of no width.
_HIDDEN: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_FRAME: Final = re.compile(r"-----(?:BEGIN|END) [^-\r\n]*-----")  # RFC 7468 section 2
_CHARACTER: Final = re.compile(r"&#(?:[0-9]{1,7}|[xX][0-9a-fA-F]{1,6});")  # of HTML, by its number
_ESCAPE: Final = re.compile(r"\\(?:u00([0-9a-fA-F]{2})|([/nrt]))")  # of JSON and JavaScript
_MEANING: Final = {"/": "/", "n": "\n", "r": "\n", "t": "\n"}
_QUOTED: Final = re.compile(r"""b?(["'`])(.*)\1""", re.DOTALL)
_HEX: Final = re.compile("0[xX]((?:[0-9a-fA-F]{2})+)")
_BEHIND: Final = ";,."  # of a statement, a list and a sentence


def copied_text(pasted: str) -> str:
    r"""Return a text without what was put around it, and with what was escaped in it; JSON stays as it is.

    >>> copied_text(r'"qL8Rs\/cXaQ\u003d\u003d",')
    'qL8Rs/cXaQ=='
    """
    text = _FRAME.sub("", _HIDDEN.sub("", pasted)).strip()
    if text.startswith("{"):
        return text
    text = _ESCAPE.sub(_unescaped, _CHARACTER.sub(lambda found: unescape(found[0]), text))
    text = text.rstrip(_BEHIND) or text
    quoted = _QUOTED.fullmatch(text)
    text = text if quoted is None else quoted[2]
    hexadecimal = _HEX.fullmatch(text)
    return text.strip() if hexadecimal is None else hexadecimal[1]


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else _MEANING[found[2]]

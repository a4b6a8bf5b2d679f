"""A text as somebody has pasted it -> the text that was copied.

Editors, mailers, chats and programs put quotes, marks and escapes around an encrypted text. None of them is
part of any layout, so all can go.
"""

from __future__ import annotations

import re
from html import unescape
from html.entities import html5
from typing import Final

from liveform.hidden_characters import HIDDEN

_HIDDEN: Final = re.compile(f"[{HIDDEN}]")
_FRAME: Final = re.compile(r"-----(?:BEGIN|END) [^-\r\n]*-----")  # RFC 7468 section 2
_LINK: Final = re.compile(r"""<a\s[^<>]*?\bhref\s*=\s*(["'])(.*?)\1""", re.DOTALL | re.IGNORECASE)
_CHARACTER: Final = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")  # of HTML
_ESCAPE: Final = re.compile(r"""\\(?:u00([0-9a-fA-F]{2})|([/nrt"\\]))""")  # of JSON and JavaScript
_MEANING: Final = {"/": "/", "n": "\n", "r": "\n", "t": "\n", '"': '"', "\\": "\\"}
_QUOTED: Final = re.compile(
    "b?([\"'`])(.*)\\1|[“”„«»‘’‚‹›「『](.*)[“”«»‘’‹›」』]|<(?:URL:)?(.*)>",
    re.DOTALL,
)
_HEX: Final = re.compile("0[xX]((?:[0-9a-fA-F]{2})+)")
_JSON: Final = re.compile(r'\{\s*["}]')
_BEHIND: Final = ";,."  # of a statement, a list and a sentence
_LAYERS: Final = 3  # such as a body, in a text of JSON, in a line of a log


def copied_text(pasted: str) -> str:
    r"""Return a text without what was put around it, and with what was escaped in it; JSON stays as it is.

    >>> copied_text(r'"qL8Rs\/cXaQ\u003d\u003d",')
    'qL8Rs/cXaQ=='
    """
    text = _FRAME.sub("", _HIDDEN.sub("", pasted)).replace("\u00a0", " ").strip()
    for _ in range(_LAYERS):
        if _JSON.match(text) is not None:
            return text.rstrip(_BEHIND)
        text = _without_layer(text).strip()
    hexadecimal = _HEX.fullmatch(text)
    return text if hexadecimal is None else hexadecimal[1]


def _without_layer(text: str) -> str:
    """A text without one pair of quotes, and with its escapes undone once."""
    link = _LINK.match(text)
    text = text if link is None else link[2]
    text = _CHARACTER.sub(_character, _CHARACTER.sub(_character, text))  # for ``&amp;lt;``
    text = _ESCAPE.sub(_unescaped, text).rstrip()
    text = text.rstrip(_BEHIND) or text
    quoted = _QUOTED.fullmatch(text)
    return text if quoted is None else quoted[2] or quoted[3] or quoted[4] or ""


def _character(found: re.Match[str]) -> str:
    return unescape(found[0]) if found[1][0] == "#" else html5.get(f"{found[1]};", found[0])


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else _MEANING[found[2]]

"""A text as somebody has pasted it -> the text that was copied.

Editors, mailers, chats and programs put quotes, marks and escapes around an encrypted text or a URL. None of
them is part of any layout, so all can go; a value in a URL may hold any of them, so of a URL less goes.
"""

from __future__ import annotations

import re
from html import unescape
from html.entities import html5
from typing import Final

from liveform.hidden_characters import HIDDEN
from liveform.parameters.text_values import bare

_HIDDEN: Final = re.compile(f"[{HIDDEN}]")
_FRAME: Final = re.compile(r"-----(?:BEGIN|END) [^-\r\n]*-----")  # RFC 7468 section 2
_LINK: Final = re.compile(r"""<a\s[^<>]*?\bhref\s*=\s*(["'])(.*?)\1""", re.DOTALL | re.IGNORECASE)
_CHARACTER: Final = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")  # of HTML
_ESCAPE: Final = re.compile(r"""\\(?:u00([0-9a-fA-F]{2})|([/nrt"\\]))""")  # of JSON and JavaScript
_MEANING: Final = {"/": "/", "n": "\n", "r": "\n", "t": "\n", '"': '"', "\\": "\\"}
_QUOTED: Final = re.compile(
    "b?([\"'`])(.*)\\1|[“”„«»‘’‚‹›「『](.*)[“”«»‘’‹›」』]|<(?:URL:)?(.*)>|\\((.*)\\)",
    re.DOTALL,
)
# Before a value in JSON, YAML and programs; ``encrypted=`` without space or quotes is that of a query.
_LABEL: Final = re.compile(
    r"""(?:-\s+)?(?:(?:const|let|var)\s+)?[$:]?["'`]?encrypted[_-]?(?:data|text|value)?["'`]?"""
    r"""\s*(?:=>|:|=(?=\s*["'`])|(?<=\s)=(?=\s))\s*(?:(["'`])(.*?)\1)?""",
    re.DOTALL | re.IGNORECASE,
)
_HEX: Final = re.compile("0[xX]((?:[0-9a-fA-F]{2})+)")
_JSON: Final = re.compile(r'\{\s*["}]')
_JSON_TEXT: Final = re.compile(r'"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')  # RFC 8259 section 7
# Behind the scheme a backslash, or an escaped & or = anywhere: no URL has one of these by itself.
_JSON_IN_URL: Final = re.compile(r"[^:]*:\\+/|.*?\\u00(?:26|3[dD])", re.DOTALL)
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


def copied_url(pasted: str) -> str:
    r"""Return a URL without what was put around it; escapes are undone only where it was in JSON or HTML.

    A backslash alone stays, as in the name of a Windows account; so does ``&amp;``, a fault in a URL.

    >>> copied_url(r'"https:\/\/form.example.com\/?pid=1\u0026lang=ko",')
    'https://form.example.com/?pid=1&lang=ko'
    """
    text = bare(pasted)
    for _ in range(_LAYERS):
        text = bare(_url_without_layer(text))
    return text


def _url_without_layer(text: str) -> str:
    """A URL without the escapes of JSON, and without one link or pair of quotes around it."""
    if _JSON_IN_URL.match(text) is not None or _JSON_TEXT.fullmatch(text.rstrip(_BEHIND)) is not None:
        text = _ESCAPE.sub(_unescaped, text)
    link = _LINK.match(text)
    if link is not None:
        return _CHARACTER.sub(_character, link[2])
    quoted = _QUOTED.fullmatch(text.rstrip(_BEHIND))
    return text if quoted is None else _inside(quoted)


def _without_layer(text: str) -> str:
    """A text without one name or pair of quotes, and with its escapes undone once."""
    link = _LINK.match(text)
    text = text if link is None else link[2]
    text = _CHARACTER.sub(_character, _CHARACTER.sub(_character, text))  # for ``&amp;lt;``
    text = _ESCAPE.sub(_unescaped, text).rstrip()
    label = _LABEL.match(text)
    text = text if label is None else label[2] or text[label.end() :]
    text = text.rstrip(_BEHIND) or text
    quoted = _QUOTED.fullmatch(text)
    return text if quoted is None else _inside(quoted)


def _inside(quoted: re.Match[str]) -> str:
    return quoted[2] or quoted[3] or quoted[4] or quoted[5] or ""


def _character(found: re.Match[str]) -> str:
    return unescape(found[0]) if found[1][0] == "#" else html5.get(f"{found[1]};", found[0])


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else _MEANING[found[2]]

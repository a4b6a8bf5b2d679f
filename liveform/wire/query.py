"""Query pairs <-> the text of a query (RFC 3986 section 3.4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from liveform.errors import MalformedError
from liveform.wire.encoding import MAX_TEXT_CHARS, form_decode, percent_encode
from liveform.wire.json_object import is_unicode

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_PARAMETERS: Final = 100

_DROPPED: Final = dict.fromkeys(map(ord, "\t\n\r"))
_AROUND: Final = frozenset((("<", ">"), ('"', '"')))  # no URL has one of these inside
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def build_query(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a query in which every name and value is percent-encoded."""
    return "&".join([f"{percent_encode(name)}={percent_encode(value)}" for name, value in pairs])


def query_of(text: str) -> str:
    """Return the query of a URL, or ``text`` itself if it is a query string already."""
    text = text.partition("#")[0]
    if text.startswith(("https://", "/")) or _SCHEME.match(text):
        return text.partition("?")[2]
    head, _, tail = text.partition("?")
    return text if "=" in head else tail or head  # "done?a=1", "?a=1", "a=1&next=/x?b=2"


def read_pairs(text: str) -> list[tuple[str, str]]:
    """Return the query pairs of a URL or a query string, decoded as a form is (``+`` is a space).

    Raises:
        MalformedError: over 65,536 characters or 100 parameters, or not UTF-8.
    """
    return read_query(query_of(checked_text(text)))


def checked_text(text: str) -> str:
    """Return the text of a URL or a query string, or raise ``MalformedError`` before any work is done."""
    if len(text) > MAX_TEXT_CHARS:
        raise MalformedError(f"the URL has more than {MAX_TEXT_CHARS} characters")
    if not is_unicode(text):
        raise MalformedError("the URL holds a lone surrogate")
    return text


def browser_text(text: str) -> str:
    """Return a URL without what browsers drop (WHATWG URL): tabs, line breaks, and white space around it.

    Quotes or angle brackets around it, with which mailers write one (RFC 3986 appendix C), are dropped too.

    Raises:
        MalformedError: as in ``checked_text``.
    """
    text = unframed(text)
    return text if text.isprintable() else text.translate(_DROPPED)


def unframed(text: str) -> str:
    """Return a URL without white space, quotes or angle brackets around it; errors as in ``checked_text``."""
    text = checked_text(text).strip()
    return text[1:-1] if text and (text[0], text[-1]) in _AROUND else text


def read_query(query: str) -> list[tuple[str, str]]:
    """Return the pairs of a query, as ``urllib.parse.parse_qsl`` does in three times the time.

    Raises:
        MalformedError: over 100 parameters, or not UTF-8.
    """
    parts = query.split("&", MAX_PARAMETERS)
    if len(parts) > MAX_PARAMETERS:
        raise MalformedError(f"the query has more than {MAX_PARAMETERS} parameters")
    pairs = []
    try:
        for part in parts:
            if part:
                name, _, value = part.partition("=")
                pairs.append((name if name.isalnum() else form_decode(name), form_decode(value)))
    except UnicodeDecodeError:
        raise MalformedError("the query is not UTF-8") from None
    return pairs

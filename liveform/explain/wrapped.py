"""The URL of a mail gateway or a redirect -> the form's URL inside it.

Gateways put their own address in front of each link of a mail, so a URL copied from a mail is often theirs.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from liveform.errors import MalformedError
from liveform.wire.encoding import Encoding, decode
from liveform.wire.query import read_pairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Proofpoint URL Defense: version 2 writes - for % and _ for /; version 3 puts a * for each character that it
# takes out, or ** and a letter for several, and the characters in base64url behind the URL.
_VERSION_2: Final = re.compile(r"https?-3A__")
_VERSION_3: Final = re.compile(r"https?://[^/?#]*/v3/__(.+?)__;([\w-]*)!", re.ASCII)
_TAKEN_OUT: Final = re.compile(r"\*(?:\*(.))?")
_COUNTS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # from 2 on
# In a path, what is not percent-encoded goes on to the end of the URL.
_IN_PATH: Final = re.compile(
    r"[^?#]*?/(https?://.*|https?(?::|%(?:25)*3A)(?:/|%(?:25)*2F)[^?#]*)", re.IGNORECASE | re.DOTALL
)
_ENCODED: Final = re.compile(r"https?(?:%(?:25)*3A|:/?%(?:25)*2F)", re.IGNORECASE)
_LAYERS: Final = 3  # of wrappers, and of encodings of one URL


class Wrapped(NamedTuple):
    """A URL that was inside another one, and the host of that."""

    url: str
    host: str


def unwrapped(url: str, form: str) -> Wrapped | None:
    """Return the form's URL inside another site's; None if there is none, or it is the form's itself.

    Args:
        url: as somebody pasted it.
        form: the address of the forms.
    """
    host, wanted = _host_of(url), _host_of(form)
    if not host or host == wanted:
        return None
    inside = _found_in(_texts_in(url), wanted, layers=_LAYERS)
    return None if inside is None else Wrapped(inside, host)


def _found_in(texts: Iterable[str], wanted: str, *, layers: int) -> str | None:
    """The first text that is a URL of the wanted host, or that of another one inside."""
    for text in map(_decoded, texts):
        host = _host_of(text)
        if host == wanted:
            return text
        if host and layers > 1:
            with suppress(MalformedError):
                inside = _found_in(_texts_in(text), wanted, layers=layers - 1)
                if inside is not None:
                    return inside
    return None


def _decoded(text: str) -> str:
    """A URL that may be percent-encoded, also twice."""
    for _ in range(_LAYERS):
        text = unquote(text) if _ENCODED.match(text) else text
    return text


def _host_of(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in ("http", "https") else ""


def _texts_in(url: str) -> Iterator[str]:
    """What may be a URL inside a URL."""
    version_3 = _VERSION_3.match(url)
    if version_3 is not None:
        yield _with_characters(*version_3.groups())
    in_path = _IN_PATH.match(url.partition("://")[2])
    if in_path is not None:
        yield in_path[1]
    for _, value in read_pairs(url):
        yield value
        if _VERSION_2.match(value):
            yield unquote(value.replace("-", "%").replace("_", "/"))


def _with_characters(url: str, encoded: str) -> str:
    """A URL with the characters that version 3 took out; as it is if they do not fit."""
    try:
        characters = iter(decode(encoded, Encoding.BASE64URL).decode())
    except (MalformedError, UnicodeDecodeError):
        return url

    def taken_out(found: re.Match[str]) -> str:
        count = 1 if found[1] is None else _COUNTS.find(found[1]) + 2
        return "".join([next(characters, "") for _ in range(count)])

    return _TAKEN_OUT.sub(taken_out, url)

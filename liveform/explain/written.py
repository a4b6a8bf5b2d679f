"""A URL as it is written, whole or in part -> its address and its parameters.

In source code some parts of a URL are not known before the program runs; the rest is certain.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from liveform.errors import MalformedError
from liveform.explain.wrapped import unwrapped
from liveform.form_urls import VENDOR_BASE_URL
from liveform.pasted_text import copied_url
from liveform.wire.query import checked_text, query_of, read_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

_PORTS = {"http": "80", "https": "443"}
_NO_URL = "must be a URL, with https:// in front"


class WrittenUrl(NamedTuple):
    """What is known of a URL.

    Attributes:
        address: normalised, up to the query; None if it is not known as a whole.
        pairs: the parameters in order; a value of None is not known.
        spaced: names of parameters in whose values a ``+`` is not percent-encoded.
        is_whole: whether there can be no other parameters.
        has_line_break: whether a tab or line break is in it, which browsers drop.
        has_fragment: whether something is behind a ``#``, which browsers do not send.
        wrapped_by: the host of the URL that the form's URL was in; None if it was in none.
    """

    address: str | None
    pairs: Sequence[tuple[str, str | None]]
    spaced: frozenset[str] = frozenset()
    is_whole: bool = True
    has_line_break: bool = False
    has_fragment: bool = False
    wrapped_by: str | None = None


def written_url(url: object, form: str = VENDOR_BASE_URL) -> WrittenUrl:
    """Return a whole URL; of one that a mail gateway has wrapped, the form's URL inside.

    Args:
        url: as somebody pasted it; white space, quotes, ``<>`` and invisible characters around it do not
            count, nor do the escapes of JSON in a URL that was copied out of it.
        form: the address of the forms.

    Raises:
        MalformedError: not a URL, or too long.
    """
    if not isinstance(url, str):
        raise MalformedError(_NO_URL)
    text = copied_url(checked_text(url))
    if "://" not in text:
        raise MalformedError(_NO_URL)
    wrapped = unwrapped(text, form)
    text = text if wrapped is None else wrapped.url
    return WrittenUrl(
        normal_address(text),
        read_pairs(text),
        spaced_names(query_of(text)),
        has_line_break=re.search(r"[\t\r\n]", text) is not None,
        has_fragment=text.partition("#")[2] != "",
        wrapped_by=None if wrapped is None else wrapped.host,
    )


def spaced_names(query: str) -> frozenset[str]:
    """Return the names of the parameters whose values hold a bare ``+`` or a space."""
    pairs = [part.partition("=") for part in query.split("&")]
    return frozenset(name for name, _, value in pairs if "+" in value or " " in value or "%20" in value)


def normal_address(url: str) -> str:
    """Return a URL up to its query, in the form in which equal ones are the same (RFC 3986 section 6.2).

    Scheme and host are in lower case, the default port is left out, and so are escapes that need not be and
    segments that are a dot.

    Raises:
        MalformedError: the address cannot be read.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        raise MalformedError(_NO_URL) from None
    user, at, host = parts.netloc.rpartition("@")
    host, port = re.fullmatch(r"(.*?)(?::([0-9]*))?", host.lower(), re.DOTALL).groups()  # type: ignore[union-attr]
    usual = port in (None, "", _PORTS.get(parts.scheme))
    return f"{parts.scheme}://{user}{at}{host}{'' if usual else f':{port}'}{_normal_path(parts.path)}"


def _normal_path(path: str) -> str:
    """The path without needless escapes (section 6.2.2.2), and without segments of dots (section 6.2.2.3)."""
    path = re.sub(
        r"%(?:2[DE]|3\d|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])", _unescaped, path, flags=re.IGNORECASE
    )
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[max(1, len(kept) - 1) :]
        elif segment != ".":
            kept.append(segment)
    return "/".join([*kept, ""] if path.endswith(("/.", "/..")) else kept)


def _unescaped(found: re.Match[str]) -> str:
    return unquote(found[0])

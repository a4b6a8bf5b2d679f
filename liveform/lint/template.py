"""The signs of a URL -> its parameters, where each of them is, and which are certain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote_plus

from liveform.errors import MalformedError
from liveform.explain.written import WrittenUrl, normal_address, spaced_names
from liveform.lint.pieces import HOLE

if TYPE_CHECKING:
    from liveform.lint.pieces import Pieces

_MAX_PARAMETERS = 100
_UNCERTAIN: Final = f"&{HOLE}"  # may be nothing when the program runs
_PARAMETERS: Final = re.compile("[?=]")


class UrlTemplate(NamedTuple):
    """A URL in a file.

    Attributes:
        url: what is certain of it.
        start: where it begins.
        names: where each parameter is, the last place for a name that is given twice.
    """

    url: WrittenUrl
    start: int
    names: dict[str, int]


def template_of(pieces: Pieces) -> UrlTemplate | None:
    """Return the URL that signs make; None if they have no parameters, of which nothing could be said."""
    sent, _, fragment = pieces.text.partition("#")
    text, *others = sent.split(maxsplit=1) or [""]  # no URL holds white space
    fragment = re.split(r"\s", fragment, maxsplit=1)[0].strip(_UNCERTAIN) if sent == text else ""
    address, mark, query = text.partition("?")
    if not mark and "&" in address:
        address, mark, query = text.partition("&")
    if not query.strip(_UNCERTAIN) and not _PARAMETERS.search(fragment):
        return None
    names: dict[str, int] = {}
    pairs: list[tuple[str, str | None]] = []
    place, is_whole = len(address) + 1, not others and query != ""
    for part in query.split("&", _MAX_PARAMETERS):
        name, _, value = part.partition("=")
        if HOLE in name:
            is_whole = False
        elif part:
            pairs.append((unquote_plus(name), None if HOLE in value else unquote_plus(value)))
            names[pairs[-1][0]] = pieces.places[min(place, len(pieces.places) - 1)]
        place += len(part) + 1
    spaced = spaced_names(query.replace(HOLE, ""))
    url = WrittenUrl(_address(address), pairs, spaced, is_whole, has_fragment=fragment != "")
    return UrlTemplate(url, pieces.places[0], names)


def _address(written: str) -> str | None:
    """The address; None if a part of it is not known."""
    if HOLE in written:
        return None
    try:
        return normal_address(f"https:{written}" if written.startswith("//") else written)
    except MalformedError:
        return None

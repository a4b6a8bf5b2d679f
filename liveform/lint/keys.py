"""Finds what has the shape of a vendor's key, where a key belongs.

The shape is 40 letters and digits, of both cases, as API Gateway makes them. It is no proof: so the place must
look like that of a key, and the file must speak of the vendor or of liveform. A key is never shown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUBJECT: Final = re.compile(r"argos|liveform", re.IGNORECASE)
_KEY: Final = r"(?P<key>[A-Za-z0-9]{40})(?![A-Za-z0-9+/=_-])"
_BEFORE: Final = (
    r"(?:x-api-key|(?<![a-z])(?:[a-z]+[_.-]?){0,6}(?:api|secret|private|aes|encryption|vendor|argos|liveform|return)?"
    r"[_.-]?key(?:s|_?id)?)"
)
# key = "..", key: "..", "key" => "..", <key>..</key>, key("..."), and HAR's {"name": "x-api-key", "value": ".."}
_PLACE: Final = re.compile(
    rf"{_BEFORE}['\"]?\s*(?:=>|:=|[=:,(>])\s*(?:(?:['\"]?value['\"]?\s*:)?\s*[a-z]{{0,2}}['\"`]?){_KEY}",
    re.IGNORECASE,
)
_MIN_DISTINCT: Final = 16
_PLACEHOLDERS: Final = re.compile(r"example|dummy|placeholder|changeme|xxxx|0000|1234567|abcdef", re.IGNORECASE)


def key_places(source: str) -> Iterator[tuple[int, int]]:
    """Yield where each key begins and ends."""
    if _SUBJECT.search(source) is None:
        return
    for found in _PLACE.finditer(source):
        if _is_random(found["key"]):
            yield found.start("key"), found.end("key")


def _is_random(text: str) -> bool:
    """Whether a text is of both cases and digits, as chance makes it, and is no placeholder."""
    kinds = (str.islower, str.isupper, str.isdigit)
    is_mixed = all(any(kind(sign) for sign in text) for kind in kinds)
    return is_mixed and len(set(text)) >= _MIN_DISTINCT and _PLACEHOLDERS.search(text) is None

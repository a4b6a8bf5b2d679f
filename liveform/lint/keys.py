"""Finds what has the shape of a vendor's key, where a key belongs.

The shape is 40 letters and digits, of both cases, as API Gateway makes them. That proves nothing, so the
place must look like that of a key, and the file must speak of the vendor or of liveform. No key is shown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEY: Final = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9]{40}(?![A-Za-z0-9+/=_-])")
# key = "..", apiKey: "..", "x-api-key" => "..", <key>..</key>, key("..."), and HAR's
# {"name": "x-api-key", "value": ".."}
_PLACE: Final = re.compile(
    r"keys?['\"\]]*\s*(?:=>|:=|[=:,(>])\s*(?:['\"]?value['\"]?\s*:)?\s*[a-z]{0,2}['\"`]?$", re.IGNORECASE
)
_BEFORE: Final = 80  # signs in front of a key in which its name must be
_MIN_DISTINCT: Final = 16
_PLACEHOLDERS: Final = re.compile(
    r"example|dummy|placeholder|changeme|xxxx|0000|1234567|abcdef", re.IGNORECASE
)


def key_places(source: str) -> Iterator[tuple[int, int]]:
    """Yield where each key begins and ends, in a file that speaks of the vendor."""
    for found in _KEY.finditer(source):
        before = source[max(0, found.start() - _BEFORE) : found.start()]
        if _PLACE.search(before) is not None and _is_random(found[0]):
            yield found.start(), found.end()


def _is_random(text: str) -> bool:
    """Whether a text has both cases and digits, as chance makes it, and is not a placeholder."""
    kinds = (str.islower, str.isupper, str.isdigit)
    is_mixed = all(any(kind(sign) for sign in text) for kind in kinds)
    return is_mixed and len(set(text)) >= _MIN_DISTINCT and _PLACEHOLDERS.search(text) is None

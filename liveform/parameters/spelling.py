"""Names of parameters as people write them -> the parameter.

Names match without case, spaces and punctuation, in Python's or the vendor's spelling: ``User ID``,
``USERID`` and ``user_id`` are all ``userid``. Beside the name may be a remark, such as ``email (work)``, or
another language, such as ``이메일 (email)``. Nothing is guessed: a name that is nearly right is not one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from liveform.parameters.lookup import vendor_table

if TYPE_CHECKING:
    from liveform.parameters.model import Parameter

_REMARK: Final = re.compile(r"[()\[\]{}<>（）【】［］/|:：\n\r]+")
_CACHED_NAMES: Final = 1024


@lru_cache(maxsize=_CACHED_NAMES)
def meanings(name: str) -> list[Parameter]:
    """Return the parameters that a name could mean: at most one, if it is clear."""
    exact = vendor_table().by_name(name) or vendor_table().by_vendor_name(name)
    whole = _by_compact_name().get(compact(name))
    if exact is not None or whole is not None:
        return [found for found in (exact or whole,) if found is not None]
    parts = [part for part in _REMARK.split(name) if compact(part)]
    found = {part: parameter for part in parts if (parameter := _part_meaning(part)) is not None}
    others = [part for part in parts if part not in found]
    is_clear = parts[:1] == [*found][:1] or not any(re.search("[A-Za-z]", part) for part in others)
    return list({parameter.name: parameter for parameter in found.values()}.values()) if is_clear else []


def compact(name: str) -> str:
    """Return the letters and digits of a name, without case and width."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(filter(str.isalnum, folded))


def _part_meaning(part: str) -> Parameter | None:
    """The parameter of a name or, where it is written in two languages, of its English."""
    english = "".join(filter(str.isascii, part))
    return _by_compact_name().get(compact(part)) or _by_compact_name().get(compact(english))


@cache
def _by_compact_name() -> dict[str, Parameter]:
    rows = vendor_table().rows
    return {compact(name): row for row in rows for name in (row.name, *row.vendor_names)}

"""Reads which token ids of a request failed, and why, from a part of the answer that no page shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

_CODES: Final = ("errorCode", "code", "error", "reason")
_IDS: Final = frozenset(("tokenId", "tokenIds", "token_id", "token_ids", "id", "ids"))
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_FAILED: Final = "failed"


def codes_by_id(details: object, wanted: Container[str], *, skip: Container[str] = ()) -> dict[str, str]:
    """Return the code of each failed token id: ``{"tok_abc123": "invalid_token_id_format"}``.

    It finds an id as text in a list, as a member beside its code, and as the name of a member. The code is
    the one beside the id, or above it, or the name of the list.

    Args:
        details: the member of the answer; any JSON value.
        wanted: the token ids that were sent; no other text counts.
        skip: names of members to leave out.
    """
    found: dict[str, str] = {}
    waiting: list[tuple[object, str]] = [(details, _FAILED)]
    while waiting:
        value, code = waiting.pop()
        if isinstance(value, str) and value in wanted:
            found.setdefault(value, code)
        elif isinstance(value, list):
            waiting += [(item, code) for item in value]
        elif isinstance(value, dict):
            waiting += _inside(value, code, wanted=wanted, skip=skip)
    return found


def _inside(
    members: Mapping[str, object], code: str, *, wanted: Container[str], skip: Container[str]
) -> Iterator[tuple[object, str]]:
    """The values of an object that can hold token ids, each with the code for them."""
    own = next((one for one in (_code(members.get(name), wanted) for name in _CODES) if one), None)
    for name, value in members.items():
        if name in wanted:
            yield name, _code(value, wanted) or own or code
        elif name in _IDS:
            yield value, own or code
        elif name not in _CODES and name not in skip:
            yield value, own or _code(name, wanted) or code


def _code(value: object, wanted: Container[str]) -> str | None:
    if isinstance(value, dict):
        value = next((value[name] for name in _CODES if name in value), None)
    return value if isinstance(value, str) and _CODE.fullmatch(value) and value not in wanted else None

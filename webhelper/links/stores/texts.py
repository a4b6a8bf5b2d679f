"""Texts as every store can keep them."""

from __future__ import annotations

from typing import Final

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"  # in no id of ours


def keepable(text: str) -> str:
    """Return a text with U+FFFD in the place of what some engine refuses: U+0000, and lone surrogates."""
    if text.isascii():
        return text.replace("\0", REPLACEMENT)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", REPLACEMENT)

"""Ids and codes of the vendor's that others send: which of them are kept, for they are kept in clear."""

from __future__ import annotations

import re
from typing import Final

# Anything else could be somebody's name or address.
# The vendor's own ids have 13 to 18 letters, digits and _ (vendor-api section 14.8).
_ID: Final = re.compile(r"[A-Za-z0-9._~-]{1,128}")


def id_or_none(text: str | None) -> str | None:
    """Return a submission id or an error code that somebody sent; None if it has not the form of one."""
    return None if text is None or _ID.fullmatch(text) is None else text

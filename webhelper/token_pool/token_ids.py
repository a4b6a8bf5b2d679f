"""New token ids, in the form that the vendor takes."""

from __future__ import annotations

import secrets
from string import ascii_letters, digits
from typing import TYPE_CHECKING, Final

from webhelper.links.private_mode import TOKEN_ID_CHARS

if TYPE_CHECKING:
    from collections.abc import Callable

_CHARS: Final = ascii_letters + digits  # the vendor also takes - _ . within (vendor page TOK)


def new_token_id(choice: Callable[[str], str] = secrets.choice) -> str:
    """Return a token id of 32 random letters and digits: 190 bits.

    Args:
        choice: returns one character of a text.
    """
    return "".join(choice(_CHARS) for _ in range(TOKEN_ID_CHARS))

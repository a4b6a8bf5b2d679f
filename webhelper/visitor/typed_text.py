"""What a link's address ends with, without the text that a messenger took into it.

Messengers take what is behind a link into it: ``/r/TOKEN에서``, ``/r/TOKEN).``, ``/r/TOKEN&utm_source=x``.
Some put a space or an invisible character in front, or a soft hyphen where they break the line. A token ends
at the first character that is neither a letter nor a digit of ASCII, nor ``=``. One of those more is refused
as before, because it looks like a token that was changed.
"""

import re
from typing import Final

_TOKEN: Final = re.compile(r"[^A-Za-z0-9=/]*([A-Za-z0-9=]+)(?:/*|/?[^A-Za-z0-9=/].*)", re.DOTALL)
_SOFT_HYPHEN: Final = "\xad"
# itsdangerous's parts, with dots between, and one in front if they are compressed
_SIGNED_VALUE: Final = re.compile(r"[^A-Za-z0-9_.-]*([A-Za-z0-9_.-]*[A-Za-z0-9_-])")


def token_in(text: str) -> str:
    """Return the token that ``text`` begins with; all of ``text`` if there is none.

    It is not verified: it is what came, or a part of it.
    """
    found = _TOKEN.fullmatch(text.replace(_SOFT_HYPHEN, ""))
    return text if found is None else found[1]


def signed_value_in(text: str) -> str:
    """Return the signed value that ``text`` begins with; all of ``text`` if there is none."""
    found = _SIGNED_VALUE.match(text.replace(_SOFT_HYPHEN, ""))
    return text if found is None else found[1]

"""The token in the last part of a link's address, without what a messenger hung on it.

Messengers take the text behind a link into it: ``/r/TOKEN에서``, ``/r/TOKEN).``, ``/r/TOKEN&utm_source=x``. A
token ends at the first character that is neither a letter nor a digit of ASCII. A letter or a digit more is
refused as before, because it cannot be told from a token that was changed.
"""

import re
from typing import Final

_ADDRESS: Final = re.compile(r"([A-Za-z0-9=]+)(?:/?|/?[^A-Za-z0-9=/].*)", re.DOTALL)


def token_in(text: str) -> str:
    """Return the token that ``text`` begins with; all of ``text`` if there is none.

    It is not verified: it is what came, or the beginning of it.
    """
    found = _ADDRESS.fullmatch(text)
    return text if found is None else found[1]

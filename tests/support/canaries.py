"""Canaries: values that nobody else has, planted as personal data and secrets, and looked for everywhere.

A value is found in clear in any case, percent-encoded, escaped as in HTML, JSON and ``repr``, in base64 and
base32 wherever it begins in what was encoded, in hexadecimal, and, if it can be guessed, as a bare digest.
"""

from __future__ import annotations

import html
import json
from base64 import b32encode, b64encode, urlsafe_b64encode
from hashlib import md5, sha1, sha256
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, quote_plus

from markupsafe import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SHORTEST: Final = 8  # what is shorter is found by chance
_DIGEST_BYTES: Final = 12  # at least so much of a digest is kept, if one is


class Canaries:
    """The values that were planted, by what they stand for.

    Several values may have one name, such as all link tokens.
    """

    def __init__(self) -> None:
        self._forms: dict[bytes, str] = {}
        self._values: dict[str, list[str]] = {}
        self._searched: dict[bytes, frozenset[str]] = {}

    def add(self, name: str, value: str, *, guessable: bool = False, encoded: bool = True) -> str:
        """Look for a value from now on, and return it.

        Args:
            name: what it stands for.
            value: 8 characters or more.
            guessable: whether it is somebody's data, so that a bare digest of it gives it away.
            encoded: whether it is looked for in every form; else only in clear.
        """
        if len(value) < _SHORTEST:
            raise ValueError(name)
        self._searched.clear()
        forms = forms_of(value) if encoded else {value.encode()}
        for form in (*forms, *(digests_of(value) if guessable else ())):
            self._forms.setdefault(form.lower(), name)
        values = self._values.setdefault(name, [])
        if value not in values:
            values.append(value)
        return value

    def __getitem__(self, name: str) -> str:
        """Return the value of a name that has one; the latest of several."""
        return self._values[name][-1]

    def values(self, name: str) -> tuple[str, ...]:
        """Return all values of a name; none of one that is not planted."""
        return tuple(self._values.get(name, ()))

    @property
    def names(self) -> set[str]:
        """What is looked for."""
        return set(self._values)

    def found_in(self, *places: bytes | str) -> set[str]:
        """Return the names of the values that are in any of these texts or bytes, in any form."""
        return {name for place in places for name in self._names_in(place)}

    def _names_in(self, place: bytes | str) -> frozenset[str]:
        seen = (place.encode(errors="surrogatepass") if isinstance(place, str) else place).lower()
        digest = sha256(seen).digest()  # many answers are the same
        if digest not in self._searched:
            found = frozenset(name for form, name in self._forms.items() if form in seen)
            self._searched[digest] = found
        return self._searched[digest]

    def everything(self) -> str:
        """Return a text with every value in clear."""
        return " ".join(value for values in self._values.values() for value in values)


def forms_of(value: str) -> set[bytes]:
    """Return the forms in which a value gives itself away, to be compared in lower case."""
    raw = value.encode()
    texts = (
        value,
        quote(value),
        quote(value, safe=""),
        quote(quote(value, safe=""), safe=""),
        quote_plus(value),
        html.escape(value),
        str(escape(value)),
        json.dumps(value)[1:-1],
        repr(value)[1:-1],
        raw.hex(),
    )
    found = {text.encode() for text in texts}
    for encode, bits in ((b64encode, 6), (urlsafe_b64encode, 6), (b32encode, 5)):
        found.update(_encoded(raw, encode, bits))
    return found


def _encoded(raw: bytes, encode: Callable[[bytes], bytes], bits: int) -> Iterator[bytes]:
    """Yield what an encoding always has of some bytes, whatever is before and behind them."""
    for before in range(3 if bits == 6 else 5):
        first = -(-before * 8 // bits)
        last = (before + len(raw)) * 8 // bits
        yield encode(b"\0" * before + raw + b"\0" * 15)[first:last]


def digests_of(value: str) -> Iterator[bytes]:
    """Yield bare digests of a value, as bytes, in hexadecimal and in base64."""
    for digest in (sha256, sha1, md5):
        found = digest(value.encode()).digest()[:_DIGEST_BYTES]
        yield found
        yield found.hex().encode()
        yield b64encode(found)
        yield urlsafe_b64encode(found)

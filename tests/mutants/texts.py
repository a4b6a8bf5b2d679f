"""What a text constant may become: a SQL statement is broken in its operators, any other text at its ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_SQL: Final = re.compile(
    r"\b(?:SELECT|WHERE|UPDATE|DELETE FROM|INSERT INTO|CREATE TABLE|AND|DESC|IS (?:NOT )?NULL)\b"
)
_TURNED: Final = {
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "AND": "OR",
    "OR": "AND",
    "IS NULL": "IS NOT NULL",
    "IS NOT NULL": "IS NULL",
    "NOT EXISTS": "EXISTS",
    "DESC": "ASC",
    "max": "min",
    "+ 1": "+ 2",
    " UNIQUE": "",
    " ON DELETE CASCADE": "",
    " STRICT": "",
}
_OPERATOR: Final = re.compile(
    "|".join(
        (r"\b" if sign[0].isalpha() else "") + re.escape(sign) + (r"\b" if sign[-1].isalnum() else "")
        for sign in sorted(_TURNED, key=len, reverse=True)
    )
)


def broken_texts(text: str) -> Iterator[tuple[str, str]]:
    """Yield what happens to ``text``, and the text that it becomes."""
    if _SQL.search(text):
        for match in _OPERATOR.finditer(text):
            start, end = match.span()
            new = _TURNED[match[0]]
            words = f"`{match[0].strip()}` becomes `{new}`" if new else f"`{match[0].strip()}` dropped"
            around = text[:start].rpartition("\n")[2] + text[start:].partition("\n")[0]
            yield f"{words} in `{' '.join(around.split())}`", text[:start] + new + text[end:]
        return
    if text:
        yield f"{_shown(text)} loses its first character", text[1:]
    yield f"{_shown(text)} gains a `~`", text + "~"


def broken_bytes(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what happens to ``data``, and the bytes that it becomes."""
    if data:
        yield f"{_shown(data)} loses its first byte", data[1:]
    yield f"{_shown(data)} gains a `~`", data + b"~"


def _shown(value: str | bytes) -> str:
    shown = repr(value)
    return f"`{shown if len(shown) <= 40 else shown[:36] + '...'}`"

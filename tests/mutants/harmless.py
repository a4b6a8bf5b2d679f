"""Known breaks that do not change behaviour, each with its reason."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.mutants.breaks import Break

FILE: Final = Path(__file__).with_name("harmless.txt")


class Harmless(NamedTuple):
    """The name of a break, and why it changes nothing."""

    module: str
    line: str
    words: str
    reason: str


def read(text: str) -> list[Harmless]:
    """Return the entries of a file: blocks of four lines with an empty line between them.

    Raises:
        ValueError: a block has not the lines ``module:``, ``line:``, ``break:`` and ``reason:``.
    """
    bare = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    return [_entry(block) for block in bare.strip().split("\n\n") if block.strip()]


def _entry(block: str) -> Harmless:
    pairs = [line.partition(": ") for line in block.strip().splitlines()]
    values = [value.strip() for _, _, value in pairs]
    if [name for name, _, _ in pairs] != ["module", "line", "break", "reason"] or not all(values):
        raise ValueError(f"a block must have the lines module, line, break and reason: {block!r}")
    return Harmless(*values)


def without(breaks: Iterable[Break], entries: list[Harmless]) -> list[Break]:
    """Return the breaks that no entry names."""
    known = {entry[:3] for entry in entries}
    return [one for one in breaks if (one.module, one.text, one.words) not in known]


def outdated(breaks: list[Break], entries: list[Harmless]) -> list[Harmless]:
    """Return the entries that name no break, because the code has changed."""
    made = {(one.module, one.text, one.words) for one in breaks}
    return [entry for entry in entries if entry[:3] not in made]

"""Source text -> the small breaks that can be made in it."""

from __future__ import annotations

import ast
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from tests.mutants.rules import changes
from tests.mutants.sites import sites

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Break:
    """One change of one module.

    Attributes:
        module: the path of the module below the root, with ``/``.
        line: the number of the line on which the change begins.
        text: that line, without the white space around it.
        words: what happens there. With ``text`` it names the break, whatever moves around it.
        start, end: the changed bytes of the source.
        new: the text that takes their place.
    """

    module: str
    line: int
    text: str
    words: str
    start: int
    end: int
    new: str

    def apply(self, source: str) -> str:
        """Return the broken source.

        Raises:
            SyntaxError: it is no Python, so that every test would catch it: a fault of the rules.
        """
        data = source.encode()
        broken = (data[: self.start] + self.new.encode() + data[self.end :]).decode()
        compile(broken, self.module, "exec", dont_inherit=True)
        return broken


def breaks_of(module: str, source: str) -> list[Break]:
    """Return every break of a module, from top to bottom."""
    lines = source.encode().splitlines(keepends=True)
    starts = [0, *accumulate(len(line) for line in lines)]
    seen: Counter[tuple[str, str]] = Counter()
    breaks = []
    for place, words, new in sorted(_changes(ast.parse(source)), key=lambda change: _place(change[0])):
        text = lines[place.lineno - 1].decode().strip()
        seen[text, words] += 1
        count = seen[text, words]
        breaks.append(
            Break(
                module=module,
                line=place.lineno,
                text=text,
                words=words if count == 1 else f"{words} ({count})",
                start=starts[place.lineno - 1] + place.col_offset,
                end=starts[place.end_lineno - 1] + place.end_col_offset,
                new=new,
            )
        )
    return breaks


def _place(node: Any) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _changes(tree: ast.Module) -> Iterator[tuple[Any, str, str]]:
    """Yield the node that is written anew, what happens, and its new text."""
    for site in sites(tree):
        for words, changed in changes(site.node):
            if site.whole is None:
                yield site.node, words, _written(changed)
            else:
                yield site.whole, words, _written(deepcopy(site.whole, {id(site.node): changed}))


def _written(node: ast.AST) -> str:
    text = ast.unparse(node)
    return f"({text})" if isinstance(node, ast.expr) else text

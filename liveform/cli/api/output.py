"""Answers of the vendor -> text for people, JSON for programs; personal data only if asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from liveform.cli.api.privacy import redact
from liveform.cli.commands import CommandOutput
from liveform.wire.json_object import printable

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Iterator

_NOT_SHOWN = "not_shown"


class ListOutput(NamedTuple):
    """What a list prints, one item after the other as the pages come in.

    With ``--json`` it is one array, each item on a line of its own. If a later page fails, the array is not
    closed, so that no program takes a part for the whole.

    Attributes:
        items: the vendor's objects.
        show_all: whether personal data is shown.
        none: the text for people if there is no item.
    """

    items: Iterable[Mapping[str, Any]]
    show_all: bool
    none: str
    exit_code: int = 0
    stream: Literal["stdout", "stderr"] = "stdout"

    def lines(self, *, as_json: bool) -> Iterator[str]:
        """Yield what is printed; nothing before the first page has come."""
        return self._json_lines() if as_json else self._text_lines()

    def _json_lines(self) -> Iterator[str]:
        before = ""
        for item in self.items:
            text = json.dumps(as_data(item, show_all=self.show_all))
            yield before or "["
            before = f"{text},"
            last = text
        yield from ([last, "]"] if before else ["[]"])

    def _text_lines(self) -> Iterator[str]:
        empty = True
        for item in self.items:
            if self.show_all:
                yield ("" if empty else "\n") + as_text(item, show_all=True)
            else:
                yield "  ".join(f"{name}={value}" for name, value in _flat(redact(item).shown))
            empty = False
        if empty:
            yield self.none


def show(value: Mapping[str, Any], arguments: Namespace, *, headline: str = "") -> CommandOutput:
    """Return the output for one answer; ``headline`` is a first line for people."""
    show_all = bool(arguments.show_personal_data)
    text = as_text(value, show_all=show_all)
    return CommandOutput("\n".join(filter(None, (headline, text))), as_data(value, show_all=show_all))


def as_data(value: Mapping[str, Any], *, show_all: bool) -> dict[str, Any]:
    """Return what ``--json`` prints of an answer: all, or what is about nobody and the names of the rest."""
    if show_all:
        return dict(value)
    shown, hidden = redact(value)
    return {**shown, _NOT_SHOWN: list(hidden)} if hidden else shown


def as_text(value: Mapping[str, Any], *, show_all: bool) -> str:
    """Return an answer as lines of name and value."""
    shown, hidden = (value, ()) if show_all else redact(value)
    rows = list(_flat(shown))
    width = max((len(name) for name, _ in rows), default=0)
    lines = [f"{name:<{width}}  {text}" for name, text in rows]
    if hidden:
        lines.append(f"not shown: {', '.join(hidden)} (--show-personal-data shows them)")
    return "\n".join(lines)


def _flat(members: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each value with its path: ``kyc.result``, ``kyc.attempts[0].retryCode``."""
    for name, value in members.items():
        yield from _flat_value(printable(path + name).replace("\n", " "), value)


def _flat_value(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        yield from _flat(value, f"{path}.")
    elif isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value):
        for number, item in enumerate(value):
            yield from _flat_value(f"{path}[{number}]", item)
    elif isinstance(value, list):
        yield path, ", ".join(map(_scalar, value))
    else:
        yield path, _scalar(value)


def _scalar(value: object) -> str:
    return value if isinstance(value, str) and value.isprintable() else printable(json.dumps(value))

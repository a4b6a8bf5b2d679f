"""What is said of one form URL."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NamedTuple

from liveform.explain.rules import NOT_OPENED, Rule, Severity
from liveform.parameters.model import Pipeline  # noqa: TC001 - for hints at run time
from liveform.wire.json_object import JsonValue, printable


@dataclass(frozen=True, slots=True)
class Seen:
    """A parameter that the vendor will act on. Its repr does not show the value."""

    name: str
    value: JsonValue
    encrypted: bool
    about: str = ""

    def __repr__(self) -> str:
        return f"Seen({self.name!r}, encrypted={self.encrypted})"


@dataclass(frozen=True, slots=True)
class Ignored:
    """A parameter without effect, and why."""

    name: str
    encrypted: bool
    why: str


class Finding(NamedTuple):
    """What is wrong with a URL, by a rule.

    Attributes:
        rule: whose id stays the same.
        message: a sentence that names parameters but shows no values.
        name: the parameter as the URL spells it; None if it is about the URL.
        encrypted: whether the parameter is inside ``encrypted``.
    """

    rule: Rule
    message: str
    name: str | None = None
    encrypted: bool = False

    def as_data(self) -> dict[str, object]:
        """Return the finding for JSON."""
        return {
            "rule": self.rule.id,
            "name": self.rule.name,
            "severity": self.rule.severity.value,
            "message": self.message,
            "parameter": self.name,
            "encrypted": self.encrypted,
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the vendor makes of a form URL, by its documents (QS, ENC, DP, INJ).

    Attributes:
        pipeline: which form opens.
        pid: the project id in the URL; None if there is none.
        seen: what the vendor will act on, in the order of the URL.
        ignored: what has no effect, with the reason.
        problems: what will go wrong, in sentences that name parameters but show no values.
        findings: all of this, and what else is worth a look, by rules with stable ids (docs/explain.md).

    The repr shows no values; ``to_text()`` shows them, for a developer's own eyes.
    """

    pipeline: Pipeline
    pid: str | None
    seen: tuple[Seen, ...]
    ignored: tuple[Ignored, ...]
    problems: tuple[str, ...]
    findings: tuple[Finding, ...] = ()

    def to_text(self) -> str:
        """Return a page for the terminal, with values."""
        lines = [f"pipeline  {self.pipeline.value}", f"pid       {_shown(self.pid or '(missing)')}"]
        lines += [
            f"seen      {_shown(seen.name)} = {_shown(seen.value)}{'  (encrypted)' if seen.encrypted else ''}"
            for seen in self.seen
        ]
        lines += [f"ignored   {_shown(ignored.name)}: {ignored.why}" for ignored in self.ignored]
        lines += [f"problem   {problem}" for problem in self.problems]
        said = {*self.problems, *map(shown_message, self.ignored)}
        lines += [
            f"{finding.rule.severity.value:<9} {finding.message}"
            for finding in self.findings
            if finding.message not in said
            and (finding.rule.severity is not Severity.NOTE or finding.rule is NOT_OPENED)
        ]
        return "\n".join(lines)


def shown_message(ignored: Ignored) -> str:
    """Return what the finding of an ignored parameter says."""
    return f"{_shown(ignored.name)}: {ignored.why}"


def _shown(value: JsonValue) -> str:
    return printable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).replace(
        "\n", "\\n"
    )

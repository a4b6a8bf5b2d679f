"""What was found in files: findings with their places, and how they are written for people and programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence  # noqa: TC003 - for hints at run time
from typing import NamedTuple
from urllib.parse import quote

from liveform.explain.rules import RULES, Rule, Severity
from liveform.wire.json_object import printable

SARIF_VERSION = "2.1.0"
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


class LintFinding(NamedTuple):
    """One finding.

    Attributes:
        rule: whose id stays the same.
        message: a sentence without any value.
        path: of the file, as it was given or found; None for a URL that is in no file.
        line, column: where it is, both from 1; a column counts characters.
    """

    rule: Rule
    message: str
    path: str | None
    line: int = 1
    column: int = 1

    def to_text(self) -> str:
        """Return one line for the terminal."""
        where = "" if self.path is None else f"{printable(self.path)}:{self.line}:{self.column}: "
        return f"{where}{self.rule.severity.value} {self.rule.id} {printable(self.message)}".replace(
            "\n", " "
        )

    def as_data(self) -> dict[str, object]:
        """Return the finding for JSON."""
        return {
            "rule": self.rule.id,
            "name": self.rule.name,
            "severity": self.rule.severity.value,
            "message": self.message,
            "path": self.path,
            "line": self.line,
            "column": self.column,
        }


class LintReport(NamedTuple):
    """What was found in all files.

    Attributes:
        findings: by path and place.
        files: how many files were read.
    """

    findings: Sequence[LintFinding]
    files: int

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found but notes."""
        return all(finding.rule.severity is Severity.NOTE for finding in self.findings)

    def to_text(self) -> str:
        """Return one line for each finding, and one that counts them."""
        counts = Counter(finding.rule.severity for finding in self.findings)
        said = ", ".join(
            _counted(counts[severity], severity.value) for severity in Severity if counts[severity]
        )
        lines = [finding.to_text() for finding in self.findings]
        return "\n".join([*lines, f"{said or 'nothing found'} ({_counted(self.files, 'file')} read)"])

    def as_data(self) -> dict[str, object]:
        """Return the report for JSON."""
        counts = Counter(finding.rule.severity for finding in self.findings)
        return {
            "findings": [finding.as_data() for finding in self.findings],
            **{f"{severity.value}s": counts[severity] for severity in Severity},
            "files": self.files,
        }

    def as_sarif(self, version: str) -> dict[str, object]:
        """Return the report in SARIF 2.1.0 (OASIS, 2020), for code hosts.

        Args:
            version: of liveform.
        """
        rules = [rule for rule in RULES if any(finding.rule is rule for finding in self.findings)]
        driver = {"name": "liveform", "version": version, "rules": [_rule(rule) for rule in rules]}
        results = [_result(finding, rules.index(finding.rule)) for finding in self.findings]
        run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
        return {"$schema": _SCHEMA, "version": SARIF_VERSION, "runs": [run]}


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.about},
        "help": {"text": rule.repair},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _result(finding: LintFinding, index: int) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": finding.rule.id,
        "ruleIndex": index,
        "level": finding.rule.severity.value,
        "message": {"text": finding.message},
    }
    if finding.path is not None:
        uri = quote(finding.path.replace("\\", "/"), safe="/", errors="surrogateescape")
        region = {"startLine": finding.line, "startColumn": finding.column}
        location = {"artifactLocation": {"uri": uri}, "region": region}
        result["locations"] = [{"physicalLocation": location}]
    return result

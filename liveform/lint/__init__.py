"""Files -> hand-made URLs of the form in them, and what is wrong with each.

Source code, templates, logs and HAR files are read as text. What is certain of a URL is checked by the rules
of ``liveform.explain``; what a program puts in at run time is left open. No value and no key is shown.
"""

from __future__ import annotations

import bisect
import os  # noqa: TC003 - for hints at run time
import re
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from liveform.errors import FieldError
from liveform.explain import rules
from liveform.explain.knowledge import NOTHING_KNOWN, Knowledge
from liveform.explain.reader import UrlReader
from liveform.lint.files import files_at
from liveform.lint.keys import key_places
from liveform.lint.languages import language_of
from liveform.lint.report import LintFinding, LintReport
from liveform.lint.source_urls import SourceUrls
from liveform.lint.template import template_of
from liveform.tracebacks import strips_traceback

if TYPE_CHECKING:
    from liveform.lint.files import FileToRead
    from liveform.lint.template import UrlTemplate


__all__ = ["LintFinding", "LintReport", "lint_paths", "lint_text"]

_SUBJECT: Final = re.compile(r"argos|liveform", re.IGNORECASE)
_IGNORED: Final = re.compile(r"liveform:\s*ignore(?:\[([A-Z0-9, ]*)\])?")
_KEY_MESSAGE: Final = "what is written here has the shape of a vendor's key: 40 letters and digits"


@strips_traceback
def lint_paths(paths: Iterable[str | os.PathLike[str]], *, known: Knowledge = NOTHING_KNOWN) -> LintReport:
    """Return what is found in files, and in the files of folders.

    Args:
        paths: of files and folders.
        known: what is known of the project; nothing by default.

    Raises:
        FieldError: not a list of paths, a path is not there, or ``known`` is something else.
    """
    if isinstance(paths, str | bytes) or not isinstance(paths, Iterable):
        raise FieldError("paths", "must be a list of paths")
    _check_known(known)
    findings: list[LintFinding] = []
    files = 0
    for file in files_at(paths):
        text = _text_of(file, findings)
        if text is not None:
            files += 1
            findings += lint_text(text, str(file.path), known=known)
    return LintReport(findings, files)


def _check_known(known: object) -> None:
    if not isinstance(known, Knowledge):
        raise FieldError("known", "must be a Knowledge of liveform.explain.knowledge, or left out")


def _text_of(file: FileToRead, findings: list[LintFinding]) -> str | None:
    try:
        return file.text()
    except OSError:
        message = "the file cannot be read, or is too large; name a part of it"
        findings.append(LintFinding(rules.NOT_READ, message, str(file.path)))
        return None


@strips_traceback
def lint_text(text: str, path: str, *, known: Knowledge = NOTHING_KNOWN) -> list[LintFinding]:
    """Return what is found in the text of a file, in the order of places.

    Args:
        text: of the file.
        path: its name, whose ending says the language.
        known: what is known of the project; nothing by default.

    Raises:
        FieldError: ``text`` or ``path`` is not text, or ``known`` is something else.
    """
    _check_known(known)
    if not isinstance(text, str) or not isinstance(path, str):
        raise FieldError("text", "must be text, and so must its path")
    if _SUBJECT.search(text) is None:
        return []
    lines = [0, *(match.end() for match in re.finditer(r"\n", text))]
    found: set[LintFinding] = set()
    language, texts = language_of(path), set()
    for pieces in SourceUrls(text, language):
        template = None if language.is_text and pieces.text in texts else template_of(pieces)
        texts.add(pieces.text)  # a HAR file has each URL many times, as the referrer of what follows
        if template is not None:
            found.update(_findings_of(template, known, path, lines))
    found.update(_at(rules.COMMITTED_KEY, _KEY_MESSAGE, path, lines, start) for start, _ in key_places(text))
    ignored = _ignored_rules(text, lines, {each.line for each in found})
    return sorted((each for each in found if not _is_ignored(each, ignored)), key=_order)


def _findings_of(
    template: UrlTemplate, known: Knowledge, path: str, lines: list[int]
) -> Iterator[LintFinding]:
    for finding in UrlReader(template.url, known, now=time.time()).explanation().findings:
        place = template.names.get(finding.name or "", template.start)
        yield _at(finding.rule, finding.message, path, lines, place)


def _at(rule: rules.Rule, message: str, path: str, lines: list[int], place: int) -> LintFinding:
    line = bisect.bisect_right(lines, place)
    return LintFinding(rule, message, path, line, place - lines[line - 1] + 1)


def _ignored_rules(text: str, lines: list[int], numbers: set[int]) -> dict[int, str | None]:
    """Return what lines ignore: ids of rules, or None for all. A line is searched once, however long."""
    ignored: dict[int, str | None] = {}
    for number in numbers:
        end = lines[number] if number < len(lines) else len(text)
        said = _IGNORED.search(text, lines[number - 1], end)
        if said is not None:
            ignored[number] = said[1]
    return ignored


def _is_ignored(finding: LintFinding, ignored: dict[int, str | None]) -> bool:
    """Whether the line says ``liveform: ignore``, or ``liveform: ignore[LF201]``."""
    rules_there = ignored.get(finding.line, "")
    return rules_there is None or finding.rule.id in rules_there


def _order(finding: LintFinding) -> tuple[int, int, str, str]:
    return finding.line, finding.column, finding.rule.id, finding.message

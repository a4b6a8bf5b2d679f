"""``liveform explain`` and ``liveform lint``: what the vendor makes of a URL, and of those in files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from liveform.cli import inputs
from liveform.cli.commands import CommandOutput
from liveform.cli.parser import KEY_HELP
from liveform.errors import ConfigError, FieldError, MalformedError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from liveform.explain import Explanation
    from liveform.lint import LintReport

_STDIN: Final = "-"
_OF_URLS: Final = ("://", r":\/\/")  # the second in JSON
_NO_INPUT: Final = "must be a URL, with https:// in front, or a file or folder that is there"
_EXPLAIN: Final = f"""\
No settings are needed. With those of the project, the encrypted parameter is opened
too. Of a file or a folder, such as a HAR file, a log or source code, it prints what
`liveform lint` prints, and its exit code is 1 if something is found.

{KEY_HELP}"""
_LINT: Final = """\
Each finding has a rule with a stable id: docs/explain.md. A line that says
`liveform: ignore` or `liveform: ignore[LF201]` is left alone. No value is shown.
Exit codes: 0 nothing found (or only notes), 1 something found, 2 wrong usage."""


class Sarif(NamedTuple):
    """What is printed with ``--sarif``."""

    data: dict[str, object]
    exit_code: int
    stream: Literal["stdout", "stderr"] = "stdout"

    def lines(self, *, as_json: bool) -> Iterator[str]:  # noqa: ARG002 - it is JSON in any case
        """Yield the whole log."""
        yield json.dumps(self.data, indent=2)


def add_explain(sub: ArgumentParser) -> None:
    """Add what ``explain`` takes, but for the options of the project."""
    sub.epilog = _EXPLAIN
    sub.add_argument("input", metavar="URL", help="a URL, a file or a folder; - reads stdin")
    _add_sarif(sub)


def add_lint(sub: ArgumentParser) -> None:
    """Add what ``lint`` takes."""
    sub.epilog = _LINT
    sub.add_argument(
        "paths", metavar="PATH", nargs="*", help="files, folders or URLs (the current folder); - reads stdin"
    )
    _add_sarif(sub)


def _add_sarif(sub: ArgumentParser) -> None:
    sub.add_argument("--sarif", action="store_true", help="print SARIF 2.1.0, for code hosts")


def explain(arguments: Namespace) -> CommandOutput | Sarif:
    """Say what the vendor makes of a URL, or what is found in a file."""
    is_stdin = arguments.input == _STDIN
    if is_stdin and arguments.key_file == _STDIN:
        raise ConfigError(("--key-file", "cannot read stdin too; the input does"))
    text = inputs.given_input(arguments)
    if is_stdin and "\n" in text:
        return _reported(arguments, _of_text(text))
    if not _is_url(text) or (not is_stdin and _is_there(text)):
        if is_stdin or not _is_there(text):
            raise MalformedError(_NO_INPUT)
        return _reported(arguments, _of_paths([text]))
    explanation = _explained(text, arguments)
    if arguments.sarif:
        return _reported(arguments, _of_urls([explanation]))
    from dataclasses import asdict  # which the other commands do without

    data = {**asdict(explanation), "findings": [finding.as_data() for finding in explanation.findings]}
    return CommandOutput(explanation.to_text(), data)


def lint(arguments: Namespace) -> CommandOutput | Sarif:
    """Say what is wrong with the URLs in files."""
    from liveform.explain import explain_url
    from liveform.lint import LintReport
    from liveform.lint.files import MAX_NAMED_BYTES

    paths = arguments.paths or ["."]
    urls = [path for path in paths if _is_url(path) and not _is_there(path)]
    if _STDIN in paths and len(paths) > 1:
        raise FieldError("PATH", "- reads stdin, and stands alone")
    if paths == [_STDIN]:
        return _reported(arguments, _of_text(inputs.read_stdin(MAX_NAMED_BYTES)))
    found = _of_urls([explain_url(url) for url in urls])
    in_files = _of_paths([path for path in paths if path not in urls])
    return _reported(arguments, LintReport([*found.findings, *in_files.findings], in_files.files))


def _explained(url: str, arguments: Namespace) -> Explanation:
    """The explanation, with the settings of the project if there are some."""
    from liveform.explain import explain_url

    alone = explain_url(url)  # which says what is wrong with the URL, before settings are looked for
    project = inputs.project_of_url(arguments, alone.pid)
    return alone if project is None else project.explain(url)


def _is_url(text: str) -> bool:
    return any(part in text for part in _OF_URLS)


def _is_there(path: str) -> bool:
    try:
        return path != "" and Path(path).exists()
    except (OSError, ValueError):  # too long, or with a NUL
        return False


def _of_paths(paths: list[str]) -> LintReport:
    from liveform.lint import lint_paths

    try:
        return lint_paths(paths)
    except FieldError as error:
        raise FieldError("PATH", error.problem) from None


def _of_text(text: str) -> LintReport:
    from liveform.lint import LintReport, lint_text

    return LintReport(lint_text(text, "stdin.txt"), 1)


def _of_urls(explanations: list[Explanation]) -> LintReport:
    from liveform.lint import LintFinding, LintReport

    found = [finding for explanation in explanations for finding in explanation.findings]
    return LintReport([LintFinding(finding.rule, finding.message, None) for finding in found], 0)


def _reported(arguments: Namespace, report: LintReport) -> CommandOutput | Sarif:
    exit_code = 0 if report.is_clean else 1
    if not arguments.sarif:
        return CommandOutput(report.to_text(), report.as_data(), exit_code)
    from importlib.metadata import version

    data: dict[str, Any] = report.as_sarif(version("liveform"))
    return Sarif(data, exit_code)

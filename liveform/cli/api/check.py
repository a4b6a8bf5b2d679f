"""``liveform check``: the dashboard's settings against ours."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from liveform.cli import inputs
from liveform.cli.api.connect import check_installed, client_of
from liveform.cli.commands import CommandOutput

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable

    from liveform.rest.check.project import CheckFinding

HELP: Final = "hold the dashboard's settings against ours, and say what to change"
EPILOG: Final = """\
The API key is never an option. It comes from LIVEFORM_API_KEY, from
--api-key-file FILE (- for stdin) or from the settings file, as the key of
URLs and returns comes from LIVEFORM_KEY or --key-file.
Exit codes: 0 nothing is to do, 1 something is, 2 wrong usage or settings."""
_LABELS: Final = {"ok": "ok", "to_do": "to do", "note": "note"}


def add_options(sub: ArgumentParser) -> None:
    """Add the options of the command, but for those of the project."""
    group = sub.add_argument_group("what the dashboard should say")
    group.add_argument("--return-url", metavar="URL", help="the Return URL")
    group.add_argument("--webhook-url", metavar="URL", help="the webhook URL")
    group.add_argument(
        "--state-field",
        choices=("cf1", "cf2", "cf3", "none"),
        default="cf3",
        help="the custom field that carries the signed state (cf3)",
    )
    group.add_argument(
        "--admin",
        action="append",
        default=[],
        metavar="EMAIL",
        help="an administrator whom API calls name; may be given several times",
    )


def check(arguments: Namespace) -> CommandOutput:
    """Compare; exit code 1 if something is to do."""
    check_installed()
    from liveform.rest.check.project import WantedSettings, check_project

    wanted = WantedSettings(
        return_url=arguments.return_url,
        webhook_url=arguments.webhook_url,
        state_field=None if arguments.state_field == "none" else arguments.state_field,
        admins=tuple(arguments.admin),
    )
    project = inputs.project(arguments, any_pid=True)
    with client_of(project) as client:
        findings = check_project(project, client, wanted)
    to_do = sum(finding.verdict == "to_do" for finding in findings)
    return CommandOutput(_text(findings, to_do), _data(findings, to_do), exit_code=1 if to_do else 0)


def _text(findings: Iterable[CheckFinding], to_do: int) -> str:
    lines = []
    for finding in findings:
        label = f"{_LABELS[finding.verdict]:<5}  "
        lines.append(f"{label}{finding.name}: {finding.text}")
        if finding.where is not None:
            lines.append(textwrap.indent(f"in {finding.where}", " " * len(label)))
    lines.append(f"{to_do} to do" if to_do else "nothing to do")
    return "\n".join(lines)


def _data(findings: Iterable[CheckFinding], to_do: int) -> dict[str, object]:
    return {
        "to_do": to_do,
        "findings": [
            {"name": one.name, "verdict": one.verdict, "text": one.text, "where": one.where}
            for one in findings
        ],
    }

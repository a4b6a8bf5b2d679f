"""``liveform aml``: screen a submission against watch lists, and keep it under monitoring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveform.cli.api.confirm import add_yes, confirm
from liveform.cli.api.output import show
from liveform.cli.api.saved import add_output, saved
from liveform.cli.commands import CommandOutput

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from liveform.cli.api.noun import Noun
    from liveform.rest.client import Client


def add_commands(noun: Noun) -> None:
    """Add the commands below ``aml``."""
    sub = noun.command("run", run, "screen a submission", takes="SUBMISSION_ID", personal=True)
    sub.add_argument("submission_id", metavar="SUBMISSION_ID", help="the vendor's submission_id")
    sub.add_argument(
        "--threshold", type=float, metavar="N", help="needed if the dashboard has no watch-list score"
    )
    sub = noun.command("report", report, "write the PDF report of a screening to a file", takes="RESOURCE_ID")
    sub.add_argument("resource_id", metavar="RESOURCE_ID", help="from `submissions get --part aml`")
    add_output(sub)
    sub = noun.command(
        "monitor-add",
        monitor_add,
        "put 1 to 25 submissions under monitoring",
        takes="WORKLIST_ID SUBMISSION_ID...",
        personal=True,
    )
    _add_worklist(sub)
    sub.add_argument("submission_ids", metavar="SUBMISSION_ID", nargs="+", help="an approved submission")
    _add_admin(sub)
    sub = noun.command(
        "monitor-get", monitor_get, "read a record", takes="WORKLIST_ID RECORD_ID", personal=True
    )
    _add_worklist(sub)
    sub.add_argument("record_id", metavar="RECORD_ID", help="from monitor-add or a webhook")
    sub = noun.command(
        "monitor-remove",
        monitor_remove,
        "end the monitoring of 1 to 25 records",
        takes="WORKLIST_ID RECORD_ID...",
    )
    _add_worklist(sub)
    sub.add_argument("record_ids", metavar="RECORD_ID", nargs="+", help="from monitor-add or a webhook")
    _add_admin(sub)
    add_yes(sub)


def _add_worklist(sub: ArgumentParser) -> None:
    sub.add_argument("worklist_id", metavar="WORKLIST_ID", help="from the dashboard, or a webhook")


def _add_admin(sub: ArgumentParser) -> None:
    sub.add_argument("--admin", metavar="EMAIL", required=True, help="e-mail of an administrator")


def run(client: Client, arguments: Namespace) -> CommandOutput:
    """Screen a submission."""
    return show(client.aml.run(arguments.submission_id, threshold=arguments.threshold).raw, arguments)


def report(client: Client, arguments: Namespace) -> CommandOutput:
    """Write the report to a file."""
    client.aml.save_report(arguments.output, arguments.resource_id)
    return saved(arguments)


def monitor_add(client: Client, arguments: Namespace) -> CommandOutput:
    """Put submissions under monitoring; exit code 1 if the vendor refused some of them."""
    added = client.aml.monitor_add(arguments.worklist_id, arguments.submission_ids, admin=arguments.admin)
    output = show(added.raw, arguments)
    return output._replace(exit_code=1 if added.failures else 0)


def monitor_get(client: Client, arguments: Namespace) -> CommandOutput:
    """Read a record."""
    return show(client.aml.monitor_get(arguments.worklist_id, arguments.record_id).raw, arguments)


def monitor_remove(client: Client, arguments: Namespace) -> CommandOutput:
    """End the monitoring of records."""
    confirm(arguments, f"End the monitoring of {len(arguments.record_ids)} records?")
    client.aml.monitor_remove(arguments.worklist_id, arguments.record_ids, admin=arguments.admin)
    return CommandOutput(
        f"removed: {', '.join(arguments.record_ids)}", {"removed": list(arguments.record_ids)}
    )

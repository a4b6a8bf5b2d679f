"""``check_project``: holds the settings of the dashboard against those of a ``Project``."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - for hints at run time
from dataclasses import replace
from typing import Final

from liveform.data_transfer import is_envelope
from liveform.errors import FieldError, MalformedError, VendorError
from liveform.rest.check.rules import check_settings, transfer_finding
from liveform.rest.check.values import (
    CheckedProject,
    CheckFinding,
    TransferSeen,
    WantedSettings,
    check_arguments,
)
from liveform.rest.client import Client
from liveform.rest.operation import Answer, Operation, Steps
from liveform.rest.operations import project_settings
from liveform.wire.json_object import read_json

__all__ = ["CheckFinding", "WantedSettings", "check_project", "check_settings", "check_steps"]

_NOBODY: Final = {"submission_id": "liveform-check"}  # no submission has this id
_NOT_OPENED: Final = "Decryption is Failed"  # row 3.9, vendor page PATCH


def check_project(
    project: CheckedProject, client: Client, wanted: WantedSettings | None = None
) -> list[CheckFinding]:
    """Read the project's settings by API, and return all findings, in the order of the guide's steps.

    Args:
        project: ours.
        client: a client with the project's API key.
        wanted: what the dashboard should say, as far as the project does not say it.

    Raises:
        VendorError: the settings cannot be read.
        FieldError: an argument is something else; of an ``AsyncClient``, await ``run(check_steps(project))``.
    """
    if not isinstance(client, Client):
        raise FieldError("client", "must be a Client; an AsyncClient runs check_steps(project) instead")
    return client.run(check_steps(project, wanted))


def check_steps(project: CheckedProject, wanted: WantedSettings | None = None) -> Steps[list[CheckFinding]]:
    """Return the steps of ``check_project``, for ``run`` of either client; errors as there."""
    check_arguments(project, wanted)
    wanted = WantedSettings() if wanted is None else wanted
    seen = yield from _look_at_transfer(project)
    try:
        settings = yield project_settings.settings()
    except VendorError:
        found = transfer_finding(project, seen)
        if found.verdict != "to_do":
            raise
        return [found]  # which is why they cannot be read
    return check_settings(settings, project, replace(wanted, transfer_seen=seen))


def _look_at_transfer(project: CheckedProject) -> Steps[TransferSeen | None]:
    """Make calls about nobody that Secure Data Transfer covers (rows 2.13, 10.7), until one tells.

    No page shows how the vendor answers the first, a project without private mode may refuse the second, and
    one without Secure Data Transfer may refuse what is encrypted. So none of them must succeed.
    """
    probes = [_probe("/submission", _NOBODY), _probe("/submission/tokens", {"type": "count"})]
    if project.transfer is not None:
        probes += [replace(probe, transfer=False) for probe in probes]
    for probe in probes:
        try:
            seen: TransferSeen | None = yield probe
        except VendorError as error:
            if _NOT_OPENED in error.problem:
                return "not_opened"
        else:
            return seen
    return None


def _probe(path: str, query: Mapping[str, str]) -> Operation[TransferSeen | None]:
    """A call whose answer is taken as a file, since a client decrypts a JSON answer and does not tell."""
    return Operation(
        name="project.check",
        method="GET",
        path=path,
        query=query,
        read=_seen_in,
        repeatable=True,
        transfer=True,
        is_file=True,
    )


def _seen_in(answer: Answer) -> TransferSeen | None:
    try:
        return "encrypted" if is_envelope(read_json(answer.content)) else "plain"
    except MalformedError:
        return None

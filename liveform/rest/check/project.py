"""``check_project``: holds the settings of the dashboard against those of a ``Project``."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from liveform.data_transfer import is_envelope
from liveform.errors import MalformedError, VendorError
from liveform.rest.check.rules import check_settings, transfer_finding
from liveform.rest.check.values import CheckFinding, WantedSettings
from liveform.rest.operation import Operation
from liveform.rest.operations import project_settings
from liveform.wire.json_object import read_json

if TYPE_CHECKING:
    from liveform.rest.check.values import CheckedProject
    from liveform.rest.client import Client
    from liveform.rest.operation import Answer, Steps

__all__ = ["CheckFinding", "WantedSettings", "check_project", "check_settings", "check_steps"]


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
    """
    return client.run(check_steps(project, wanted))


def check_steps(project: CheckedProject, wanted: WantedSettings | None = None) -> Steps[list[CheckFinding]]:
    """Return the steps of ``check_project``, for ``run`` of either client."""
    wanted = WantedSettings() if wanted is None else wanted
    encrypted: bool | None = None
    with suppress(VendorError):  # then nobody knows; whether the API answers at all, the settings tell
        encrypted = yield _probe()
    try:
        settings = yield project_settings.settings()
    except VendorError:
        found = transfer_finding(project, encrypted)
        if found.verdict != "to_do":
            raise
        return [found]  # which is why they cannot be read
    return check_settings(settings, project, replace(wanted, encrypted=encrypted))


def _probe() -> Operation[bool]:
    """A call that Secure Data Transfer covers (vendor-api row 10.7) and that is about nobody.

    It takes the answer as a file, since a client decrypts a JSON answer and does not tell.
    """
    return Operation(
        name="project.check",
        method="GET",
        path="/submission/tokens",
        query={"type": "count"},
        read=_is_encrypted,
        repeatable=True,
        transfer=True,
        is_file=True,
    )


def _is_encrypted(answer: Answer) -> bool:
    try:
        return is_envelope(read_json(answer.content))
    except MalformedError:
        return False

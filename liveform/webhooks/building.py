"""Events as the vendor would send them: test input for ``read_event`` and for receivers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liveform.errors import FieldError, nearest, shown
from liveform.project import Project
from liveform.tracebacks import strips_traceback
from liveform.webhooks.event import TRIGGER
from liveform.webhooks.triggers import EVENTS
from liveform.wire.json_object import write_object


@strips_traceback
def build_event(
    trigger: str,
    members: Mapping[str, Any],
    project: Project,
    *,
    encrypt: bool | None = None,
    allow_unknown: bool = False,
) -> bytes:
    """Return the body of a webhook as the vendor would send it.

    Args:
        trigger: what happened, such as ``"approved"``; ``EVENTS`` has them all.
        members: the other members by the vendor's names, such as ``{"submission_id": "..."}``. They are not
            checked, so that odd ones can be tested too.
        project: the project that receives it.
        encrypt: True encrypts as Secure Data Transfer does, False does not; None takes what the project's
            ``secure_data_transfer`` says.
        allow_unknown: whether the trigger may be one that liveform does not know.

    Raises:
        FieldError: an unknown trigger, members that are not JSON or name a trigger, or ``encrypt=True`` for
            a project without ``secure_data_transfer``.

    >>> build_event("aml", {"submission_id": "kz3m1x9q2w8ab"}, Project("abc123de45"))
    b'{"webhook_trigger":"aml","submission_id":"kz3m1x9q2w8ab"}'
    """
    if not isinstance(project, Project):
        raise FieldError("project", "must be a Project")
    if not isinstance(members, Mapping):
        raise FieldError("members", "must be a mapping of the vendor's names to JSON values")
    if TRIGGER in members:
        raise FieldError(TRIGGER, "is the first argument, and not one of the members")
    event = {TRIGGER: _checked_trigger(trigger, allow_unknown=allow_unknown), **members}
    plain = write_object(event)
    if encrypt is True and project.transfer is None:
        raise FieldError("encrypt", "True needs a project with secure_data_transfer")
    if encrypt is False or project.transfer is None:
        return plain
    return write_object(project.transfer.encrypt_answer(event))


def _checked_trigger(trigger: object, *, allow_unknown: bool) -> str:
    if not isinstance(trigger, str) or not trigger:
        raise FieldError("trigger", "must be text, and not empty")
    if trigger in EVENTS or allow_unknown:
        return trigger
    meant = nearest(trigger, EVENTS)
    hint = f"did you mean {meant}?" if meant else f"known are {', '.join(EVENTS)};"
    raise FieldError("trigger", f"{shown(trigger)!r} is not known; {hint} allow_unknown=True builds it")

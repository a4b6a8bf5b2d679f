"""The body of a webhook -> a typed event."""

from __future__ import annotations

from typing import Final

from liveform.data_transfer import is_envelope
from liveform.errors import ConfigError, FieldError, MalformedError, UnexpectedValueError
from liveform.project import Project
from liveform.tracebacks import strips_traceback
from liveform.webhooks.bodies import body_text, encrypted_text, read_json_text
from liveform.webhooks.event import TRIGGER, Event
from liveform.webhooks.other_events import UnknownEvent
from liveform.webhooks.triggers import EVENTS
from liveform.wire.json_object import JsonValue  # noqa: TC001 - for hints at run time

_SETTING: Final = "secure_data_transfer"


@strips_traceback
def read_event(
    body: bytes | bytearray | memoryview | str, project: Project, *, require_encrypted: bool | None = None
) -> Event:
    """Return the event in the body of a webhook. It is a claim: nothing in it is signed.

    The vendor documents no signature, timestamp or id of a delivery (no W page has one), so that anybody who
    knows your address can send an event. With Secure Data Transfer an event is encrypted under your API key,
    which an outsider cannot make up from nothing. But the cipher is AES-256-CBC (FAQ), or ECB, without
    integrity: who has seen one delivery can repeat it, or change parts of it. ``confirm_event`` asks the
    vendor; docs/webhooks.md lists what else gives assurance.

    Args:
        body: what was posted, as it came, of 1 MiB at most.
        project: the project whose webhook URL was called; its ``secure_data_transfer`` opens the body.
        require_encrypted: True refuses a plain event, and False reads one. None takes True for a project with
            ``secure_data_transfer``, for else anybody could send what the cipher shall keep out.

    Returns:
        One of the classes in ``EVENTS``, or ``UnknownEvent`` for another trigger.

    Raises:
        MalformedError: too long, not strict JSON in UTF-8, no event, or plain or encrypted against the
            settings.
        DecryptError: another key, cipher or layout, or damaged; one text for all.
        UnexpectedValueError: the trigger is no text.
        ConfigError: ``require_encrypted=True`` for a project without ``secure_data_transfer``.
        FieldError: ``project`` is no ``Project``.
    """
    value = decoded_body(body, project, require_encrypted)
    if not isinstance(value, dict) or TRIGGER not in value:
        raise MalformedError(f"not an event: a JSON object with {TRIGGER} is wanted")
    trigger = value[TRIGGER]
    if not isinstance(trigger, str) or not trigger:
        raise UnexpectedValueError(TRIGGER, "must be text, and not empty")
    return EVENTS.get(trigger, UnknownEvent).read(value)


def decoded_body(body: object, project: Project, require_encrypted: bool | None) -> JsonValue:
    """Return the JSON value of a body, decrypted if it is encrypted; errors as in ``read_event``."""
    if not isinstance(project, Project):
        raise FieldError("project", "must be a Project")
    cipher = project.transfer
    if require_encrypted and cipher is None:
        raise ConfigError((_SETTING, "is off in the project, so that require_encrypted=True refuses all"))
    text = body_text(body)
    encrypted = encrypted_text(text)
    value: JsonValue = {"data": encrypted} if encrypted else read_json_text(text)
    if isinstance(value, dict) and is_envelope(value):
        if cipher is None:
            raise MalformedError(f"the event is encrypted, and the project's {_SETTING} is off")
        return cipher.decrypt_answer(value, read_json_text)
    if require_encrypted or (require_encrypted is None and cipher is not None):
        raise MalformedError(f"a plain event, but {_SETTING} is on; require_encrypted=False reads it")
    return value

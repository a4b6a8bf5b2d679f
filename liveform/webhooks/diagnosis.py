"""Why an encrypted event does not open: an answer for staff, found in memory."""

from __future__ import annotations

from typing import Final

from liveform.errors import ConfigError, FieldError, MalformedError
from liveform.project import Project
from liveform.tracebacks import strips_traceback
from liveform.webhooks.bodies import body_text, read_json_text

_EMPTY: Final = "the body is empty, so it is not encrypted"
_PLAIN: Final = "the body is not encrypted: read_event reads it as it is, or says what is wrong with it"


@strips_traceback
def diagnose_event(body: bytes | bytearray | memoryview | str, project: Project) -> str | None:
    """Return what would open an encrypted body, such as ``"cbc iv16+ciphertext, hex, previous key"``.

    It tries every cipher, layout and API key of the project, also if ``secure_data_transfer`` is off. That
    takes long, so call it for one captured body, and not for each that is refused. Nothing is logged or kept,
    and the answer holds nothing of the body.

    Args:
        body: what was posted, as it came.
        project: the project whose webhook URL was called.

    Returns:
        A text for staff; None if nothing fits.

    Raises:
        ConfigError: the project has no ``api_key``.
        MalformedError: too long, not UTF-8, or no encrypted body.
        FieldError: ``project`` is no ``Project``.
    """
    if not isinstance(project, Project):
        raise FieldError("project", "must be a Project")
    keys = project.api_keys()
    if not keys:
        raise ConfigError(("api_key", "is needed to open an event; this project has none"))
    text = body_text(body)
    if _is_plain(text):
        raise MalformedError(_EMPTY if not text.strip() else _PLAIN)
    from liveform.doctor import diagnose_body

    return diagnose_body(text, keys)


def _is_plain(text: str) -> bool:
    """Whether a body is empty, or JSON without an envelope of encrypted text."""
    if not text.strip():
        return True
    try:
        value = read_json_text(text)
    except MalformedError:
        return False  # the encrypted text alone, or nothing that is known
    return isinstance(value, dict) and not any(isinstance(value.get(name), str) for name in ("data", "body"))

"""Why an encrypted event does not open: an answer for staff, found in memory."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from liveform.errors import ConfigError, FieldError
from liveform.project import Project
from liveform.tracebacks import strips_traceback
from liveform.webhooks.bodies import body_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from liveform.crypto.keys import SecretKey


@strips_traceback
def diagnose_event(body: bytes | bytearray | memoryview | str, project: Project) -> str | None:
    """Return what would open an encrypted body, such as ``"fits: cbc iv16+ciphertext, hex, previous key"``.

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
    diagnose_body: Callable[[str, Iterable[SecretKey]], str | None] = import_module(
        "liveform.doctor"
    ).diagnose_body
    return diagnose_body(body_text(body), keys)

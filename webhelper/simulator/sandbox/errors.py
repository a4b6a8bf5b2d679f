"""What the sandbox raises when a request to it cannot be done."""

from __future__ import annotations

from liveform import LiveformError


class SandboxError(LiveformError):
    """The sandbox cannot do this: its file is not one, it was closed, or there is no such thing in it."""

    code = "sandbox_error"


class UnknownError(SandboxError):
    """No project, submission, token id or record has this id."""


class NoCreditsError(SandboxError):
    """The project has no credit left for another submission."""

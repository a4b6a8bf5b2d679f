"""What the sandbox raises when a request to it cannot be done."""

from __future__ import annotations

from liveform import LiveformError


class SandboxError(LiveformError):
    """The simulator cannot do what it was asked to do; the message says why."""

    code = "sandbox_error"


class UnknownError(SandboxError):
    """No project, submission, token id or record has this id."""


class NoCreditsError(SandboxError):
    """The project has no credit left for another submission."""

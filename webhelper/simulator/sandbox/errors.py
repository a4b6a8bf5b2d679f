"""What the sandbox raises when a request to it cannot be done."""

from __future__ import annotations


class SandboxError(Exception):
    """The sandbox cannot do this: its file is not one, or the caller named what does not exist."""


class UnknownError(SandboxError):
    """No project, submission, token id or record has this id."""


class NoCreditsError(SandboxError):
    """The project has no credit left for another submission."""

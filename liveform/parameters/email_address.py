"""An e-mail address as a value, alone: people copy it with what mailers and pages put around it."""

from __future__ import annotations

from typing import Final

from liveform.hidden_characters import HIDDEN
from liveform.parameters.values import Text, compiled

# What is in a list of addresses, a ``mailto:`` link or a sentence, but not in an address itself (RFC 5322
# section 3.2.3), and what shows nothing.
_BESIDE: Final = rf"@\s<>(),;:“”„«»‹›「」『』\x00-\x1f\x7f-\x9f{HIDDEN}"
_LOCAL: Final = rf"""(?:"[^"{_BESIDE}]+"|[^"{_BESIDE}]+)"""
_HOST: Final = rf"""{_BESIDE}"'`‘’‚?/\\#&=%|"""  # more signs than in front of the @ (RFC 6531 section 3.3)
_ADDRESS: Final = rf"{_LOCAL}@[^{_HOST}]*[^{_HOST}.]"
_ALONE: Final = "alone, such as jane@example.com: no name, no <>, no mailto:, nothing else beside it"


class EmailAddress(Text):
    """The e-mail address of one person."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("an e-mail address", "EMAIL", _ADDRESS)

    def problem_of(self, text: str) -> str:
        """Say what to leave out of a text such as ``Jane <jane@example.com>``, in which an address is."""
        problem = super().problem_of(text)
        return f"{problem} {_ALONE}" if compiled(_ADDRESS).search(text) else problem

"""An e-mail address as a value, alone: people copy it with what mailers and pages put around it."""

from __future__ import annotations

from typing import Final

from liveform.parameters.values import Text, compiled

# Without what is in a list of addresses, a ``mailto:`` link or a sentence, but not in an address itself
# (RFC 5322 section 3.2.3).
_PART: Final = r"[^@\s<>(),;:]"
_ADDRESS: Final = rf"{_PART}+@{_PART}*[^@\s<>(),;:.]"
_UNQUOTED: Final = rf"""(?!(["']).*\1$){_ADDRESS}"""
_ALONE: Final = "alone, such as jane@example.com: no name, no <>, no mailto:, nothing else beside it"


class EmailAddress(Text):
    """The e-mail address of one person."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("an e-mail address", "EMAIL", _UNQUOTED)

    def problem_of(self, text: str) -> str:
        """Say what to leave out of a text such as ``Jane <jane@example.com>``, in which an address is."""
        problem = super().problem_of(text)
        return f"{problem} {_ALONE}" if compiled(_ADDRESS).search(text) else problem

"""An e-mail address as a value, alone: people copy it with what mailers and pages put around it."""

from __future__ import annotations

from typing import Final

from liveform.errors import FieldError
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

    def check(self, field: str, value: object) -> str:
        """Return the address.

        Raises:
            FieldError: not an address, or one with something around it, such as ``Jane <jane@example.com>``.
        """
        try:
            return super().check(field, value)
        except FieldError as error:
            if isinstance(value, str) and compiled(_ADDRESS).search(value):
                raise FieldError(field, f"{error.problem} {_ALONE}") from None
            raise

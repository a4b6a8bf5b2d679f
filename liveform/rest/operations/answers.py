"""Reads the JSON of an answer: each answer of another shape is a ``VendorError`` that names the call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from liveform.errors import VendorError
from liveform.vendor_values import VendorValue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from liveform.rest.operation import Answer

V = TypeVar("V", bound=VendorValue)


class Acknowledgement(VendorValue, frozen=True, kw_only=True):
    """The vendor's word that a call succeeded. Its text differs between revisions; do not compare it.

    Attributes:
        message: the vendor's text.
    """

    message: str | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the answers of one call.

    Attributes:
        call: its name, for messages.
        writes: whether the call changes something; it has then happened, although nobody can read the answer.
    """

    call: str
    writes: bool = False

    def unreadable(self, problem: str) -> VendorError:
        """Return the error of an answer of another shape."""
        return VendorError(
            f"{self.call}: {problem}", reason="unreadable", status=200, may_have_happened=self.writes
        )

    def not_found(self, what: str) -> VendorError:
        """Return the error of an answer with an empty list where one thing was asked for."""
        problem = f"{self.call}: the vendor has no {what} with this id"
        return VendorError(problem, reason="refused", status=200, code="not_found")

    def members(self, value: object) -> Mapping[str, Any]:
        """Return the members of a JSON object."""
        if not isinstance(value, dict):
            raise self.unreadable("the answer is not a JSON object")
        return value

    def text(self, members: Mapping[str, Any], name: str) -> str:
        """Return a member that must be there, as text."""
        value = members.get(name)
        if not isinstance(value, str) or not value:
            raise self.unreadable(f"the answer has no text {name}")
        return value

    def rows(self, value: object, *names: str) -> list[Mapping[str, Any]]:
        """Return the objects of a list: the answer itself, or the first of these members that is a list."""
        if isinstance(value, dict):
            value = next((value[name] for name in names if isinstance(value.get(name), list)), None)
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise self.unreadable("the answer does not hold a list of JSON objects")
        return value

    def value(self, kind: type[V], *inside: str) -> Callable[[Answer], V]:
        """Return a function that reads an answer, or the object in one of its members, as a typed value."""

        def read(answer: Answer) -> V:
            members = self.members(answer.value)
            inner = next((members[name] for name in inside if name in members), members)
            return kind.read(self.members(inner))

        return read

    def acknowledgement(self, answer: Answer) -> Acknowledgement:
        """Return the typed value of an answer that only says that the call succeeded."""
        return Acknowledgement.read(self.members(answer.value))

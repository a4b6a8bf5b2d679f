"""A text that a program puts together: signs with their places, and holes for what is not known."""

from __future__ import annotations

from typing import Final

HOLE: Final = "\ue000"  # of Unicode's private use area; what stands here is not known before the program runs


class Pieces:
    """Signs, each with its place in the source; a hole is one sign.

    Attributes:
        text: the signs.
        places: for each sign, where it is in the source.
    """

    def __init__(self) -> None:
        self._signs: list[str] = []
        self.places: list[int] = []

    @property
    def text(self) -> str:
        """The signs as one text."""
        return "".join(self._signs)

    @property
    def last(self) -> str:
        """The last sign; empty if there is none."""
        return self._signs[-1] if self._signs else ""

    def extend(self, other: Pieces) -> None:
        """Add the signs of another text, with their places."""
        self._signs += other._signs
        self.places += other.places

    def add(self, text: str, place: int, *, step: int = 1) -> None:
        """Add a text of the source.

        Args:
            text: what the program reads of it.
            place: where it begins.
            step: 1 if each sign is one sign of the source, 0 if all of them stand for one place.
        """
        for number, sign in enumerate(text):
            self._signs.append(" " if sign == HOLE else sign)
            self.places.append(place + number * step)

    def add_hole(self, place: int) -> None:
        """Add something that is not known; a hole beside a hole is the same one."""
        if self.last != HOLE:
            self._signs.append(HOLE)
            self.places.append(place)

    def add_unknown_rest(self, place: int) -> None:
        """Add that the last value goes on, and that other parameters may follow."""
        self.add_hole(place)
        self.add("&", place)
        self.add_hole(place)

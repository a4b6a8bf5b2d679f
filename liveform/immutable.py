"""Objects whose attributes are set once."""

from __future__ import annotations

from typing import NoReturn


class Immutable:
    """Its ``__init__`` sets the attributes; from then on they do not change."""

    __slots__ = ()

    def _fill(self, **attributes: object) -> None:
        """Set attributes for the first and last time."""
        for name, value in attributes.items():
            if hasattr(self, name):
                self.__setattr__(name, value)
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a {type(self).__name__} does not change; make another one")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a {type(self).__name__} does not change; make another one")

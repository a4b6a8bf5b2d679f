"""Find everything that is wrong in a form at once, with checks that stop at the first field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from liveform import FieldError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ANYTHING: Final = "x"  # instead of a text that is missing


def faults_in(members: Mapping[str, str], check: Callable[[dict[str, str]], object]) -> dict[str, FieldError]:
    """Return the error of each field, in the order in which they are found.

    A field that was refused is taken out, and the rest is checked again; one that is missing is filled in, as
    long as that helps. So the rules are in one place, and nothing is accepted here that is refused there.

    Args:
        members: what was filled in, by name.
        check: raises ``FieldError`` for what is wrong, or returns.
    """
    found: dict[str, FieldError] = {}
    left = dict(members)
    while True:
        try:
            check(left)
        except FieldError as error:
            is_known = error.field in found
            found.setdefault(error.field, error)
            if error.field not in left:
                left[error.field] = _ANYTHING
            elif is_known:
                return found
            else:
                del left[error.field]
        else:
            return found

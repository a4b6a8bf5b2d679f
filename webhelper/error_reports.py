"""What is said of errors that are not ours: where they were raised, and which extra is missing."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_SHOWN_FRAMES: Final = 6
_OURS: Final = ("liveform", "webhelper")


@contextmanager
def names_extra() -> Iterator[None]:
    """Make an import of a package that is missing say with which extra it comes."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in _OURS:
            raise
        problem = f"{error.name} is not installed; it comes with the extra liveform[web]"
        raise ModuleNotFoundError(problem, name=error.name) from None


def place_of(error: BaseException | None) -> str:
    """Return where an error was raised, the innermost function first.

    Its message and its values are left out: they may be personal data.
    """
    frames = traceback.extract_tb(None if error is None else error.__traceback__)
    return " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-_SHOWN_FRAMES:]))

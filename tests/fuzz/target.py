"""What is fuzzed: a reader of bytes, inputs to begin with, and a strategy of inputs that are nearly right."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform import LiveformError

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

KEY: Final = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"  # of every project here; no error may show it


class Target(NamedTuple):
    """A reader that is fuzzed.

    Attributes:
        name: on the command line, and of the folder of its inputs.
        read: reads an input. It returns, or raises a ``LiveformError``; anything else is a finding.
        seeds: inputs that reach deep into the reader, and some that nearly do.
        inputs: a strategy of such inputs.
        max_bytes: how long an input may be; about as much as the reader takes.
    """

    name: str
    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    inputs: SearchStrategy[bytes]
    max_bytes: int = 8_000


def check(target: Target, data: bytes) -> None:
    """Read an input; return if it was read, or refused as it should be.

    Raises:
        AssertionError: the error has no text, shows the key, or changes when it is pickled.
        Exception: whatever else the reader raised.
    """
    try:
        target.read(data)
    except LiveformError as error:
        check_error(error)


def check_error(error: LiveformError) -> None:
    """Return if an error may be shown, kept and sent to another process."""
    text = str(error)
    if not text or KEY in text or KEY in repr(error):
        raise AssertionError(f"{type(error).__name__} has no text, or shows the key")
    copy = pickle.loads(pickle.dumps(error))
    if type(copy) is not type(error) or str(copy) != text:
        raise AssertionError(f"{type(error).__name__} is another error once it was pickled")

"""What calling the command in a test gives."""

from collections.abc import Callable
from typing import NamedTuple


class Answer(NamedTuple):
    """What the command left behind."""

    code: object
    out: str
    err: str


Command = Callable[..., Answer]

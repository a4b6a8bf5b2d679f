"""This module describes what a call of the command gives in a test."""

from collections.abc import Callable
from typing import NamedTuple


class Answer(NamedTuple):
    """The exit code, the output and the errors of one call of the command."""

    code: object
    out: str
    err: str


Command = Callable[..., Answer]

"""Errors leave a public function without the frames of inner ones.

Crash reporters print the local variables of every frame of a traceback, and follow
``__context__``. Inside liveform those hold keys, plaintexts and users' fields, so a
public function lets its errors out with neither.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from liveform.errors import LiveformError

P = ParamSpec("P")
R = TypeVar("R")


def strips_traceback(function: Callable[P, R]) -> Callable[P, R]:
    """Return ``function``, whose ``LiveformError`` carries no inner frame, local or cause."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except LiveformError as error:
            refusal = error
        finally:
            del args, kwargs  # whatever is raised: a mistyped argument may be beside the key
        refusal.__cause__ = refusal.__context__ = None
        try:
            raise refusal.with_traceback(None)
        finally:
            del refusal  # a frame that holds its own exception is a reference cycle

    return call

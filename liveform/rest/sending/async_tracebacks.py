"""Errors leave a coroutine without inner frames, as ``liveform.tracebacks`` does for functions."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from liveform.errors import LiveformError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

P = ParamSpec("P")
R = TypeVar("R")


def strips_async_traceback(
    function: Callable[P, Coroutine[Any, Any, R]],
) -> Callable[P, Coroutine[Any, Any, R]]:
    """Return ``function``, whose ``LiveformError`` carries no inner frame, local or cause."""

    @wraps(function)
    async def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await function(*args, **kwargs)
        except LiveformError as error:
            refusal = error
        finally:
            del args, kwargs
        refusal.__cause__ = refusal.__context__ = None
        try:
            raise refusal.with_traceback(None)
        finally:
            del refusal  # a frame that holds its own exception is a reference cycle

    return call

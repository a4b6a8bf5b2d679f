"""Tests that errors leave a coroutine without inner frames."""

import asyncio
import traceback
from typing import NoReturn

import pytest

from liveform import FieldError
from liveform.rest.sending.async_tracebacks import strips_async_traceback


async def fails(secret: str, error: Exception) -> NoReturn:
    """Raise an error whose frame and cause hold a secret."""
    raise error from KeyError(secret)


def test_liveform_error_leaves_without_frames_and_cause() -> None:
    """A LiveformError has one frame of ours, without the arguments, and no cause."""
    with pytest.raises(FieldError) as caught:
        asyncio.run(strips_async_traceback(fails)("secret", FieldError("field", "wrong")))
    frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    assert "fails" not in [frame.f_code.co_name for frame in frames]
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_other_error_passes() -> None:
    """An error that is not ours leaves as it is."""
    with pytest.raises(ValueError, match="other"):
        asyncio.run(strips_async_traceback(fails)("secret", ValueError("other")))


def test_result_passes() -> None:
    """Without an error, the result is returned, and the function keeps its name."""

    @strips_async_traceback
    async def double(number: int) -> int:
        """Double it."""
        return 2 * number

    assert asyncio.run(double(21)) == 42
    assert (double.__name__, double.__doc__) == ("double", "Double it.")

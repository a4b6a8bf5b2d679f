"""Tests that errors leave a coroutine without inner frames."""

import asyncio
import gc
import traceback
import weakref
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


def test_frame_of_ours_holds_no_arguments() -> None:
    """The last frame of an error holds only the function, neither its arguments nor the error."""
    with pytest.raises(FieldError) as caught:
        asyncio.run(strips_async_traceback(fails)("secret", FieldError("field", "wrong")))
    frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    assert frames[-1].f_code.co_name == "call"
    assert set(frames[-1].f_locals) == {"function"}


def test_error_leaves_no_reference_cycle() -> None:
    """A stripped error is freed at once, without the garbage collector."""
    gc.disable()
    try:
        assert called_in_vain()() is None
    finally:
        gc.enable()


def called_in_vain() -> "weakref.ref[FieldError]":
    """Return a weak reference to an error that nothing holds any more."""
    coroutine = strips_async_traceback(fails)("secret", FieldError("field", "wrong"))
    try:
        coroutine.send(None)  # without an event loop, which would hold the error for a while
    except FieldError as error:
        return weakref.ref(error)
    pytest.fail("it was not refused")


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

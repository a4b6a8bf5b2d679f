"""This module catches the errors of a call, for tests that look at the error itself."""

from collections.abc import Callable

import pytest

from liveform import ConfigError, LiveformError


def faults_of(call: Callable[[], object]) -> dict[str, str]:
    """Return the faults of the ConfigError that ``call`` raises, by setting."""
    with pytest.raises(ConfigError) as caught:
        call()
    return {fault.setting: fault.problem for fault in caught.value.faults}


def outcome(call: Callable[[], object]) -> object:
    """Return what ``call`` returns, or the LiveformError that it raises; other errors pass through."""
    try:
        return call()
    except LiveformError as error:
        return error

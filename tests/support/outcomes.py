"""What a call comes to, where a test wants to look at the error itself."""

from collections.abc import Callable

import pytest

from liveform import ConfigError, LiveformError


def faults_of(call: Callable[[], object]) -> dict[str, str]:
    """Return the faults of the ConfigError that ``call`` raises, by setting."""
    with pytest.raises(ConfigError) as caught:
        call()
    return {fault.setting: fault.problem for fault in caught.value.faults}


def outcome(call: Callable[[], object]) -> object:
    """Return what ``call`` returns, or the LiveformError that it raises; nothing else may leave it."""
    try:
        return call()
    except LiveformError as error:
        return error

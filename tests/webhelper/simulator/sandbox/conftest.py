"""These fixtures give each test of the sandbox a sandbox in memory, with a clock to turn."""

from collections.abc import Iterator

import pytest
from sandboxes import StillClock, close_sandboxes, make_sandbox

from webhelper.simulator.sandbox.sandbox import Sandbox


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close the sandboxes that a test has made."""
    yield
    close_sandboxes()


@pytest.fixture
def still() -> StillClock:
    """Return the real time of the sandbox, which stands still at noon of 1 May 2026."""
    return StillClock()


@pytest.fixture
def sandbox(still: StillClock) -> Sandbox:
    """Return a sandbox in memory."""
    return make_sandbox(clock=still)

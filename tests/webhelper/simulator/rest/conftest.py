"""These fixtures give each test a sandbox in memory, and a program that calls its API."""

from collections.abc import Iterator

import pytest
from sandboxes import StillClock, close_sandboxes, make_sandbox
from simulated_api import Api

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


@pytest.fixture
def api(sandbox: Sandbox) -> Api:
    """Return a program with the project's API key."""
    return Api(sandbox)

"""These fixtures give each test a sandbox in memory, and a program that calls its API."""

import pytest
from sandboxes import StillClock, make_sandbox
from simulated_api import Api

from webhelper.simulator.sandbox.sandbox import Sandbox


@pytest.fixture
def sandbox(still: StillClock) -> Sandbox:
    """Return a sandbox in memory."""
    return make_sandbox(clock=still)


@pytest.fixture
def api(sandbox: Sandbox) -> Api:
    """Return a program with the project's API key."""
    return Api(sandbox)

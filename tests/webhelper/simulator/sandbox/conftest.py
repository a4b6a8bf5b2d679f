"""These fixtures give each test of the sandbox a sandbox in memory, with a clock to turn."""

import pytest
from sandboxes import StillClock, make_sandbox

from webhelper.simulator.sandbox.sandbox import Sandbox


@pytest.fixture
def sandbox(still: StillClock) -> Sandbox:
    """Return a sandbox in memory."""
    return make_sandbox(clock=still)

"""What the tests share. Helpers that are no fixtures stand in ``tests/support``."""

import pytest
from hypothesis import settings

from liveform.engines import EngineName

# A deadline is an assertion on wall-clock time, and a busy machine would break it.
settings.register_profile("liveform", deadline=None)
settings.load_profile("liveform")


@pytest.fixture(scope="session", params=["cryptography", "pycryptodome"])
def engine(request: pytest.FixtureRequest) -> EngineName:
    """Each of the two engines."""
    name: EngineName = request.param
    return name

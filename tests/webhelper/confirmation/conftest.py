"""These fixtures give a test a simulator of the vendor, and a site whose project is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from confirmed_sites import ConfirmedSite
from sites import Clock

from webhelper.simulate import LocalSimulator


@pytest.fixture
def simulator() -> Iterator[LocalSimulator]:
    """Yield the vendor."""
    with LocalSimulator(return_url="https://shop.example.com/return/shop") as running:
        yield running


@pytest.fixture
def site(simulator: LocalSimulator, tmp_path: Path, clock: Clock) -> Iterator[ConfirmedSite]:
    """Yield a site whose project has an API key."""
    one = ConfirmedSite(tmp_path, simulator.project, clock)
    yield one
    one.close()

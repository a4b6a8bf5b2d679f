"""These fixtures give each test a store with a visit, whose messages go to both sinks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from messages import Outbox, open_outbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    """A store with one visit."""
    one = open_outbox(tmp_path)
    yield one
    one.store.close()

"""This fixture gives a test a store with an outbox for both sinks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sites import KEY

from webhelper.links.signing.sealing import Sealer
from webhelper.links.stores.outbox import Sink
from webhelper.links.stores.sqlite.store import SqliteStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """Return a new store that keeps links for 90 days after their expiry, and webhooks for 30."""
    one = SqliteStore(
        tmp_path / "links.db", Sealer([KEY]), retention_days=90, inbox_days=30, sinks=tuple(Sink)
    )
    yield one
    one.close()

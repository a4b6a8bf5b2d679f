"""These fixtures give a test a store and a link service, without an app."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sites import Clock, link_service, open_store

from webhelper.links.service import LinkService
from webhelper.links.stores.base import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return an SQLite store, and close it afterwards."""
    one = open_store(tmp_path)
    yield one
    one.close()


@pytest.fixture
def service(tmp_path: Path, clock: Clock, store: Store) -> LinkService:
    """Return a link service over the store of the test."""
    return link_service(tmp_path, clock, store)

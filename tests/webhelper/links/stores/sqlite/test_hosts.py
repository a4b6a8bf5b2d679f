"""These tests open a file on hosts of several names."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sites import open_store

from webhelper.links.stores.sqlite import hosts


def opened_on(file: Path, host: str) -> None:
    """Note that a host opens the file."""
    with closing(sqlite3.connect(file)) as connection:
        hosts.note(connection, host)
        connection.commit()


def test_log_says_on_which_host_links_are_known(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:  # F6
    """At every start, the log names the host whose file it is, and says that others do not know its links."""
    with caplog.at_level(logging.INFO, "webhelper"):
        open_store(tmp_path).close()
        opened_on(tmp_path / "links.db", "web-1")
        opened_on(tmp_path / "links.db", "web-1")
    levels = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert levels[-1] == ("INFO", "the store is a file of host web-1: other hosts do not know its links")
    assert [level for level, _ in levels] == ["INFO", "WARNING", "INFO", "INFO"]


def test_log_warns_of_a_file_from_another_host(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:  # F6
    """A file that comes from another host, by a copy or over a network, is told of once."""
    open_store(tmp_path).close()
    opened_on(tmp_path / "links.db", "web-1")
    caplog.clear()
    opened_on(tmp_path / "links.db", "web-2")
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "the store was the file of host web-1 until now; this is web-2"
    ]

"""These tests check the store of a site before it starts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from sites import NOW, Clock, link_request, link_service, settings
from stores import PostgresqlStores

from webhelper.check import kept
from webhelper.check.kept import check_store
from webhelper.config.settings import read_settings
from webhelper.errors import StoreError
from webhelper.links.stores.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from postgresql_server import PostgresqlServer


def check(tmp_path: Path, *, now: float = NOW, **changes: object) -> list[tuple[bool, str, str]]:
    """Return the findings of the store of a site, each with the beginning of its text."""
    findings = check_store(read_settings(settings(tmp_path, **changes)), clock=Clock(now))
    return [(one.is_fault, one.subject, one.text.partition(";")[0].partition(":")[0]) for one in findings]


@pytest.fixture
def made(tmp_path: Path) -> None:
    """Make a store with one link."""
    service = link_service(tmp_path, Clock())
    service.create(link_request(), by="tests")
    service.store.close()


@pytest.mark.usefixtures("made")
def test_store_that_works_is_right(tmp_path: Path) -> None:
    """A store that can be read and written is no finding."""
    assert check(tmp_path) == []


@pytest.fixture
def stores(postgresql_server: PostgresqlServer) -> Iterator[PostgresqlStores]:
    """Return an empty database."""
    found = PostgresqlStores(postgresql_server)
    found.empty()
    yield found
    found.close()


def test_tables_that_are_not_there_yet_are_a_note_and_not_made(
    tmp_path: Path, stores: PostgresqlStores
) -> None:
    """Before the first start a database has no tables, and the check makes none: they would be another's."""
    assert check(tmp_path, STORE=stores.place) == [(False, "STORE", "has no tables yet")]
    assert stores.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_database_that_works_is_right(tmp_path: Path, stores: PostgresqlStores) -> None:
    """A database with the tables of a store is opened, read and written."""
    stores.open().close()
    assert check(tmp_path, STORE=stores.place) == []


def test_user_that_may_make_no_tables_is_a_fault(
    tmp_path: Path, stores: PostgresqlStores, postgresql_server: PostgresqlServer
) -> None:
    """Where there are no tables, and this user may not make them, no start can."""
    stores.execute("CREATE ROLE guest LOGIN PASSWORD 'a password of a test'")
    url = f"postgresql://guest:a%20password%20of%20a%20test@127.0.0.1:{postgresql_server.port}/postgres"
    try:
        assert check(tmp_path, STORE=url) == [
            (True, "STORE", "has no tables, and this user may not make them")
        ]
    finally:
        stores.execute("DROP ROLE guest")


def test_database_that_cannot_be_reached_is_a_fault(tmp_path: Path) -> None:
    """A server that is not there, or that does not let this user in, is told without its address."""
    found = check(tmp_path, STORE="postgresql://nobody@127.0.0.1:1/none")
    assert found == [(True, "STORE", "cannot be reached")]


def test_half_a_move_is_a_fault(tmp_path: Path, stores: PostgresqlStores) -> None:
    """A database to which a move has not ended is told as the start would tell it."""
    stores.open().close()
    stores.execute("CREATE TABLE liveform_move (first_link text)")
    assert check(tmp_path, STORE=stores.place) == [(True, "STORE", "is not whole")]


def test_site_without_a_store_has_none_to_check(tmp_path: Path) -> None:
    """A site that keeps nothing has nothing to check."""
    assert check(tmp_path, STORE="sealed:") == []


def test_store_that_is_not_there_yet_is_a_note_and_not_made(tmp_path: Path) -> None:
    """Before the first start there is no file, and the check makes none: it may run as another user."""
    assert check(tmp_path) == [(False, "STORE", "is not there yet")]
    assert list(tmp_path.iterdir()) == []


def test_store_in_a_directory_that_is_missing_is_a_fault(tmp_path: Path) -> None:
    """The first start cannot make the file."""
    assert check(tmp_path / "missing") == [(True, "STORE", "cannot be made")]


@pytest.mark.parametrize("content", [b"not a database" * 100, b""])
def test_store_that_is_none_is_a_fault(tmp_path: Path, content: bytes) -> None:
    """A file that is no store, or one of another version, is told as the start would tell it."""
    (tmp_path / "links.db").write_bytes(content)
    findings = check(tmp_path)
    assert findings == ([(True, "STORE", "cannot be opened")] if content else [])


@pytest.mark.usefixtures("made")
def test_store_of_another_user_is_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check as root says nothing of what the user that serves may do."""
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    assert check(tmp_path) == [(False, "STORE", "belongs to another user")]


@pytest.mark.usefixtures("made")
def test_store_that_cannot_be_written_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that opens but takes no write is told."""
    monkeypatch.setattr(SqliteStore, "is_ready", lambda _: False)
    assert check(tmp_path) == [(True, "STORE", "can be opened, but not written")]


@pytest.mark.usefixtures("made")
def test_store_that_cannot_be_read_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that fails when it is read is told."""

    def refuse(*_: Any, **__: Any) -> None:
        raise StoreError

    monkeypatch.setattr(SqliteStore, "page", refuse)
    assert check(tmp_path) == [(True, "STORE", "can be opened, but not read")]


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize(("back_s", "is_right"), [(0, True), (60, True), (61, False)])
def test_clock_behind_the_newest_link_is_a_fault(tmp_path: Path, back_s: float, is_right: bool) -> None:
    """A clock that went back by more than a minute since the last link would let links live too long."""
    found = check(tmp_path, now=NOW - back_s)
    assert found == ([] if is_right else [(True, "clock", "is 61 seconds behind the newest link")])
    assert kept._MOST_BACK_S == 60


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "Permission denied"), "cannot be used: this user may not use it"),
        (OSError(36, "File name too long"), "cannot be used: its name is too long"),
        (ValueError("embedded null byte"), "cannot be used: no access"),
    ],
)
def test_path_that_cannot_be_looked_at_is_a_fault(
    error: Exception, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A directory that this user may not enter is a finding, and ends no check."""

    def refuse(_: object) -> None:
        raise error

    monkeypatch.setattr(kept, "_of_file", refuse)
    (finding,) = check_store(read_settings(settings(tmp_path)), clock=Clock(NOW))
    assert (finding.is_fault, finding.subject) == (True, "STORE")
    assert finding.text.startswith(said)

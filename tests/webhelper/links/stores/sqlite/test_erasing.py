"""These tests look at what an erasure reads and leaves in the file; ../contract has what is erased."""

import sqlite3
from pathlib import Path

import pytest
from sites import NOW, new_visit
from store_values import confirmed, link_spec, new_event

from webhelper.links import purging
from webhelper.links.stores import patience
from webhelper.links.stores.inbox import Finding
from webhelper.links.stores.sqlite import erasing
from webhelper.links.stores.sqlite.store import SqliteStore

JANE = "Jane-1"


def test_erased_user_is_in_no_byte_of_the_file(tmp_path: Path, store: SqliteStore) -> None:
    """Neither free pages nor the WAL keep the sealed rows of the user, or the digest of the user id."""
    link, _ = store.create(link_spec(fields={"userid": JANE, "email": "jane@example.com"}), now=NOW)
    visit = store.visit(link, new_visit(link), browser=b"b")
    event = new_event()
    store.inbox.receive(event._replace(members={**event.members, "userid": JANE}), now=NOW)
    lease = store.inbox.lease(now=NOW, lease_s=9)
    assert lease is not None
    store.inbox.finish(lease, Finding(visit.id, (confirmed(),)), now=NOW)
    with store._connections.reading() as connection:
        row = connection.execute("SELECT sealed, userid_digest FROM links").fetchone()
        (event,) = connection.execute("SELECT sealed FROM events").fetchone()
    assert purging.erase(store.upkeep, JANE, pause=lambda: None).webhooks == 1
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert [text for text in (*row, event, link.id.encode(), b"sub-1") if bytes(text) in kept] == []


def test_reader_is_waited_for(tmp_path: Path, store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as somebody reads what was erased it stays in the WAL; the erasure ends after that."""
    file = tmp_path / "links.db"
    store.create(link_spec(fields={"userid": JANE}), now=NOW)
    reader = sqlite3.connect(file, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM links").fetchone()
    sizes = []

    def stop_reading() -> None:
        sizes.append((tmp_path / "links.db-wal").stat().st_size)
        reader.execute("COMMIT")

    monkeypatch.setattr(patience, "_pause", stop_reading)
    purging.erase(store.upkeep, JANE, pause=lambda: None)
    reader.close()
    assert [size > 0 for size in sizes] == [True]
    assert (tmp_path / "links.db-wal").stat().st_size == 0


def test_receipt_keeps_nothing_beside_the_webhook(store: SqliteStore) -> None:
    """Whom a webhook names is kept when its work ends, for the vendor waits for the receipt."""
    store.inbox.receive(new_event(members={"userid": JANE}), now=NOW)
    with store._connections.reading() as connection:
        assert connection.execute("SELECT count(*) FROM event_userids").fetchone()[0] == 0
        lease = store.inbox.lease(now=NOW, lease_s=9)
        assert lease is not None
        assert store.inbox.finish(lease, None, now=NOW)
        assert connection.execute("SELECT count(*) FROM event_userids").fetchone()[0] == 1


@pytest.mark.parametrize(
    ("statement", "indexes"),
    [
        (erasing.ABOUT, ["events_by_visit", "events_by_submission", "events_due"]),
        (erasing.PENDING, ["PRIMARY KEY", "events_due"]),
    ],
)
def test_webhooks_are_found_without_looking_at_what_is_done(
    statement: str, indexes: list[str], store: SqliteStore
) -> None:
    """An erasure reads the index of those that are pending, and otherwise those that it wants."""
    with store._connections.reading() as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", ["[]"] * statement.count("?"))
        steps = [row[3] for row in plan if " events " in row[3]]
    assert len(steps) == len(indexes)
    assert all(f"{index} " in step for index, step in zip(indexes, steps, strict=True)), steps

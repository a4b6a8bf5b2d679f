"""This test looks for an erased user in the file; ../contract/test_erasing.py has what is erased."""

from pathlib import Path

from sites import NOW, new_visit
from store_values import confirmed, link_spec, new_event

from webhelper.links import purging
from webhelper.links.stores.inbox import Finding
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

"""These tests hold lists of packed links to a plain look at every link, in any mix of states and expiries."""

from __future__ import annotations

import sys
from itertools import product
from random import Random
from typing import TYPE_CHECKING, NoReturn

import pytest
from sites import NOW, new_visit
from store_values import link_spec, purge_old, put_many

from webhelper.errors import StoreError
from webhelper.links.models import LinkState
from webhelper.links.stores.lists import Filter
from webhelper.links.stores.sqlite import marks, packing
from webhelper.links.stores.sqlite.filters import InState
from webhelper.links.stores.sqlite.schema import BLOCK_LINKS

if TYPE_CHECKING:
    from webhelper.links.models import Link
    from webhelper.links.stores.sqlite.store import SqliteStore

PROJECTS = ("shop", "gate", "café")
ENDS = (-900, -1, 0, 1, 900)  # seconds from now; the link ends at that second
FAR = 253_402_300_799  # the year 9999
CHANGES = (
    "UPDATE links SET uses = 1, last_used_at = 5 WHERE seq = ?",
    "UPDATE links SET revoked_at = 5 WHERE seq = ?",
    "UPDATE links SET token_id_expired_at = 5 WHERE seq = ?",
    "DELETE FROM links WHERE seq = ?",
    "SELECT ?",
)


def put_mixed(store: SqliteStore, count: int) -> None:
    """Put links of every project and expiry into the store, every third of them from a kiosk."""
    random = Random(count)
    put_many(
        store,
        (
            link_spec(
                project=random.choice(PROJECTS),
                expires_at=int(NOW) + random.choice(ENDS),
                kiosk_number=None if number % 3 else 7,
            )
            for number in range(count)
        ),
    )


def pack(store: SqliteStore) -> None:
    """Pack what is full, as the hourly cleaning does."""
    with store._connections.writing() as connection:
        packing.pack_what_is_full(connection)


def change_some(store: SqliteStore, count: int) -> None:
    """Use, revoke and delete links, or leave them, or let their token ids expire."""
    random = Random(count)
    with store._connections.writing() as connection:
        for seq in range(1, count + 1):
            connection.execute(random.choice(CHANGES), (seq,))


def every(store: SqliteStore) -> list[Link]:
    """Return every link, the newest first, as its own row has it."""
    with store._connections.reading() as connection:
        ids = [row["id"] for row in connection.execute("SELECT id FROM links ORDER BY seq DESC")]
    return [store.get(link_id) for link_id in ids]


def fits(link: Link, wanted: Filter, now: float) -> bool:
    """Whether a plain look says that a link is wanted."""
    return (
        (wanted.state is None or link.state(now) is wanted.state)
        and (wanted.projects is None or link.spec.project in wanted.projects)
        and (wanted.unopened or link.spec.kiosk_number is None or link.uses > 0)
    )


def parts_in(store: SqliteStore) -> list[int]:
    """Return the parts that are packed."""
    with store._connections.reading() as connection:
        both = [
            [row["part"] for row in connection.execute(f"SELECT part FROM {table} ORDER BY part")]
            for table in ("link_marks", "link_ends")
        ]
    assert both[0] == both[1]
    return both[0]


def test_packed_links_are_listed_as_their_rows_say(store: SqliteStore) -> None:
    """Each filter shows the links that fit it, before and after their expiry, however they were changed."""
    count = BLOCK_LINKS + 9
    put_mixed(store, count)
    change_some(store, count // 2)
    pack(store)
    change_some(store, count)
    assert parts_in(store) == [0, 1]
    links = every(store)
    some: tuple[frozenset[str] | None, ...] = (
        None,
        frozenset(),
        frozenset(["gate"]),
        frozenset(["shop", "café"]),
    )
    for state, projects, unopened in product([None, *LinkState], some, [False, True]):
        wanted = Filter(state=state, projects=projects, unopened=unopened)
        for now in (NOW - 2, NOW, NOW + 0.5, NOW + 10**6):
            page = store.page(wanted, now=now, limit=count)
            assert [link.id for link in page.links] == [
                link.id for link in links if fits(link, wanted, now)
            ], (wanted, now)


def test_marks_are_those_of_the_rows_after_every_change(store: SqliteStore) -> None:
    """The database itself keeps the mark of a link right, whichever statement changes the link."""
    count = BLOCK_LINKS + 1
    put_mixed(store, count)
    pack(store)
    for _ in range(2):
        change_some(store, count)
    with store._connections.reading() as connection:
        rows = dict(connection.execute("SELECT seq, mark FROM links").fetchall())
        packed = connection.execute("SELECT part, marks FROM link_marks ORDER BY part").fetchall()
    for part, its in packed:
        assert its == "".join(rows.get(part * marks.SIZE + place, "-") for place in range(marks.SIZE))
    assert {mark for _, its in packed for mark in its} == set("AaURrTt-")


def test_use_of_a_packed_link_is_listed_at_once(store: SqliteStore) -> None:
    """A link that is used leaves the active ones and is among the used-up ones, with nothing packed again."""
    put_mixed(store, BLOCK_LINKS + 1)
    pack(store)
    active = store.page(Filter(state=LinkState.ACTIVE), now=NOW, limit=10**4).links
    link = active[-1]
    store.visit(link, new_visit(link), browser=b"b")
    after = store.page(Filter(state=LinkState.ACTIVE), now=NOW, limit=10**4).links
    used = store.page(Filter(state=LinkState.USED_UP), now=NOW, limit=10**4).links
    assert [one.id for one in after] == [one.id for one in active[:-1]]
    assert [one.id for one in used] == [link.id]


@pytest.mark.parametrize(("end", "is_active"), [(FAR, True), (2**40, True), (int(NOW), False)])
def test_link_that_ends_very_late_is_active(store: SqliteStore, end: int, *, is_active: bool) -> None:
    """A link is active until its last second, also if that is thousands of years from now."""
    put_many(store, [link_spec(expires_at=end)] * (BLOCK_LINKS + 1))
    pack(store)
    found = store.page(Filter(state=LinkState.ACTIVE), now=NOW, limit=10**4).links
    assert len(found) == (BLOCK_LINKS + 1 if is_active else 0)


def test_times_have_the_same_bytes_on_every_machine() -> None:
    """Packed times are read as they were written, also by a machine that has the highest byte first."""
    other = {"little": "big", "big": "little"}[sys.byteorder]
    assert list(marks.to_ends(marks.of_ends([-1, 1, 258, 2**40]))) == [0, 1, 258, 2**32 - 1]
    assert list(marks.to_ends(marks.of_ends([1, 258], other), other)) == [1, 258]
    assert marks.of_ends([258])[:2] == b"\x02\x01"


def test_list_goes_on_from_any_place_in_packed_links(store: SqliteStore) -> None:
    """The pages of a list show each link once, over packed links and the rest."""
    put_mixed(store, BLOCK_LINKS + 99)
    pack(store)
    whole = store.page(Filter(state=LinkState.EXPIRED), now=NOW, limit=10**4).links
    seen: list[str] = []
    page = store.page(Filter(state=LinkState.EXPIRED), now=NOW, limit=7)
    while page.next_cursor is not None:
        seen += [link.id for link in page.links]
        page = store.page(Filter(state=LinkState.EXPIRED), now=NOW, limit=7, cursor=page.next_cursor)
    assert [*seen, *(link.id for link in page.links)] == [link.id for link in whole]


def test_parts_without_links_go(store: SqliteStore) -> None:
    """Marks of links that were all deleted are deleted with them, and the others stay."""
    put_many(store, [link_spec(expires_at=int(NOW))] * (BLOCK_LINKS + 9))
    put_many(store, [link_spec()] * BLOCK_LINKS * 2)
    pack(store)
    assert parts_in(store) == [0, 1, 2, 3, 4, 5]
    purge_old(store, now=NOW + 90 * 86_400 + 1)
    assert parts_in(store) == [2, 3, 4, 5]
    assert len(store.page(Filter(), now=NOW, limit=10**4).links) == BLOCK_LINKS * 2


def test_list_shows_each_link_once_while_they_are_packed(store: SqliteStore) -> None:
    """A list that is under way while a block is packed shows each link once."""
    put_mixed(store, BLOCK_LINKS * 3)
    with store._connections.reading() as connection:
        seqs = InState(None, now=NOW, unopened=True).links(connection, 2**62)
        first = next(seqs)
        pack(store)
        assert [first, *seqs] == list(range(BLOCK_LINKS * 3, 0, -1))


def test_list_that_cannot_pack_reads_the_rows(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:  # F8
    """While nothing can be written, such as on a full disk, links that are not packed are listed too."""
    put_mixed(store, BLOCK_LINKS * 5)

    def refuse() -> NoReturn:
        raise StoreError

    with monkeypatch.context() as patch:
        patch.setattr(store._connections, "writing", refuse)
        found = store.page(Filter(unopened=True), now=NOW, limit=10**4).links
    assert len(found) == BLOCK_LINKS * 5
    assert parts_in(store) == []

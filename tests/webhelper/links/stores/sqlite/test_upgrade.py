"""These tests upgrade files of every earlier version that there was, made from their SQL in ``older``."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from older_stores import CONVERTED, DAY_S, MANY, ONE, OPENED_BY_NAME, WITH_INBOX, make_older
from sites import KEY, NOW, OTHER_KEY, new_visit, open_store
from store_values import delivered_messages, use_code

from webhelper.errors import KeyReusedError, StoreError, UsedUpError
from webhelper.links import purging
from webhelper.links.models import LinkState
from webhelper.links.outcomes import Level, Result
from webhelper.links.signing.sealing import Sealer
from webhelper.links.stores.base import IdempotencyKey
from webhelper.links.stores.errors import StoreInUseError, UpgradePendingError, WrongStoreError
from webhelper.links.stores.inbox import RefusedCount
from webhelper.links.stores.lists import Filter, OpenVisits
from webhelper.links.stores.sqlite import schema
from webhelper.links.stores.sqlite import upgrade as upgrading
from webhelper.links.stores.sqlite.store import SqliteStore
from webhelper.links.stores.sqlite.upgrade import Upgrade, upgrade
from webhelper.links.stores.token_ids import PoolCount

NEWEST = schema.steps()[-1].number
PRAGMAS = ("user_version", "page_size", "auto_vacuum", "journal_mode")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a store is in the directory of a site."""
    return tmp_path / "links.db"


def upgraded(file: Path, name: str, *, keys: tuple[str, ...] = (KEY,)) -> SqliteStore:
    """Return the store of an upgraded file of an earlier version."""
    make_older(file, name, Sealer([KEY]))
    upgrade(file, Sealer(keys), backup=file.with_suffix(".before"))
    store = open_store(file.parent, keys=keys)
    assert isinstance(store, SqliteStore)
    return store


def layout(file: Path) -> list[tuple[str, ...]]:
    """Return columns and indexes of every table, and what the file says of itself."""
    with closing(sqlite3.connect(file)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master ORDER BY name")]
        tables = [
            (name, *map(str, row))
            for name in names
            for row in connection.execute(f"PRAGMA table_xinfo({name})")
        ]
        keys = [
            (name, *map(str, row))
            for name in names
            for row in connection.execute(f"PRAGMA foreign_key_list({name})")
        ]
        of_file = [tuple(str(connection.execute(f"PRAGMA {name}").fetchone()[0]) for name in PRAGMAS)]
    return [tuple(names), *tables, *keys, *of_file]


@pytest.mark.parametrize("name", CONVERTED)
def test_store_of_an_earlier_version_is_not_opened(name: str, file: Path) -> None:
    """A store of an earlier version is refused until it is upgraded, and says so."""
    make_older(file, name, Sealer([KEY]))
    with pytest.raises(UpgradePendingError, match="run `liveform store upgrade`"):
        open_store(file.parent)


@pytest.mark.parametrize("name", CONVERTED)
def test_upgraded_file_is_laid_out_as_a_new_one(name: str, file: Path, tmp_path: Path) -> None:
    """An upgraded file has the tables, the indexes and the pages of a new one."""
    upgraded(file, name).close()
    new = tmp_path / "new"
    new.mkdir()
    open_store(new).close()
    assert layout(file) == layout(new / "links.db")


@pytest.mark.parametrize("name", CONVERTED)
def test_upgrade_keeps_links_visits_and_codes(name: str, file: Path) -> None:
    """Links open as before, used-up ones are used up, and codes that were used stay used."""
    store = upgraded(file, name)
    one, many, by_name = (store.get(link_id) for link_id in (ONE, MANY, OPENED_BY_NAME))
    assert dict(one.spec.fields) == {"email": "jane@example.com", "userid": "Jane-1"}
    assert (by_name.spec.unique_userid, by_name.spec.note) == ("u-", "at the door")
    assert [visit.userid for visit in store.visits(OPENED_BY_NAME, limit=9)] == ["u-abc"]
    assert len(store.visits(MANY, limit=9)) == many.uses == 2
    with pytest.raises(UsedUpError):
        store.visit(one, new_visit(one, at=NOW + DAY_S / 2), browser=b"other")
    store.visit(many, new_visit(many, at=NOW + DAY_S / 2), browser=b"other")
    assert not use_code(store, "used", now=NOW)
    store.close()


@pytest.mark.parametrize("name", CONVERTED)
def test_upgrade_works_out_what_links_and_visits_show(name: str, file: Path) -> None:
    """A link of one use shows its visit, one of more uses counts its visits, and users are found."""
    store = upgraded(file, name)
    is_confirmed = name in WITH_INBOX
    level = Level.CONFIRMED if is_confirmed else Level.CLAIMED
    outcome, counts = store.get(ONE).outcome, store.get(MANY).counts
    assert outcome is not None
    assert counts is not None
    assert (outcome.result, outcome.level) == (Result.REJECTED if is_confirmed else Result.APPROVED, level)
    assert counts.of(Result.APPROVED if is_confirmed else Result.REJECTED, level) == counts.returned == 1
    for text, link_id in (("jane-1", ONE), ("U-ABC", OPENED_BY_NAME)):
        if name == "7":  # whose rows were put without the digests that they are found by
            continue
        assert [link.id for link in store.page(Filter(text=text), now=NOW, limit=9).links] == [link_id]
    open_ones = [one.visit.link_id for one in store.open_visits(OpenVisits(since=0, limit=9))]
    assert (ONE in open_ones) is not is_confirmed
    store.close()


@pytest.mark.parametrize("name", CONVERTED)
def test_upgraded_link_that_nobody_used_shows_no_use(name: str, file: Path) -> None:
    """A row has its size before its first use, and a link shows no use until then."""
    make_older(file, name, Sealer([KEY]))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE links SET uses = 0, last_used_at = NULL WHERE id = ?", (MANY,))
        connection.commit()
    upgrade(file, Sealer([KEY]), backup=file.with_suffix(".before"))
    with closing(sqlite3.connect(file)) as connection:
        (kept,) = connection.execute("SELECT last_used_at FROM links WHERE id = ?", (MANY,)).fetchone()
    store = open_store(file.parent)
    assert kept == NOW
    assert store.get(MANY).last_used_at is None
    active = store.page(Filter(state=LinkState.ACTIVE), now=NOW, limit=9).links
    assert {link.id for link in active} == {MANY, OPENED_BY_NAME}
    store.close()


@pytest.mark.parametrize("name", WITH_INBOX)
def test_upgrade_keeps_inbox_outbox_and_token_ids(name: str, file: Path) -> None:
    """Webhooks, messages, counts and token ids are kept under their numbers, and none is given again."""
    store = upgraded(file, name)
    kept = store.inbox.get(7)
    assert kept is not None
    assert kept.event.members == {"email": "jane@example.com", "userid": "Jane-1"}
    assert [message.number for message in delivered_messages(store)] == [5]
    assert store.inbox.refused(days=9, now=NOW) == [RefusedCount("2027-01-15", "shop", "malformed", 4)]
    assert store.token_ids.count("shop") == PoolCount(new=0, ready=1, drawn=0, expired=0)
    store.close()


@pytest.mark.parametrize("name", WITH_INBOX)
def test_upgrade_finds_the_users_of_webhooks(name: str, file: Path) -> None:
    """A webhook that came before the upgrade, and the message about it, are erased with their user."""
    store = upgraded(file, name)
    erased = purging.erase(store.upkeep, "Jane-1", pause=lambda: None)
    assert (erased.webhooks, erased.messages) == (1, 1)
    assert store.inbox.get(7) is None
    store.close()


@pytest.mark.parametrize("name", CONVERTED)
def test_digest_of_a_request_is_keyed_and_still_known(name: str, file: Path) -> None:  # A10
    """A request that was made before the upgrade is known after it, by a digest that needs the key."""
    store = upgraded(file, name)
    spec = store.get(ONE).spec
    link, is_new = store.create(spec, now=NOW, idempotency_key=IdempotencyKey("tests", "k", b"d" * 32))
    assert (link.id, is_new) == (ONE, False)
    with pytest.raises(KeyReusedError):
        store.create(spec, now=NOW, idempotency_key=IdempotencyKey("tests", "k", b"e" * 32))
    with store._connections.reading() as connection:
        (digest,) = connection.execute("SELECT digest FROM idempotency_keys").fetchone()
    assert digest not in (b"d" * 32, b"")
    store.close()


@pytest.mark.parametrize("name", CONVERTED)
def test_upgrade_notes_which_key_sealed_each_row(name: str, file: Path) -> None:  # O6
    """Rows name the key that sealed them, and links the one that signed their first address."""
    store = upgraded(file, name, keys=(OTHER_KEY, KEY))
    newest, older = store.upkeep.keys(now=NOW)
    assert (newest.place, newest.rows, newest.links) == (0, 0, 0)
    assert (older.place, older.links) == (1, 3)
    assert older.rows == (6 if name in WITH_INBOX else 4)
    store.close()


@pytest.mark.parametrize("name", CONVERTED)
def test_upgrade_without_the_key_loses_nothing(name: str, file: Path) -> None:
    """Rows whose key is not in the settings stay sealed, and open again with it."""
    upgraded(file, name, keys=(OTHER_KEY,)).close()
    without = open_store(file.parent, keys=[OTHER_KEY])
    newest, unknown, *_ = without.upkeep.keys(now=NOW)
    assert (newest.rows, unknown.key_id, unknown.place) == (0, None, None)
    without.close()
    store = open_store(file.parent, keys=[OTHER_KEY, KEY])
    assert store.get(ONE).spec.userid == "Jane-1"
    store.close()


@pytest.mark.parametrize("name", CONVERTED)
def test_copy_is_as_it_was_before(name: str, file: Path) -> None:
    """The file is copied before the upgrade; the copy is a store of the earlier version."""
    make_older(file, name, Sealer([KEY]))
    backup = file.with_name("before.db")
    done = upgrade(file, Sealer([KEY]), backup=backup)
    assert done == Upgrade(int(name[0]), NEWEST, links=3, laid_out=True)
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (done.before,)
        assert connection.execute("SELECT count(*) FROM links").fetchone() == (3,)


def test_second_upgrade_does_nothing(file: Path) -> None:
    """A store of this version is left as it is, and not copied."""
    upgraded(file, "5").close()
    again = file.with_name("again.db")
    assert upgrade(file, Sealer([KEY]), backup=again) == Upgrade(NEWEST, NEWEST, links=3, laid_out=False)
    assert not again.exists()


@pytest.mark.parametrize("fails_after", [7, 8])
def test_step_that_fails_leaves_what_was_before_it(
    fails_after: int, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step is whole or not done; a later call goes on after the last whole one."""
    make_older(file, "4", Sealer([KEY]))
    known = upgrading._check_foreign_keys
    seen: list[int] = []

    def fail(connection: sqlite3.Connection) -> None:
        seen.append(len(seen) + 7)
        if seen[-1] == fails_after:
            raise sqlite3.OperationalError
        known(connection)

    monkeypatch.setattr(upgrading, "_check_foreign_keys", fail)
    with pytest.raises(StoreError):
        upgrade(file, Sealer([KEY]), backup=file.with_name("1.db"))
    monkeypatch.undo()
    done = upgrade(file, Sealer([KEY]), backup=file.with_name("2.db"))
    assert done == Upgrade({7: 4, 8: 7}[fails_after], NEWEST, links=3, laid_out=True)


@pytest.mark.parametrize("fails_at", ["VACUUM", "PRAGMA journal_mode = WAL"])
def test_layout_that_failed_is_done_by_the_next_upgrade(
    fails_at: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upgrade that ran out of space while it laid the file out is ended by another call."""
    make_older(file, "7", Sealer([KEY]))
    statements = list(upgrading._LAYOUT)
    cut_off = [*statements[: statements.index(fails_at)], "SELECT no_such_column"]
    monkeypatch.setattr(upgrading, "_LAYOUT", cut_off)
    with pytest.raises(StoreError):
        upgrade(file, Sealer([KEY]), backup=file.with_name("1.db"))
    monkeypatch.undo()
    done = upgrade(file, Sealer([KEY]), backup=file.with_name("2.db"))
    assert done == Upgrade(NEWEST, NEWEST, links=3, laid_out=fails_at == "VACUUM")
    assert not file.with_name("2.db").exists()
    open_store(file.parent).close()
    new = file.with_name("new")
    new.mkdir()
    open_store(new).close()
    assert layout(file) == layout(new / "links.db")


def test_rows_that_another_program_has_broken_are_refused(file: Path) -> None:
    """A row of a link that is not there ends the upgrade, and nothing is changed."""
    make_older(file, "7", Sealer([KEY]))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE visits SET link = 99 WHERE link = 1")
        connection.commit()
    with pytest.raises(WrongStoreError):
        upgrade(file, Sealer([KEY]), backup=file.with_name("1.db"))
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (7,)


def test_first_version_is_refused(file: Path) -> None:
    """Visits of version 1 do not name their links, so it is not converted, and not touched."""
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((Path(__file__).parent / "older" / "1.sql").read_text(encoding="utf-8"))
    before = file.read_bytes()
    with pytest.raises(WrongStoreError, match="not a store of this version, nor one"):
        upgrade(file, Sealer([KEY]), backup=file.with_name("1.db"))
    with pytest.raises(WrongStoreError):
        open_store(file.parent)
    assert file.read_bytes()[100:] == before[100:]  # the switch to WAL is in the header


@pytest.mark.parametrize("version", [0, 6, NEWEST + 1, 99])
def test_file_of_an_unknown_version_is_refused(version: int, file: Path) -> None:
    """A file of a version that never was, or is still to come, is not upgraded."""
    make_older(file, "7", Sealer([KEY]))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(WrongStoreError):
        upgrade(file, Sealer([KEY]), backup=file.with_name("1.db"))


def test_empty_and_missing_files_are_no_stores(file: Path) -> None:
    """There is nothing to upgrade in an empty file, or where there is none."""
    for _ in range(2):
        with pytest.raises(StoreError):
            upgrade(file, Sealer([KEY]), backup=file.with_name("1.db"))
        file.touch()


def test_store_in_use_is_not_upgraded(file: Path) -> None:
    """While a process has the store open, the upgrade is refused, and changes nothing."""
    make_older(file, "7", Sealer([KEY]))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("SELECT count(*) FROM links").fetchone()
        with pytest.raises(StoreInUseError):
            upgrade(file, Sealer([KEY]), backup=file.with_name("1.db"))
        assert connection.execute("PRAGMA user_version").fetchone() == (7,)


def test_first_step_of_today_is_what_landed() -> None:
    """The SQL of a step that has been released is never changed."""
    landed = (Path(__file__).parent / "older" / "7.sql").read_text(encoding="utf-8")
    first = schema.steps()[0].sql
    assert first.partition("\n")[2] == landed.partition("PRAGMA")[0]

"""These tests call ``liveform store`` as an operator does."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from older_stores import make_older
from operating import Operator, run_liveform
from sites import KEY, NOW, OTHER_KEY, open_store
from store_values import link_spec

from webhelper.commands import store_race
from webhelper.commands.options import build_parser
from webhelper.links.signing.sealing import Sealer
from webhelper.links.stores.postgresql import moving
from webhelper.links.stores.postgresql import schema as postgresql_schema
from webhelper.links.stores.postgresql.address import read_address
from webhelper.links.stores.sqlite import upgrade as upgrading
from webhelper.race.rounds import Result, Round

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postgresql_server import PostgresqlServer

DAY_S = 86_400


def newest_key(operator: Operator) -> None:
    """Put a new key in front of the one that has sealed everything so far."""
    (operator.directory / "new.key").write_text(OTHER_KEY, encoding="utf-8")
    text = (operator.directory / "liveform.toml").read_text(encoding="utf-8")
    text = text.replace("secret_keys = [", 'secret_keys = [{ file = "new.key" }, ')
    (operator.directory / "liveform.toml").write_text(text, encoding="utf-8")


def in_one_line(answer: Any, code: int) -> str:
    """Return the complaint of a command that ends with this exit code."""
    assert (answer.code, answer.out) == (code, ""), answer
    return str(answer.err)


def test_liveform_hands_store_over(operator: Operator) -> None:
    """``liveform store`` is a command of its own program."""
    done = run_liveform(operator.directory, "store", "purge")
    assert (done.returncode, done.stdout, done.stderr) == (0, "0 rows deleted\n", "")


def test_purge_says_how_much_was_deleted(operator: Operator) -> None:  # F4
    """What has been kept for long enough is deleted, and counted."""
    store = operator.store()
    store.create(link_spec(expires_at=int(operator.clock.now) - 91 * DAY_S), now=NOW)
    store.create(link_spec(expires_at=int(operator.clock.now)), now=NOW)
    assert operator.data("store", "purge") == {"deleted": 1}
    assert operator.lines("store", "purge") == ["0 rows deleted"]


def test_keys_are_told_to_be_needed_until_they_are_not(operator: Operator) -> None:  # O6
    """The table says what each key is needed for, and what to do."""
    operator.store().create(link_spec(expires_at=int(operator.clock.now) + DAY_S), now=operator.clock.now)
    newest_key(operator)
    new, old = (Sealer([key]).key_ids[0].hex() for key in (OTHER_KEY, KEY))
    assert operator.lines("store", "keys") == [
        "key               place in SECRET_KEYS  rows  links  needed",
        f"{new}  1                     0     0      yes",
        f"{old}  2                     1     1      yes",
        "`liveform store reseal` encrypts the rows of older keys with the newest",
        "addresses and codes of links that an older key signed need it until they expire",
    ]
    assert operator.lines("store", "reseal") == ["1 rows encrypted anew"]
    operator.clock.advance(2 * DAY_S)
    assert operator.data("store", "reseal") == {"resealed": 0}
    assert operator.data("store", "keys")["keys"] == [
        {"key": new, "place": 1, "rows": 1, "links": 0, "needed": True},
        {"key": old, "place": 2, "rows": 0, "links": 0, "needed": False},
    ]


def test_key_that_is_missing_is_exit_1(operator: Operator) -> None:  # O6
    """Rows of a key that is not in the settings are told of, and the command fails."""
    store = operator.store()
    store.create(link_spec(), now=NOW)
    (operator.directory / "secret.key").write_text(OTHER_KEY, encoding="utf-8")
    lines = operator.lines("store", "keys", code=1)
    assert lines[2].split()[1:] == ["not", "there", "1", "1", "yes"]
    assert lines[3] == "what a key that is not in SECRET_KEYS encrypted cannot be read"


def test_start_is_refused_until_the_store_is_upgraded(operator: Operator) -> None:
    """Everything that opens the store says what to run; the upgrade leaves a copy; then all is well."""
    make_older(operator.directory / "links.db", "4", Sealer([KEY]))
    complaint = in_one_line(operator("webhooks", "list"), 2)
    assert "is of an earlier version; stop each web helper" in complaint
    assert "run `liveform store upgrade`" in complaint
    copy = f"{operator.directory / 'links.db'}.before-upgrade-20260625T000000Z"
    done = operator.data("store", "upgrade")
    assert done == {"before": 4, "after": 11, "links": 3, "laid_out": True, "backup": copy}
    assert Path(copy).exists()
    assert operator.lines("store", "upgrade") == ["nothing to do: the store is of version 11"]
    assert operator.data("store", "upgrade")["backup"] is None
    assert operator.lines("webhooks", "list")[0] == "no webhooks"


def test_upgrade_says_where_the_copy_is(operator: Operator) -> None:
    """The copy can be put elsewhere."""
    make_older(operator.directory / "links.db", "7", Sealer([KEY]))
    assert operator.lines("store", "upgrade", "--backup", "copy.db") == [
        "upgraded from version 7 to 11: 3 links",
        "as it was before: copy.db",
    ]


def test_upgrade_ends_a_layout_that_was_cut_off(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """An upgrade that failed while it laid the file out says at the next call what it has done."""
    make_older(operator.directory / "links.db", "7", Sealer([KEY]))
    with monkeypatch.context() as patch:
        patch.setattr(upgrading, "_LAYOUT", ["SELECT no_such_column"])
        assert operator("store", "upgrade").code == 1
    (line,) = operator.lines("store", "upgrade")
    assert line == "the file is laid out anew, which the upgrade before had not ended"
    assert operator.lines("store", "upgrade") == ["nothing to do: the store is of version 11"]


def test_backup_and_restore(operator: Operator) -> None:  # F5
    """A copy is made while the store is open, and put back when nobody uses it."""
    store = operator.store()
    store.create(link_spec(), now=NOW)
    assert operator.lines("store", "backup", "copy.db") == ["1 links copied to copy.db"]
    assert operator.data("store", "backup", "2.db") == {"links": 1, "file": "2.db"}
    assert "another process has the store open" in in_one_line(operator("store", "restore", "copy.db"), 1)
    store.close()
    kept = f"{operator.directory / 'links.db'}.before-restore-20260625T000000Z"
    assert operator.data("store", "restore", "copy.db") == {"links": 1, "backup": kept}
    Path(kept).unlink()
    assert operator("store", "restore", "2.db").out == f"1 links restored\nas it was before: {kept}\n"
    (operator.directory / "links.db").unlink()
    assert operator.lines("store", "restore", "copy.db") == ["1 links restored"]


def test_each_restore_keeps_the_store_that_it_replaces(operator: Operator) -> None:
    """Of restores in one second, each keeps what was there under a name of its own."""
    operator.store().create(link_spec(), now=NOW)
    operator.close()
    operator.data("store", "backup", "copy.db")
    operator.store().create(link_spec(), now=NOW)
    operator.close()
    beside = [operator.data("store", "restore", "copy.db")["backup"] for _ in range(3)]
    first = f"{operator.directory / 'links.db'}.before-restore-20260625T000000Z"
    assert beside == [first, f"{first}-2", f"{first}-3"]
    with closing(sqlite3.connect(first)) as connection:
        assert connection.execute("SELECT count(*) FROM links").fetchone() == (2,)


def test_restore_into_a_link_replaces_the_file_that_it_leads_to(operator: Operator) -> None:
    """A store on another disk, to which a symbolic link leads, stays on that disk."""
    (operator.directory / "disk").mkdir()
    real, link = operator.directory / "disk" / "real.db", operator.directory / "links.db"
    link.rename(real)
    link.symlink_to(real)
    operator.data("store", "backup", "copy.db")
    kept = operator.data("store", "restore", "copy.db")["backup"]
    assert kept == f"{real}.before-restore-20260625T000000Z"
    assert (link.is_symlink(), real.is_symlink(), real.is_file()) == (True, False, True)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("backup", "there.db"), "FILE: it is there already, and no file is ever replaced"),
        (("backup", "/dev/full"), "FILE: it is there already, and no file is ever replaced"),
        (("backup", "."), "FILE: it is there already, and no file is ever replaced"),
        (("backup", "none/copy.db"), "FILE: its directory is missing"),
        (("backup", "there.db/copy.db"), "FILE: a part of its path is not a directory"),
        (("backup", "n" * 300), "FILE: its name is too long"),
        (("backup", ""), "FILE: must be the path of a file"),
        (("backup", "nul\0"), "FILE: must be the path of a file"),
        (("restore", "none.db"), "FILE: there is no such file"),
        (("restore", "none/copy.db"), "FILE: its directory is missing"),
        (("restore", "."), "FILE: it is a directory"),
        (("restore", "pipe"), "FILE: pipe is not a regular file with one name"),
        (("restore", "there.db"), "FILE: it is damaged, or not a copy of a store"),
        (("restore", "later.db"), "FILE: the store is of version 999, and this liveform reads 11"),
        (("upgrade", "--backup", ""), "--backup: must be the path of a file"),
    ],
)
def test_file_that_cannot_be_used_is_named_with_the_cause(
    words: tuple[str, ...], complaint: str, operator: Operator
) -> None:
    """A mistyped file is an error of usage that says what is wrong with it, and changes nothing."""
    (operator.directory / "there.db").write_text("mine " * 99, encoding="utf-8")
    os.mkfifo(operator.directory / "pipe")
    shutil.copy(operator.directory / "links.db", operator.directory / "later.db")
    with closing(sqlite3.connect(operator.directory / "later.db")) as connection:
        connection.execute("PRAGMA user_version = 999")
    before = sorted(operator.directory.iterdir())
    answer = operator("store", *words)
    assert (answer.code, answer.out) == (2, "")
    assert complaint in answer.err
    assert sorted(operator.directory.iterdir()) == before


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("loop", "Too many levels of symbolic links"),
        ("missing/links.db", "its directory is missing"),
        ("links.db/links.db", "a part of its path is not a directory"),
        ("a\\u0000b", "no access, no space, or no store of links"),
    ],
)
def test_store_that_cannot_be_replaced_is_named_with_the_cause(
    name: str, complaint: str, operator: Operator
) -> None:
    """A restore to where no file can be names the store, and not the copy, and says what is wrong."""
    operator.data("store", "backup", "copy.db")
    (operator.directory / "loop").symlink_to("loop")
    operator.write_settings(store=f"sqlite:///{operator.directory / name}")
    said = in_one_line(operator("store", "restore", "copy.db"), 2)
    assert "webhelper.store: names" in said
    assert complaint in said


def test_copy_of_an_older_store_replaces_no_file(operator: Operator) -> None:
    """A file that ``--backup`` names and that is there already stays, and nothing is upgraded."""
    make_older(operator.directory / "links.db", "7", Sealer([KEY]))
    (operator.directory / "there.db").write_text("mine", encoding="utf-8")
    complaint = in_one_line(operator("store", "upgrade", "--backup", "there.db"), 2)
    assert "--backup: it is there already" in complaint
    assert (operator.directory / "there.db").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    "words", [("backup", "copy.db"), ("upgrade",), ("purge",), ("keys",), ("webhooks", "list")]
)
def test_damaged_store_is_said_to_be(words: tuple[str, ...], operator: Operator) -> None:
    """What meets a damaged file says so, and what to do."""
    (operator.directory / "links.db").write_text("no database " * 99, encoding="utf-8")
    answer = operator(*(words if words[0] == "webhooks" else ("store", *words)))
    assert answer.code in (1, 2)
    assert "damaged, or not an SQLite file; `liveform store restore` puts a copy in the place" in answer.err


def test_database_of_another_program_is_no_store(operator: Operator) -> None:
    """Tables of another program are neither read nor changed."""
    (operator.directory / "links.db").unlink()
    with closing(sqlite3.connect(operator.directory / "links.db")) as connection:
        connection.execute("CREATE TABLE others (a)")
    complaint = in_one_line(operator("store", "purge"), 2)
    assert "store: is not a store of links, or one of a version that this one does not read" in complaint


def test_store_of_a_later_version_says_what_to_install(operator: Operator) -> None:
    """A store that a later liveform has upgraded names its version."""
    with closing(sqlite3.connect(operator.directory / "links.db")) as connection:
        connection.execute("PRAGMA user_version = 999")
    said = "store: is of version 999, and this liveform reads 11; install a later one"
    assert said in in_one_line(operator("store", "purge"), 2)
    said = "the store is of version 999, and this liveform reads 11; install a later one"
    assert said in in_one_line(operator("store", "backup", "copy.db"), 1)


@pytest.mark.parametrize("words", [("upgrade",), ("backup", "copy.db"), ("restore", "copy.db")])
def test_commands_on_files_are_for_files(words: tuple[str, ...], operator: Operator) -> None:
    """A store that is not a file is not copied as one."""
    operator.write_settings(store="sealed:")
    assert "store: must be sqlite:///FILE" in in_one_line(operator("store", *words), 2)


def test_site_without_a_store_has_none_to_look_after(operator: Operator) -> None:
    """Where nothing is kept, nothing is purged."""
    operator.write_settings(store="sealed:")
    assert "this site keeps nothing" in in_one_line(operator("store", "purge"), 2)


@pytest.fixture
def database(postgresql_server: PostgresqlServer) -> str:
    """Return the URL of an empty database."""
    postgresql_server.empty()
    return postgresql_server.url()


def test_file_is_moved_to_a_database(operator: Operator, database: str) -> None:
    """The counts of every table are printed; a second call moves nothing; the links are there."""
    store = operator.store()
    store.create(link_spec(label="moved"), now=NOW)
    store.close()
    source = f"sqlite:///{operator.directory / 'links.db'}"
    lines = operator.lines("store", "move", source, database)
    assert lines[0] == "links: 1 rows, 1 of them moved now"
    assert lines[-1] == "all counts agree; name the database in STORE, and keep links.db as a copy"
    operator.write_settings(store=database)
    again = operator.data("store", "move", source)
    assert again["tables"][0] == {"table": "links", "rows": 1, "new": 0}
    assert operator.data("store", "keys")["keys"][0]["rows"] == 1


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["sqlite:///links.db"], "store: must be postgresql://..., to which the file is moved"),
        (
            ["sqlite:///links.db", "sqlite:///b.db"],
            "TO: must be postgresql://..., to which the file is moved",
        ),
        (["sqlite:///links.db", "postgresql://host/%zz"], "TO: must be a URL of libpq"),
        (["sealed:", "postgresql://host/db"], "FROM: must be sqlite:///FILE for this command"),
    ],
)
def test_move_is_from_a_file_to_a_database(words: list[str], complaint: str, operator: Operator) -> None:
    """Other directions are refused."""
    assert complaint in in_one_line(operator("store", "move", *words), 2)


def test_file_that_is_not_there_is_named(operator: Operator) -> None:
    """A move of a file that is missing names it, and makes nothing."""
    complaint = in_one_line(operator("store", "move", "sqlite:///lniks.db", "postgresql://host/db"), 2)
    assert f"FROM: there is no file {operator.directory / 'lniks.db'}" in complaint


def test_short_scheme_of_a_database_is_taken(operator: Operator, database: str) -> None:
    """``postgres://``, which libpq reads and hosters hand out, is the same database."""
    short = database.replace("postgresql://", "postgres://")
    operator.store().close()
    source = f"sqlite:///{operator.directory / 'links.db'}"
    assert operator.lines("store", "move", source, short)[0] == "links: 0 rows, 0 of them moved now"
    operator.write_settings(store=short)
    assert operator.lines("store", "purge") == ["0 rows deleted"]


def test_half_a_move_is_told_at_the_start(operator: Operator, database: str) -> None:
    """Whatever opens a database to which a move has not ended says what to run."""
    operator.store().create(link_spec(), now=NOW)
    operator.close()
    tables = moving.move(operator.directory / "links.db", read_address(database))
    next(tables)
    tables.close()
    operator.write_settings(store=database)
    complaint = in_one_line(operator("store", "purge"), 2)
    assert "is not whole: a move of a file to it has not ended; run `liveform store move`" in complaint
    operator.data("store", "move", f"sqlite:///{operator.directory / 'links.db'}")
    assert operator.lines("store", "purge") == ["0 rows deleted"]


def test_database_is_upgraded(operator: Operator, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database of an earlier version is refused at the start, and upgraded by the command."""
    operator.write_settings(store=database)
    assert operator("store", "purge").code == 0
    made = postgresql_schema.steps()
    step = made[-1]._replace(number=made[-1].number + 1, sql="ALTER TABLE links ADD COLUMN more integer")
    monkeypatch.setattr(postgresql_schema, "steps", lambda: (*made, step))
    assert "run `liveform store upgrade`" in in_one_line(operator("store", "purge"), 2)
    assert operator.lines("store", "upgrade") == [f"upgraded from version {made[-1].number} to {step.number}"]
    assert operator.lines("store", "upgrade") == [f"nothing to do: the store is of version {step.number}"]
    assert operator.data("store", "upgrade") == {"before": step.number, "after": step.number}


def test_database_of_a_later_version_says_what_to_install(
    operator: Operator, database: str, postgresql_server: PostgresqlServer
) -> None:
    """Tables that a later liveform has upgraded are known by their version, and neither read nor changed."""
    operator.write_settings(store=database)
    assert operator("store", "purge").code == 0
    postgresql_server.execute("UPDATE liveform_schema SET version = 999")
    newest = postgresql_schema.steps()[-1].number
    said = f"is of version 999, and this liveform reads {newest}; install a later one"
    assert f"webhelper.store: {said}" in in_one_line(operator("store", "purge"), 2)
    assert f"the store {said}" in in_one_line(operator("store", "upgrade"), 1)


def test_database_is_not_copied_before_its_upgrade(operator: Operator, database: str) -> None:
    """Whoever asks for a copy of a database is told who makes one, and nothing is upgraded without it."""
    operator.write_settings(store=database)
    complaint = in_one_line(operator("store", "upgrade", "--backup", "copy.db"), 2)
    assert "--backup: is for a SQLite file; copy a database with pg_dump" in complaint


@pytest.mark.parametrize("command", [("upgrade",), ("move", "sqlite:///links.db")])
@pytest.mark.parametrize(
    ("place", "complaint"),
    [
        ("guest:wrong@{}/postgres", "does not let this user in; compare the user and the password"),
        ("{}@{}/nosuch", "the server has no such database"),
        ("guest:guest@{}/postgres", "this user may not make or use its tables there"),
    ],
)
def test_database_that_refuses_a_command_is_told_apart(
    command: tuple[str, ...],
    place: str,
    complaint: str,
    operator: Operator,
    database: str,
    postgresql_server: PostgresqlServer,
) -> None:
    """A wrong password, a missing database and a missing right are told in words of their own."""
    operator.store().close()
    postgresql_server.execute("DROP ROLE IF EXISTS guest")
    postgresql_server.execute("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    owner, _, there = database.removeprefix("postgresql://").removesuffix("/postgres").partition("@")
    values = (owner, there) if place.startswith("{}") else (there,)
    operator.write_settings(store=f"postgresql://{place.format(*values)}")
    assert complaint in in_one_line(operator("store", *command), 1)
    postgresql_server.execute("DROP ROLE guest")


RACE = ("store", "race", "--links", "5", "--racers", "4", "--processes", "2")
TABLE = [
    "links x uses        expected  told  counted  kept  lost  kills  result",
    "5 x 1               5         5     5        5     0     0      exact",
    "2 x 3               6         6     6        6     0     0      exact",
    "2 x 3, one browser  2         2     2        2     0     0      exact",
]


def without_a_site(operator: Operator) -> None:
    """Leave no settings in the directory."""
    for path in operator.directory.iterdir():
        path.unlink()


def test_race_needs_no_settings(operator: Operator) -> None:
    """Without a URL and without a site, racers race in a file that is deleted, and the table is printed."""
    without_a_site(operator)
    first, *table = operator.lines(*RACE)
    assert first == f"SQLite {sqlite3.sqlite_version}: 4 racers in 2 processes on 2 hosts"
    assert table == TABLE
    assert list(operator.directory.iterdir()) == []


def test_race_beside_a_file_leaves_it_alone(operator: Operator) -> None:
    """A URL of a file says on which disk to race; the file is not touched, and nothing is left beside it."""
    operator.store().create(link_spec(), now=NOW)
    operator.close()
    without = {path: path.read_bytes() for path in operator.directory.iterdir()}
    done = operator.data(*RACE, f"sqlite:///{operator.directory / 'links.db'}")
    assert done["engine"] == f"SQLite {sqlite3.sqlite_version}"
    assert done["rounds"][0] == {
        "links": 5,
        "uses": 1,
        "one_browser": False,
        "expected": 5,
        "told": 5,
        "counted": 5,
        "kept": 5,
        "lost": 0,
        "kills": 0,
        "exact": True,
    }
    assert {path: path.read_bytes() for path in operator.directory.iterdir()} == without


def test_race_in_a_database_in_use_leaves_it_alone(operator: Operator, database: str) -> None:
    """Racers race in a schema of their own, twice if need be, and what the database had is as it was."""
    without_a_site(operator)
    with closing(open_store(database)) as store:
        store.create(link_spec(), now=NOW)
        for url in (database, database.replace("postgresql://", "postgres://")):
            first, *table = operator.lines(*RACE, url)
            assert re.fullmatch(r"PostgreSQL [0-9.]+: 4 racers in 2 processes on 2 hosts", first)
            assert table == TABLE
        assert [one.rows for one in store.upkeep.keys(now=NOW)] == [1]
    assert schemas(database) == []


def schemas(database: str) -> list[str]:
    """Return the schemas that races have left behind."""
    with psycopg.connect(database) as connection:
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'liveform_race%'")
        return [name for (name,) in found]


# A program that runs in the background, such as a CI run, lets its children ignore Ctrl-C.
INTERRUPTIBLE = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from liveform.cli import run
run()
"""


@contextmanager
def in_foreground(operator: Operator, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``liveform`` as a terminal does: it hears of Ctrl-C, with everybody that it starts."""
    paths = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, *words],
        cwd=operator.directory,
        env={**os.environ, **paths},
        process_group=0,
        stderr=subprocess.PIPE,
    ) as running:
        try:
            yield running
        finally:
            with suppress(ProcessLookupError):  # all of them have ended
                os.killpg(running.pid, signal.SIGKILL)


def test_race_that_is_interrupted_leaves_nothing(operator: Operator, database: str) -> None:
    """Ctrl-C ends a race with all of its processes, and deletes its schema."""
    with in_foreground(operator, "store", "race", database, "--links", "200") as racing:
        with psycopg.connect(database, autocommit=True) as connection:
            redeeming = "SELECT 1 FROM pg_stat_activity WHERE query ~ 'redeem'"
            while len(connection.execute(redeeming).fetchall()) < 3:
                assert racing.poll() is None
        os.killpg(racing.pid, signal.SIGINT)
        _, err = racing.communicate(timeout=60)
    assert (racing.returncode, b"Traceback" in err) == (130, False)
    assert schemas(database) == []


@pytest.mark.parametrize(("kills", "is_right"), [("0", True), ("1000", True), ("1001", False), ("-1", False)])
def test_number_of_kills_may_be_its_default(kills: str, is_right: bool) -> None:
    """What an option is without being given can be given."""
    parser = build_parser(as_json=False)
    if is_right:
        assert parser.parse_args(["store", "race", f"--kills={kills}"]).kills == int(kills)
    else:
        with pytest.raises(SystemExit):
            parser.parse_args(["store", "race", f"--kills={kills}"])


def test_race_with_kills_in_a_database_is_exact(operator: Operator, database: str) -> None:
    """Killed processes and hosts lose nothing that was acknowledged."""
    words = ("store", "race", database, "--links", "20", "--racers", "16", "--processes", "2", "--kills", "2")
    assert [one["exact"] for one in operator.data(*words)["rounds"]] == [True] * 3


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("mysql://x", "must be sqlite:///FILE or postgresql://"),
        ("sqlite:///missing/links.db", "its directory is missing, or not writable"),
        ("postgresql://u:secret@127.0.0.1:1/x", "no server answers there and lets this user in"),
        ("postgresql://u:secret@127.0.0.1:1/x?", "no server answers there and lets this user in"),
        ("postgresql://u:secret@127.0.0.1:1/x?colour=red", "must be a URL of libpq"),
    ],
)
def test_race_where_no_store_can_be_made_is_exit_2(url: str, problem: str, operator: Operator) -> None:
    """A URL that leads nowhere is told, without its password."""
    complaint = in_one_line(operator("store", "race", url), 2)
    assert f"URL: {problem}" in complaint
    assert "secret" not in complaint


def test_race_for_which_the_server_has_no_room_is_refused(operator: Operator, database: str) -> None:
    """Before it begins, a race says how many connections it needs and are left, and leaves no schema."""
    words = ("--racers", "1000", "--processes", "64", f"{database}?pool_size=999")
    complaint = in_one_line(operator("store", "race", *words), 2)
    found = re.search(
        r"--processes: the race needs 1,025 connections, and the server has (\d+) left", complaint
    )
    assert found is not None
    assert 0 < int(found[1]) <= 300  # max_connections of the tests' server
    assert "lower --processes or pool_size in the URL, or raise max_connections" in complaint
    assert schemas(database) == []


def test_race_needs_a_racer_for_each_use(operator: Operator) -> None:
    """With fewer racers than uses, not every use would be given."""
    complaint = in_one_line(operator("store", "race", "--racers", "2"), 2)
    assert "--racers: must be 3 at least" in complaint


def test_race_that_is_not_exact_is_exit_1(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that gives a use twice makes the command fail."""
    wrong = Result(Round(200, 3, True), 597, 597, 597, 0, 0)
    monkeypatch.setattr(store_race, "run_race", lambda *_, **__: iter([wrong]))
    assert operator.lines("store", "race", code=1)[2].split()[-1] == "WRONG"

"""These tests let racers race in sound stores and in broken ones."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest
from naive_store import open_forgetful, open_naive, open_sound
from sites import NOW, open_store
from store_values import link_spec

from webhelper.errors import StoreError, UsedUpError
from webhelper.links.models import Link, Visit
from webhelper.links.visit_ids import new_visit_id
from webhelper.race import racers
from webhelper.race.racers import acknowledged
from webhelper.race.rounds import Field, Result, Round, race, rounds

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from postgresql_server import PostgresqlServer

FIELD = Field(racers=16, processes=2, hosts=2)


def test_rounds_are_those_of_the_measured_trap() -> None:
    """500 links of one use, 200 of three, and 200 of three that one browser races itself for."""
    made = rounds(500)
    assert [(one.links, one.uses, one.one_browser, one.expected) for one in made] == [
        (500, 1, False, 500),
        (200, 3, False, 600),
        (200, 3, True, 200),
    ]
    assert [one.name for one in made] == ["500 x 1", "200 x 3", "200 x 3, one browser"]
    assert [one.links for one in rounds(1)] == [1, 1, 1]


@pytest.fixture
def database(postgresql_server: PostgresqlServer) -> str:
    """Return the URL of an empty database."""
    postgresql_server.empty()
    return postgresql_server.url()


def counts(results: Iterable[Result]) -> list[tuple[int, int, int, int]]:
    """Return what was told, counted, kept and lost in each round."""
    return [(one.told, one.counted, one.kept, one.lost) for one in results]


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_sixty_four_racers_get_every_use_exactly_once(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Of 64 racers on two hosts, as many use a link as may; one browser that races itself uses it once."""
    place = tmp_path if engine == "sqlite" else request.getfixturevalue("database")
    results = list(race(partial(open_store, place), rounds(50), Field(), now=NOW))
    assert counts(results) == [(50, 50, 50, 0), (60, 60, 60, 0), (20, 20, 20, 0)]
    assert all(one.is_exact for one in results)


def test_store_gives_every_use_exactly_once_though_processes_are_killed(tmp_path: Path) -> None:
    """With kill -9 of processes and of whole hosts, nothing acknowledged is missing or works twice."""
    field = Field(racers=16, processes=2, hosts=2, kills=3)
    results = list(race(partial(open_sound, tmp_path), rounds(60), field, now=NOW))
    assert [(one.counted, one.kept, one.lost, one.kills) for one in results] == [
        (60, 60, 0, 3),
        (72, 72, 0, 3),
        (24, 24, 0, 3),
    ]
    assert all(one.is_exact and one.told <= one.kept for one in results)


def test_naive_port_is_caught(database: str) -> None:
    """SQLite's statement gives one browser nearly every use on PostgreSQL; only that round shows it."""
    wanted = [Round(20, 1, False), Round(20, 3, False), Round(100, 3, True)]
    *sound, wrong = race(partial(open_naive, database), wanted, Field(), now=NOW)
    assert counts(sound) == [(20, 20, 20, 0), (60, 60, 60, 0)]
    assert (wrong.round.expected, wrong.is_exact) == (100, False)
    assert wrong.counted == wrong.kept > 100  # more where commits wait for a disk, as these do not


def test_store_that_forgets_is_caught(tmp_path: Path) -> None:
    """A store that acknowledges what it does not keep loses visits."""
    (result,) = race(partial(open_forgetful, tmp_path), [Round(40, 1, False)], FIELD, now=NOW)
    assert result.lost > 0
    assert not result.is_exact


@pytest.mark.parametrize(
    ("told", "counted", "kept", "lost", "kills", "is_exact"),
    [
        (3, 3, 3, 0, 0, True),
        (2, 3, 3, 0, 0, False),
        (2, 3, 3, 0, 1, True),
        (4, 3, 3, 1, 1, False),
        (3, 4, 3, 0, 0, False),
        (4, 4, 4, 0, 0, False),
        (3, 3, 3, 1, 0, False),
    ],
)
def test_result_is_exact_if_all_counts_agree(
    told: int, counted: int, kept: int, lost: int, kills: int, is_exact: bool
) -> None:
    """What racers were told, what is counted and what is kept agree; a killed racer may have told less."""
    assert Result(Round(1, 3, False), told, counted, kept, lost, kills).is_exact is is_exact


class Shaky:
    """A store that does not answer some calls."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.asked: list[str] = []

    def visit(self, link: Link, visit: Visit, *, browser: bytes) -> Visit:
        """Answer after so many failures."""
        self.asked.append(visit.id)
        self.failures -= 1
        if self.failures >= 0:
            raise StoreError
        if not browser:
            raise UsedUpError
        return visit


def shaky_use(store: Shaky, browser: bytes) -> Visit | None:
    """Try a use of a store."""
    link = Link(id="A" * 16, payload=b"", spec=link_spec(), created_at=NOW)
    visit = Visit(id=new_visit_id(link.id, NOW), link_id=link.id, at=NOW)
    return racers._use(store, link, visit, browser)  # type: ignore[arg-type]  # all that it needs


def test_lost_answer_is_asked_again_with_the_same_visit() -> None:
    """A store that did not answer is asked again for the same visit, a hundred times at most."""
    store = Shaky(2)
    got = shaky_use(store, b"b")
    assert got is not None
    assert store.asked == [got.id] * 3
    assert shaky_use(Shaky(1), b"") is None
    with pytest.raises(StoreError):
        shaky_use(Shaky(100), b"b")


def test_process_of_racers_writes_what_it_was_told(tmp_path: Path) -> None:
    """Three racers of one process, who wait for the others, share a link of one use."""
    (tmp_path / "told").mkdir()
    store = open_sound(tmp_path)
    link, _ = store.create(link_spec(), now=NOW)
    one = racers.Race(
        open_store=partial(open_sound, tmp_path),
        payloads=[link.payload],
        browser=None,
        now=NOW,
        racers=3,
        processes=1,
        hosts=1,
        directory=tmp_path / "told",
    )
    racers.race_in_process(one, 0, threading.Barrier(1))  # type: ignore[arg-type]  # all that it needs of one
    assert acknowledged(tmp_path / "told") == [visit.id for visit in store.visits(link.id, limit=9)]
    racers.race_in_process(one, 0, None)
    assert len(acknowledged(tmp_path / "told")) == 1
    store.close()


def test_racer_who_fails_lets_nobody_wait(tmp_path: Path) -> None:
    """If a racer's store is gone for good, the racers beside it end too."""
    (tmp_path / "told").mkdir()
    one = racers.Race(
        open_store=Gone,  # type: ignore[arg-type]  # all that they need of one
        payloads=[b"", b""],
        browser=None,
        now=NOW,
        racers=3,
        processes=1,
        hosts=1,
        directory=tmp_path / "told",
    )
    with pytest.raises((StoreError, threading.BrokenBarrierError)):
        racers.race_in_process(one, 0, None)


class Gone(Shaky):
    """A store that never answers."""

    def __init__(self) -> None:
        super().__init__(10_000)

    def find(self, _: bytes) -> Link:
        """Return a link."""
        return Link(id="A" * 16, payload=b"", spec=link_spec(), created_at=NOW)

    def close(self) -> None:
        """Close nothing."""


def test_line_that_a_killed_racer_has_not_finished_is_none(tmp_path: Path) -> None:
    """Only whole lines count as told."""
    (tmp_path / "1").write_text("a\nb\nc", encoding="ascii")
    (tmp_path / "2").write_text("", encoding="ascii")
    assert sorted(acknowledged(tmp_path)) == ["a", "b"]

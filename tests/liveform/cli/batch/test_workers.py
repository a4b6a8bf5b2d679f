"""Tests of liveform.cli.batch.workers, which shares chunks out among processes."""

import multiprocessing
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from liveform import ConfigError, MalformedError, Project
from liveform.batch import RowBuilder
from liveform.cli.batch import workers
from liveform.cli.batch.building import ChunkBuilder
from liveform.cli.batch.rows import Row, RowsChunk
from liveform.cli.batch.workers import build_in_order
from liveform.cli.batch.writing.json_lines import JsonLines

COLUMNS = ("userid",)


def maker() -> ChunkBuilder:
    """Return a builder of plain URLs, written as JSON Lines."""
    return ChunkBuilder(RowBuilder(Project("abc123de45")), JsonLines(COLUMNS, "url", as_it_came=False))


def chunks(count: int) -> Iterator[RowsChunk]:
    """Yield chunks of one row each."""
    for number in range(count):
        yield RowsChunk(COLUMNS, [Row(COLUMNS, (f"u{number}",))])


class BrokenChunk(NamedTuple):
    """A chunk of which nobody can say where its rows begin."""

    columns: tuple[str, ...] | None = COLUMNS

    def rows(self) -> list[Row]:
        """Refuse, as CSV with an odd quote does."""
        raise MalformedError("IN: line 7")


def users(jobs: int, of: Iterator[Any]) -> list[str]:
    """Return the user of each line that is built, in order."""
    return [made.encoded.decode().split('"')[3] for made in build_in_order(maker(), of, jobs)]


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_chunks_keep_their_order(jobs: int) -> None:
    """What is made of chunks comes out in their order, from one process or from several."""
    assert users(jobs, chunks(200)) == [f"u{number}" for number in range(200)]


@pytest.mark.parametrize("jobs", [2, 3])
def test_this_process_builds_too(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that reads and writes builds what the others have no time for."""
    monkeypatch.setattr(workers, "SENT_AHEAD", 0)
    monkeypatch.setattr(workers, "_make", None)  # what would be sent
    assert len(users(jobs, chunks(20))) == 20


@pytest.mark.parametrize("jobs", [1, 2])
def test_chunks_are_read_only_a_little_ahead(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only as many chunks are read ahead of the results as may wait."""
    monkeypatch.setattr(workers, "WAITING", 2)
    read = 0

    def counted() -> Iterator[RowsChunk]:
        nonlocal read
        for chunk in chunks(100):
            read += 1
            yield chunk

    for done, _ in enumerate(build_in_order(maker(), counted(), jobs), 1):
        assert read <= done + 2 * jobs + 1


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("sent", [0, 3])
def test_error_comes_behind_all_that_was_before_it(
    jobs: int, sent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chunk that cannot be read, or taken apart, ends the run behind the chunks before it."""
    monkeypatch.setattr(workers, "SENT_AHEAD", sent)

    def breaking_off() -> Iterator[RowsChunk]:
        yield from chunks(5)
        raise MalformedError("IN: line 7")

    def with_a_broken_one() -> Iterator[Any]:
        yield from chunks(5)
        yield BrokenChunk()
        yield from chunks(5)

    for source in (breaking_off(), with_a_broken_one()):
        made = build_in_order(maker(), source, jobs)
        assert [next(made).rows for _ in range(5)] == [1] * 5
        with pytest.raises(MalformedError, match="line 7"):
            next(made)


def test_worker_makes_with_the_maker_that_it_was_born_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker builds with the builder of the process that forked it, so keys are never sent."""
    monkeypatch.setattr(workers, "_adopted", [])
    workers._adopt(maker())  # in a process that has no parent to end with
    assert b"userid=u0" in workers._make(next(chunks(1))).encoded


def test_worker_ends_with_its_parent_and_leaves_ctrl_c_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker ignores SIGINT, which all of them get, and ends when its parent has ended."""  # B17
    steps: list[object] = []
    parent = SimpleNamespace(join=lambda: steps.append("the parent has ended"))
    monkeypatch.setattr("os._exit", steps.append)
    monkeypatch.setattr("signal.signal", lambda *what: steps.append(what[0].name))
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: parent)
    monkeypatch.setattr(workers, "_adopted", [])
    monkeypatch.setattr(
        "threading.Thread",
        lambda target, args, daemon: SimpleNamespace(start=lambda: target(*args)),
    )
    workers._adopt(maker())
    assert steps == ["SIGINT", "the parent has ended", 1]


def test_several_processes_need_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """``--jobs`` must be 1 on a system without fork."""
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    with pytest.raises(ConfigError, match="--jobs: must be 1"):
        next(build_in_order(maker(), chunks(1), 2))

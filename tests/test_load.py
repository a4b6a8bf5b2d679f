"""Tests that the load of a chain runs, and sees what is wrong; no measured time is asserted here."""

from array import array
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.load import report, site
from tests.load.amounts import Amounts
from tests.load.ledger import Ledger, asker
from tests.load.memory import Sample, growth
from tests.load.run import Findings, run

PAGE = report.PAGE
FEW = replace(Amounts().scaled(Fraction(1, 500)), tablets=4)
MEBI = 2**20


def findings(**changes: Any) -> Findings:
    """Return what a run has shown in which everything was right."""
    right = Findings(
        took={"return": array("f", [0.001] * 9)},
        errors={},
        books=[("links", 5, 5)],
        samples={"worker 1": [Sample(60 * MEBI, 50 * MEBI)] * 9},
        processor_s={"client and vendor": 1.0, "worker 1": 4.0},
        lasted_s=10.0,
        worked_after_s=0.2,
    )
    return right._replace(**changes)


@pytest.mark.parametrize("on_postgresql", [False, True], ids=["SQLite", "PostgreSQL"])
def test_traffic_of_a_chain_leaves_no_error_and_nothing_missing(on_postgresql: bool) -> None:
    """Every answer of a small part of a chain's hour is right, and the store holds what was acknowledged."""
    found = run(FEW, workers=1, on_postgresql=on_postgresql)
    counts = {kind: len(took) for kind, took in found.took.items()}
    codes = counts["code of a tablet"]
    assert dict(found.errors) == {}
    assert found.is_right
    assert counts["create by the API"] == 200
    assert counts["redirect of a poster's link"] + counts["start of a link"] == 600 + codes
    assert counts["return"] == counts["webhook"] == 90
    assert codes >= 4
    assert {name: told for name, told, _ in found.books}["webhooks, worked"] == 90
    assert set(found.samples) == {"main process", "worker 1"}


def test_whole_traffic_is_what_a_chain_has_in_an_hour() -> None:
    """The whole run has the amounts of an hour in ten minutes, and a part of it has the same rate."""
    whole, part = Amounts(), Amounts().scaled(Fraction(1, 20))
    assert (whole.creates, whole.openings, whole.returns + whole.webhooks) == (100_000, 300_000, 90_000)
    assert (whole.tablets, whole.seconds) == (200, 600.0)
    assert (part.creates, part.openings, part.seconds, part.tablets) == (5_000, 15_000, 30.0, 200)
    assert whole.visits + whole.redirects == whole.openings
    assert whole.pace.poll == 2.0


@pytest.mark.parametrize(
    ("last", "is_flat"), [(50 * MEBI, True), (52.5 * MEBI, True), (52.5 * MEBI + 1, False), (40 * MEBI, True)]
)
def test_memory_is_flat_within_a_twentieth(last: float, is_flat: bool) -> None:
    """Memory is flat if the median of the last third is at most 1.05 of the first third's."""
    samples = [Sample(1, 50 * MEBI)] * 3 + [Sample(9, 70 * MEBI)] * 3 + [Sample(1, int(last))] * 3
    found = growth(samples)
    assert found.is_flat is is_flat
    assert found.most_rss == 9


@pytest.mark.parametrize(
    "wrong", [{"errors": {"return: not taken": 1}}, {"books": [("links", 5, 4)]}], ids=["answer", "missing"]
)
def test_run_is_wrong_with_an_error_or_a_missing_row(wrong: dict[str, object]) -> None:
    """A wrong answer, or something acknowledged that is missing, makes a run wrong, and is told."""
    assert findings().is_right
    assert not findings(**wrong).is_right
    assert not any("✗" in line for line in report.lines_of(findings()))
    assert any("✗" in line for line in report.lines_of(findings(**wrong)))


def test_memory_that_grows_has_a_cross() -> None:
    """A process that grows is marked, if the run was long enough for it to have warmed up."""
    samples = {"worker 1": [Sample(MEBI, MEBI)] * 5 + [Sample(2 * MEBI, 2 * MEBI)] * 5}
    short, long = findings(samples=samples), findings(samples=samples, lasted_s=report.WARM_S)
    assert report.is_flat(short)
    assert not report.is_flat(long)
    assert any("2.000 ✗" in line for line in report.lines_of(long))


def test_books_see_what_is_missing_other_or_too_much() -> None:
    """An id that is not there, another result and a link that nobody was told of are each counted."""
    rows: dict[str, list[tuple[Any, ...]]] = {
        "SELECT id": [("a",), ("c",)],
        "SELECT count(*) FROM visits": [(1,)],
        "SELECT sum": [(1,)],
        "SELECT count(*) FROM links": [(0,)],
        "SELECT submission_id": [("s1", "approved"), ("s2", "rejected")],
    }
    ledger = Ledger({"a", "b"}, 2, {"s1": "approved", "s2": "approved"}, {"s1": "approved"})
    books = ledger.compared(
        lambda query: next(found for start, found in rows.items() if query.startswith(start))
    )
    assert {name: (told, held) for name, told, held in books} == {
        "links": (2, 1),
        "links that nobody was told of": (0, 1),
        "openings": (2, 1),
        "uses": (2, 1),
        "links used too often": (0, 0),
        "returns, with what they claim": (2, 1),
        "webhooks, worked": (1, 1),
        "outcomes, confirmed by the API": (1, 1),
    }


def test_books_ask_a_file_behind_the_server(tmp_path: Path) -> None:
    """A SQLite file is asked directly."""
    assert asker(tmp_path / "links.db", None)("SELECT 1, 2") == [(1, 2)]


def test_log_is_searched_for_problems() -> None:
    """Lines of warnings and errors count as errors of a run, whatever numbers they have."""
    log = "12:00 INFO GET /r/<token> 302\n12:01 ERROR webhook 12 fails\n12:02 ERROR webhook 13 fails\n"
    assert site.problems_in(log) == {"ERROR webhook # fails": 2}


def test_tables_are_written_between_the_marks_of_an_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run replaces the figures of its own engine, and nothing else of the page."""
    monkeypatch.setattr(report, "PAGE", tmp_path / "load.md")
    marks = "<!-- {0}: made by `make load` -->\nold {0}\n<!-- end of {0} -->\n"
    report.PAGE.write_text(f"before\n{marks.format('SQLite')}between\n{marks.format('PostgreSQL')}behind\n")
    report.write("SQLite", findings())
    written = report.PAGE.read_text()
    assert "old SQLite" not in written
    assert written.index("| links | 5 | 5 |") < written.index("between") < written.index("old PostgreSQL")
    assert written.startswith("before\n")
    assert written.endswith("behind\n")


def test_page_has_a_place_for_each_engine_and_no_cross() -> None:
    """docs/load.md has the tables of a run on each engine; nothing in them is wrong."""
    page = PAGE.read_text(encoding="utf-8")
    assert "✗" not in page
    for engine in ("SQLite", "PostgreSQL"):
        assert f"<!-- {engine}: made by `make load` -->" in page
        assert f"<!-- end of {engine} -->" in page

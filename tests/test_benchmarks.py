"""Tests that the benchmarks run and report their results; no measured speed is asserted here."""

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from programs import required_program

from liveform import Project
from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks import harness, report, walks
from tests.benchmarks.harness import QUICK, Curve, Effort, Result, Walk, side_by_side

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
# These start servers, or other programs many times; ``make bench`` runs them.
ALONE = {"redirects", "postgresql", "hosts", "kiosk", "growth", "imports", "batch"}
COUNTED = {"walks"}  # these have no reference
PROGRAMS = {"urls": "node"}  # that a benchmark runs


def result(ours: float, unit: str = "s", goal: float = 0.5) -> Result:
    """Return a result of this cost or rate beside a reference of 1."""
    return Result(work="work", reference="reference", ours=ours, theirs=1.0, goal=goal, unit=unit)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", benchmarks.MODULES)
def test_benchmark_of_each_name_can_be_run(name: str) -> None:
    """Every benchmark module has a function ``run``."""
    assert callable(import_module(f"tests.benchmarks.{name}").run)


@pytest.mark.parametrize("name", [name for name in benchmarks.MODULES if name not in ALONE | COUNTED])
def test_benchmark_in_process_measures_both_sides(name: str) -> None:
    """Every result has a positive amount of ours, of the reference, and of the goal."""
    if name in PROGRAMS:
        required_program(PROGRAMS[name])
    results = benchmarks.measure([name], QUICK).results
    assert results
    assert all(min(one.ours, one.theirs, one.goal) > 0 for one in results)


@pytest.mark.parametrize(
    ("one", "met"),
    [
        (result(0.5), True),
        (result(0.51), False),
        (result(0.5, "B"), True),
        (result(0.5, "/s"), True),
        (result(0.49, "/s"), False),
    ],
)
def test_goal_is_a_ceiling_for_costs_and_a_floor_for_rates(one: Result, met: bool) -> None:
    """A goal is an upper limit for seconds and bytes, and a lower limit for events a second."""
    assert one.met is met
    assert ("✗" in report.table([one])) is not met


def test_walks_stay_within_their_limits() -> None:
    """No walk through our files is longer than ``LIMITS`` allows."""
    found = benchmarks.measure(["walks"], QUICK).walks
    assert {walk.work for walk in found} == set(walks.LIMITS)
    assert all(walk.entered for walk in found)
    assert [walk for walk in found if not walk.met] == []


def test_files_of_work_are_counted_once_and_each_way_back_too() -> None:
    """A file is entered at its first call, and again at a call that follows one in another file."""
    project = Project("abc123de45")
    url = project.form_url(userid="user_12345")
    assert walks.files_of(lambda: None) == (0, 0)
    entered, again = walks.files_of(lambda: project.form_url(userid="user_12345"))
    twice = walks.files_of(lambda: [project.form_url(userid="user_12345") for _ in range(2)])
    assert url
    assert twice == (entered, 2 * again + entered)


@pytest.mark.parametrize(("entered", "again", "met"), [(3, 5, True), (4, 5, False), (3, 6, False)])
def test_walk_over_its_limit_has_a_cross(entered: int, again: int, met: bool) -> None:
    """A walk has one limit for its two counts together, and the table marks one that exceeds it."""
    walk = Walk("work", entered, again, most=8)
    assert walk.met is met
    assert ("✗" in report.walks_table([walk])) is not met


def test_sides_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each round runs every work, the order alternates, and the median of the rounds counts."""
    order: list[str] = []
    seconds = {"a": iter([9.0, 1.0, 2.0]), "b": iter([5.0, 5.0, 5.0])}
    works = {"a": lambda: "a", "b": lambda: "b"}

    def timed(work: Callable[[], str], _: int) -> float:
        order.append(work())
        return next(seconds[work()])

    monkeypatch.setattr(harness, "_calls_within", lambda *_: 1)
    monkeypatch.setattr(harness, "seconds_of", timed)
    assert side_by_side(works, Effort(3, 1)) == {"a": 2.0, "b": 5.0}
    assert order == ["a", "b", "b", "a", "a", "b"]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(2.5, "s", "2.5 s"), (7.21e-6, "s", "7.21 µs"), (0.0123, "s", "12.3 ms"), (3410, "/s", "3,410 /s")],
)
def test_amount_has_a_fitting_unit(value: float, unit: str, text: str) -> None:
    """An amount is rounded to three digits and shown in the unit that keeps it small."""
    assert report.amount(value, unit) == text


def test_page_has_a_line_for_each_goal_and_a_cross_where_it_is_missed() -> None:
    """docs/benchmarks.md has a row for each kind of work, a cross at a missed goal, and its plots."""
    works = re.findall(r"^\| ([^|]+) \|", PAGE, re.MULTILINE)
    for start in (
        "form_url, GCM",
        "form_url, ECB",
        "read_return",
        "batch",
        "import liveform",
        "liveform url",
    ):
        assert any(work.startswith(start) for work in works), start
    for word in ("QR", "redirect", "redeem", "kiosk"):
        assert any(word in work for work in works), word
    for ratio, cross, relation, goal in re.findall(
        r"\| ([0-9.]+)( ✗)? \| ([≤≥]) ([0-9.]+) \|$", PAGE, re.MULTILINE
    ):
        if abs(float(ratio) - float(goal)) > 0.005:  # the page rounds
            assert bool(cross) == ((float(ratio) > float(goal)) == (relation == "≤")), ratio
    for image in re.findall(r"\]\((benchmarks/[a-z_]+\.svg)\)", PAGE):
        assert (ROOT / "docs" / image).is_file()
    assert "benchmarks/ratios.svg" in PAGE


def test_page_has_a_line_for_each_walk_with_its_limits() -> None:
    """The page names each walk of ``LIMITS`` with the limit that the test holds."""
    for work, most in walks.LIMITS.items():
        assert re.search(rf"^\| {work} \| \d+ \| \d+ \| \d+ ≤ {most} \|$", PAGE, re.MULTILINE), work


def test_page_is_written_between_its_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new report replaces only the text between the marks of the page, and writes the plots."""
    monkeypatch.setattr(report, "PAGE", tmp_path / "page.md")
    monkeypatch.setattr(report, "PLOTS", tmp_path / "plots")
    report.PAGE.write_text(
        f"before\n{report._FIGURES[0]}\nold\n{report._FIGURES[1]}\n"
        f"between\n{report._WALKS[0]}\nold\n{report._WALKS[1]}\nbehind\n"
    )
    curve = Curve(
        name="growth", title="It grows", x_label="x", y_label="y", lines={"a": [(1, 1), (2, 3)]}, log_x=True
    )
    report.write([result(0.4), result(2)], [curve], [Walk("form_url", 11, 4, 15)])
    written = report.PAGE.read_text()
    assert written.startswith("before\n")
    assert written.endswith("\nbehind\n")
    assert "\nbetween\n" in written
    assert "old" not in written
    assert "| form_url | 11 | 4 | 15 ≤ 15 |" in written
    assert "![It grows](benchmarks/growth.svg)" in written
    assert (report.PLOTS / "ratios.svg").read_text().count("<svg") == 1
    assert (report.PLOTS / "growth.svg").exists()

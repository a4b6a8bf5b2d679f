"""tests.fuzz notices what it is meant to notice: foreign errors, slow growth, and processes that end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st

from liveform import LiveformError, MalformedError
from tests.fuzz import __main__ as fuzz
from tests.fuzz import child, corpus, guided, run
from tests.fuzz.growth import Part, parts_of, steepest
from tests.fuzz.report import Verdict, summary
from tests.fuzz.target import KEY, Target, check
from tests.fuzz.targets import TARGETS
from tests.fuzz.typed import BATCH
from tests.fuzz.typed import fuzz as fuzz_typed
from tests.fuzz.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]


class Ticks:
    """A clock of work: a reader says how much it does."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return how much was done."""
        return self.now


def target(read: Callable[[bytes], object], **changes: Any) -> Target:
    """Return a target with this reader."""
    return Target("some", read, **{"seeds": (b"seed",), "inputs": st.binary(max_size=9), **changes})


def raising(error: Exception) -> Callable[[bytes], object]:
    """Return a reader that raises."""

    def read(data: bytes) -> None:
        raise error

    return read


class UnpickledError(LiveformError):
    """An error that another process gets without its text."""

    def __init__(self, text: str = "another text") -> None:
        super().__init__()
        self.args = ()
        self._text = text

    def __str__(self) -> str:
        return self._text

    def __reduce__(self) -> tuple[type[UnpickledError], tuple[()]]:
        return UnpickledError, ()


def test_check_takes_what_is_read_or_refused() -> None:
    """A reader may return anything, and raise a LiveformError with a text."""
    check(target(lambda data: data), b"x")
    check(target(raising(MalformedError("wrong"))), b"x")


@pytest.mark.parametrize(
    "error",
    [
        *(
            ValueError("x"),
            RecursionError("x"),
            KeyError("x"),
            AssertionError("x"),
            UnicodeDecodeError("a", b"", 0, 1, ""),
        ),
        *(MalformedError(""), MalformedError(f"the key is {KEY}"), UnpickledError("one text")),
    ],
    ids=repr,
)
def test_check_refuses_every_other_error(error: Exception) -> None:
    """Another error is a finding; so is one of ours that is empty, shows the key, or is lost by pickling."""
    with pytest.raises(AssertionError if isinstance(error, LiveformError) else type(error)):
        check(target(raising(error)), b"x")


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_reads_drawn_inputs(name: str) -> None:
    """The typed inputs of every target can be drawn, and none is a finding."""
    one = TARGETS[name]
    found = fuzz_typed(one, lambda data: check(one, data), seconds=0, first_seed=7, clock=lambda: 0.0)
    assert found is None, found


def test_typed_fuzzer_makes_a_finding_small() -> None:
    """An input that breaks a reader is returned as short as it can be, with what was raised."""

    def read(data: bytes) -> None:
        if len(data) > 3:
            raise ValueError("longer than three")

    one = target(read)
    found = fuzz_typed(one, lambda data: check(one, data), seconds=0, first_seed=0, clock=lambda: 0.0)
    assert found is not None
    assert (found.data, str(found.error)) == (bytes(4), "longer than three")


def test_typed_fuzzer_ends_with_its_time() -> None:
    """Batches go on until the clock says that the time is over."""
    ticks, seen = Ticks(), []

    def read(data: bytes) -> None:
        seen.append(data)
        ticks.now += 1 / BATCH

    assert fuzz_typed(target(read), read, seconds=2.5, first_seed=0, clock=ticks) is None
    assert 2.5 * BATCH <= len(seen) <= 3.5 * BATCH


@pytest.mark.parametrize(("exponent", "is_finding"), [(1.0, False), (1.5, False), (2.0, True), (3.0, True)])
def test_growth_that_is_quadratic_is_a_finding(exponent: float, is_finding: bool) -> None:
    """Work that grows like the square of the length is found; work that is proportional to it is not."""
    ticks = Ticks()

    def read(data: bytes) -> None:
        ticks.now += (len(data) / 1000) ** exponent

    steep = steepest(read, [b"ab"], max_bytes=8_000, clock=ticks)
    assert (steep is not None) is is_finding
    if steep is not None:
        assert steep.exponent == pytest.approx(exponent, abs=0.1)


def test_growth_in_one_part_of_an_input_is_found() -> None:
    """A part whose repetition takes long is found by repeating slices."""
    ticks = Ticks()

    def read(data: bytes) -> None:
        ticks.now += (data.count(b"(") / 1000) ** 2

    assert steepest(read, [b"prefix((suffix"], max_bytes=8_000, clock=ticks) is not None
    assert steepest(read, [b"prefix-suffix"], max_bytes=8_000, clock=ticks) is None


def test_growth_that_nobody_notices_is_no_finding() -> None:
    """What takes no time at its longest is left alone, whatever its curve; so is an empty input."""
    ticks = Ticks()

    def read(data: bytes) -> None:
        ticks.now += (len(data) / 1e6) ** 2

    assert steepest(read, [b"ab", b""], max_bytes=8_000, clock=ticks) is None


def test_input_that_breaks_when_it_is_longer_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an input raises once it is made longer is reported, and the longer input is saved."""
    monkeypatch.setattr(corpus, "FOUND", tmp_path)

    def read(data: bytes) -> None:
        if len(data) > 4_000:
            raise RecursionError("too deep")

    told = child.growth(target(read), [b"(("])
    assert told["problem"].startswith("RecursionError in ")
    (saved,) = corpus.load(tmp_path / "some")
    assert len(saved) > 4_000
    assert child.growth(target(len), [b"(("]) == {}


def test_known_input_that_breaks_a_reader_is_found_first() -> None:
    """Seeds and earlier findings are run before others are drawn."""
    error = ValueError("x")
    assert child.first_finding(raising(error), [b"a", b"b"]) == (b"a", error)
    assert child.first_finding(lambda data: None, [b"a"]) is None


def test_part_is_repeated_to_a_size() -> None:
    """A grown input keeps its ends, and is about as long as asked for."""
    grown = Part(b"<a>", b"xyz", b"</a>").grown(100)
    assert grown == b"<a>" + b"xyz" * 31 + b"</a>"
    assert Part(b"long begin", b"x", b"").grown(3) == b"long beginx"


def test_parts_cover_the_input() -> None:
    """Each way to cut an input gives the input back, with a part that is not empty."""
    from random import Random

    for part in parts_of(b"some input", Random(1)):
        assert b"".join(part) == b"some input"
        assert part.repeated


def test_watch_keeps_what_takes_long_for_its_length(tmp_path: Path) -> None:
    """Each input that is slower for its length than those before it is written to a file."""
    ticks = Ticks()
    costs = {b"quick": 0.0, b"slow": 0.01, b"as slow": 0.0101, b"slower": 0.1}

    def read(data: bytes) -> None:
        ticks.now += costs[data]

    watch = Watch(target(read), tmp_path / "slow", ticks)
    for data in costs:
        watch(data)
    assert watch.count == len(costs)
    assert sorted(corpus.load(tmp_path / "slow")) == [b"slow", b"slower"]


def test_inputs_are_saved_by_their_content(tmp_path: Path) -> None:
    """The same input is one file; folders that are not there have no inputs."""
    paths = {corpus.save(tmp_path / "a", data) for data in (b"x", b"x", b"y")}
    assert len(paths) == 2
    assert corpus.load(tmp_path / "a") == [path.read_bytes() for path in sorted(paths)]
    assert corpus.load(tmp_path / "b") == []


# What libFuzzer prints.
LIBFUZZER = """INFO: Seed: 1
#2\tINITED cov: 10
#65536\tpulse  cov: 20
Done 81921 runs in 3 second(s)
stat::number_of_executed_units: 81921
"""
CRASHED = """#7\tNEW    cov: 20

 === Uncaught Python exception: ===
RecursionError: maximum recursion depth exceeded
Traceback (most recent call last):
"""
TIMED_OUT = "#9\tNEW cov: 2\n==1== ERROR: libFuzzer: timeout after 20 seconds\n"


@pytest.mark.parametrize(
    ("said", "code", "executions", "problem"),
    [
        (LIBFUZZER, 0, 81_921, ""),
        (CRASHED, 77, 7, "RecursionError: maximum recursion depth exceeded"),
        (TIMED_OUT, 70, 9, "timeout after 20 seconds"),
        ("killed", -9, 0, "the process ended with -9: 'killed'"),
    ],
)
def test_libfuzzer_is_understood(said: str, code: int, executions: int, problem: str) -> None:
    """The number of executions and the problem are read from what libFuzzer prints."""
    assert guided.executions(said) == executions
    assert guided.problem(said, code) == problem


def test_finding_of_libfuzzer_becomes_a_regression(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An input that libFuzzer leaves is moved to the inputs that are tested ever since."""
    monkeypatch.setattr(corpus, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(corpus, "FOUND", tmp_path / "found")
    (tmp_path / "kept" / "csv").mkdir(parents=True)

    def crash(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        (tmp_path / "kept" / "csv" / "finding-crash-1").write_bytes(b"bad")
        return subprocess.CompletedProcess(command, 77, "", CRASHED)

    monkeypatch.setattr(subprocess, "run", crash)
    (verdict,) = run.run(run.Plan(["csv"], ["guided"], 1, 0, 1))
    assert verdict.problem.startswith("RecursionError")
    assert corpus.load(tmp_path / "found" / "csv") == [b"bad"]
    assert guided.artifacts(tmp_path / "kept" / "csv") == []


@pytest.mark.parametrize("seconds", [0, 1, 60, 600, 36_000])
def test_process_is_waited_for_longer_than_it_takes(seconds: float) -> None:
    """However long a run is, its growing inputs end, and half of the patience is left for the rest."""
    assert 1 <= child.growing_s(seconds) <= run.PATIENCE_S / 2


@pytest.mark.parametrize(
    ("done", "problem"),
    [
        (subprocess.CompletedProcess([], 0, json.dumps({"executions": 5}), ""), ""),
        (subprocess.CompletedProcess([], -11, "", "Segmentation fault"), "the process ended with -11"),
        (subprocess.TimeoutExpired([], 1), "did not end in time"),
    ],
)
def test_process_that_ends_otherwise_is_a_finding(
    done: Any, problem: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A fuzzer whose process dies or never ends is a finding, and not a pass."""
    monkeypatch.setattr(corpus, "KEPT", tmp_path)

    def answer(*_: object, **__: object) -> Any:
        if isinstance(done, Exception):
            raise done
        return done

    monkeypatch.setattr(subprocess, "run", answer)
    (verdict,) = run.run(run.Plan(["csv"], ["typed"], 1, 0, 1))
    assert problem in verdict.problem
    assert bool(verdict.problem) is bool(problem)


def test_report_has_the_executions_of_each_engine_and_all_findings() -> None:
    """The report is a table, with what was found below it and where its input is."""
    verdicts = [
        Verdict("csv", "guided", 1_234_567),
        Verdict("csv", "typed", 890),
        Verdict("xlsx", "typed", 7, "KeyError: x", Path("inputs/xlsx/1")),
    ]
    said = summary(verdicts, seconds=60)
    assert "csv                1,234,567           890" in said
    assert "xlsx                       -             7" in said
    assert "xlsx, typed: KeyError: x\n    inputs/xlsx/1: " in said
    assert said.endswith("1,235,464 executions, 60 s for each target and engine; findings: 1")


def test_command_fails_if_something_was_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command runs what it was told to, and returns 1 for a finding and 0 without one."""
    plans: list[run.Plan] = []
    verdicts = [Verdict("csv", "typed", 5)]

    def recorded(plan: run.Plan) -> list[Verdict]:
        plans.append(plan)
        return verdicts

    monkeypatch.setattr(fuzz, "run", recorded)
    monkeypatch.setattr(guided, "is_installed", lambda: False)
    assert fuzz.main(["--target", "csv", "--seconds", "3", "--seed", "4", "--jobs", "2"]) == 0
    assert plans == [run.Plan(["csv"], ["typed"], 3.0, 4, 2)]
    assert "without atheris" in capsys.readouterr().out
    verdicts.append(Verdict("csv", "guided", 5, "ValueError"))
    assert fuzz.main(["--engine", "guided"]) == 1
    assert plans[1].targets == list(TARGETS)


def test_typed_engine_runs_in_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The typed engine reports its executions from a process of its own."""
    monkeypatch.setattr(corpus, "KEPT", tmp_path)
    (verdict,) = run.run(run.Plan(["tokens"], ["typed"], 0, 0, 1))
    assert verdict.problem == ""
    assert verdict.executions >= BATCH


def test_guided_engine_runs_in_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine that is guided by coverage runs where atheris has a wheel; CI has one."""
    monkeypatch.setattr(corpus, "KEPT", tmp_path)
    if not guided.is_installed():
        if os.environ.get("CI"):
            pytest.fail("atheris is not installed, and CI skips nothing")
        pytest.skip("atheris is not installed")
    (verdict,) = run.run(run.Plan(["tokens"], ["guided"], 1, 0, 1))
    assert verdict.problem == ""
    assert verdict.executions > 100


@pytest.mark.parametrize(
    "program",
    [
        "tests.audit",
        "tests.benchmarks.__main__",
        "tests.faults.__main__",
        "tests.faults.kills",
        "tests.fuzz.__main__",
        "tests.last_tag.__main__",
        "tests.load.__main__",
        "tests.mutants.__main__",
    ],
)
def test_programs_that_are_run_by_hand_find_their_modules(program: str) -> None:
    """What ``make`` and the docs call starts without the path that pytest sets."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-c", f"import {program}"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")

"""tests.mutants makes the breaks that it names, and tells right which of them tests catch."""

from dataclasses import replace
from pathlib import Path

import pytest

import liveform
from tests.mutants import __main__ as mutants
from tests.mutants import harmless, report
from tests.mutants.breaks import Break, breaks_of
from tests.mutants.run import Plan, Verdict, runner
from tests.mutants.targets import TARGETS, WIDER, listed, modules
from tests.mutants.trees import Outcome

ROOT = Path(__file__).parents[1]
SOURCES = Path(liveform.__file__).parents[1]  # in the wheel's tests, another folder than that of the tests
SETTING = """[tool.pytest.ini_options]
addopts = ["--import-mode=importlib"]
pythonpath = ["."]
"""
MIRROR_TEST = """from liveform.gate import may_enter
def test_child():
    assert may_enter(3) is False
"""
WIDER_TEST = """import subprocess, sys
def test_adult_in_another_process(tmp_path):
    code = "from liveform.gate import may_enter; assert may_enter(18)"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
"""
GATE = """def may_enter(age: int) -> bool:
    return age >= 18
"""


def broken(source: str) -> list[str]:
    """Return every source that a break of ``source`` gives."""
    return [one.apply(source) for one in breaks_of("module.py", source)]


def one_called(words: str) -> Break:
    """Return the break of the gate that these words name."""
    (found,) = [one for one in breaks_of("liveform/gate.py", GATE) if one.words == words]
    return found


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("x < y", ["(x <= y)"]),
        ("x >= y > z", ["(x > y > z)", "(x >= y >= z)"]),
        ("x == y", ["(x != y)"]),
        ("x is not y", ["(x is y)"]),
        ("x in y", ["(x not in y)"]),
        ("x and y or z", ["((x and y) and z)", "(x or y) or z"]),
        ("not x", ["(x)"]),
        ("any(x)", ["(all)(x)"]),
        ("7", ["(8)", "(6)"]),
        ("True", ["(False)"]),
        ("None", []),
        ("'ab'", ["('b')", "('ab~')"]),
        ("b''", ["(b'~')"]),
        ("'é' 'b', y < z", ["('b'), y < z", "('éb~'), y < z", "'é' 'b', (y <= z)"]),
        ("f'{x < y:>3}'", ["(f'{x <= y:>3}')", "(f'{x < y:3}')", "(f'{x < y:>3~}')"]),
        (
            "'SELECT a WHERE b < 1 AND c'",
            ["('SELECT a WHERE b <= 1 AND c')", "('SELECT a WHERE b < 1 OR c')"],
        ),
    ],
)
def test_expression_is_broken_in_each_way_that_a_rule_names(source: str, wanted: list[str]) -> None:
    """Each rule breaks an expression in one place and leaves the rest of the line alone."""
    assert broken(f"v = {source}") == [f"v = {text}" for text in wanted]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("f(x)", ["pass"]),
        ("x.y = z", ["pass"]),
        ("x[y] = z", ["pass"]),
        ("x: int = y", []),
        ("x += y", ["pass"]),
        ("del x", ["pass"]),
        ("raise x", ["pass"]),
        ("while x:\n    break", ["while x:\n    continue"]),
        ("while x:\n    continue", ["while x:\n    break"]),
        ("def f():\n    return x", ["def f():\n    return None"]),
        ("def f():\n    return None", []),
    ],
)
def test_statement_is_dropped_or_swapped_as_a_rule_says(source: str, wanted: list[str]) -> None:
    """A statement gives way to pass, to its opposite, or to a return of None."""
    assert broken(source) == wanted


@pytest.mark.parametrize(
    "source",
    [
        '"""Module."""',
        'class A:\n    """Class."""\n    x: int\n    "Attribute."',
        "def f(x: 'int', y: Literal[1]) -> 'str': ...",
        "x: Final['int'] = y",
        "x: TypeAlias = Literal['a', 1]",
        "x = cast('int', y)",
        "x = TypeVar('x', bound='int')",
        "if TYPE_CHECKING:\n    x = 1",
        "__all__ = ['a']",
        "class A:\n    __slots__ = ('a',)",
        "x = ValueError('words', f'{1}')",
    ],
)
def test_documentation_types_and_messages_are_left_alone(source: str) -> None:
    """No break changes a docstring, a type, a declaration or the words of an exception."""
    assert broken(source) == []


def test_statement_of_sql_is_broken_in_its_operators() -> None:
    """A SQL text is broken where it decides something, and the words show the line around that."""
    source = 'x = f"""\nSELECT {y} WHERE a < 1\nAND b IS NOT NULL\n"""'
    assert [one.words for one in breaks_of("m.py", source)] == [
        "`<` becomes `<=` in `WHERE a < 1`",
        "`AND` becomes `OR` in `AND b IS NOT NULL`",
        "`IS NOT NULL` becomes `IS NULL` in `AND b IS NOT NULL`",
    ]


def test_raise_is_broken_in_all_but_its_words() -> None:
    """A raise can be dropped, and its numbers can change, but its message stays."""
    assert broken("raise Refused('words', f'{2 * x}', code=7) from x") == [
        "pass",
        "raise Refused('words', f'{2 * x}', code=(8)) from x",
        "raise Refused('words', f'{2 * x}', code=(6)) from x",
    ]


def test_two_breaks_of_one_line_have_different_names() -> None:
    """A line and the words name one break, also where a line has the same constant twice."""
    assert [one.words for one in breaks_of("m.py", "x = 1, 1")][::2] == [
        "`1` becomes `2`",
        "`1` becomes `2` (2)",
    ]


@pytest.mark.parametrize("module", modules(SOURCES, TARGETS, []))
def test_every_break_of_a_target_is_python_and_differs_from_the_source(module: str) -> None:
    """A break that is no Python would be caught by any test, and would prove nothing."""
    source = (SOURCES / module).read_text(encoding="utf-8")
    breaks = breaks_of(module, source)
    assert len({(one.text, one.words) for one in breaks}) == len(breaks)
    assert all(one.apply(source) != source for one in breaks[::10])


@pytest.mark.parametrize("place", TARGETS)
def test_every_target_exists_and_names_tests_that_exist(place: str) -> None:
    """A moved module or test file must move in the table as well."""
    assert (SOURCES / place).exists()
    assert modules(SOURCES, TARGETS, [place])
    assert all(any(ROOT.glob(path)) for path in TARGETS[place] + listed(place, WIDER))


def test_known_harmless_breaks_can_still_be_made() -> None:
    """Every entry of harmless.txt names a break of today's code."""
    made = [
        one
        for module in modules(SOURCES, TARGETS, [])
        for one in breaks_of(module, (SOURCES / module).read_text(encoding="utf-8"))
    ]
    assert harmless.outdated(made, harmless.read(harmless.FILE.read_text(encoding="utf-8"))) == []


def test_harmless_break_is_found_by_module_line_and_words() -> None:
    """An entry takes away the break that it names and no other."""
    entry = "module: liveform/gate.py\nline: return age >= 18\nbreak: `18` becomes `19`\nreason: why\n"
    text = f"# About.\n\n{entry}"
    left = harmless.without(breaks_of("liveform/gate.py", GATE), harmless.read(text))
    assert one_called("`18` becomes `19`") not in left
    assert one_called("`18` becomes `17`") in left


def test_harmless_break_without_a_reason_is_refused() -> None:
    """An entry must say why its break changes nothing."""
    with pytest.raises(ValueError, match="reason"):
        harmless.read("module: m\nline: x\nbreak: y\nreason:")


def test_draw_takes_about_as_many_breaks_from_each_module() -> None:
    """A long module does not push out a short one, and one seed gives one draw."""
    made = [breaks_of("short.py", "x = 1"), breaks_of("long.py", "x = 1, 2, 3, 4")]
    drawn = mutants.draw(made, 4, seed=1)
    assert sorted(one.module for one in drawn) == ["long.py", "long.py", "short.py", "short.py"]
    assert drawn == mutants.draw(made, 4, seed=1)
    assert mutants.draw(made, None, seed=1) == [*made[0], *made[1]]


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """A project with one module, whose mirror test asks little and whose wider test asks more."""
    files = {
        "pyproject.toml": SETTING,
        "liveform/__init__.py": "",
        "liveform/gate.py": GATE,
        "tests/test_gate.py": MIRROR_TEST,
        "tests/test_process.py": WIDER_TEST,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    targets = {"liveform/gate.py": ("tests/test_gate.py",)}
    wider = {"liveform": ("tests/test_pro*.py",)}
    for name, value in {"ROOT": tmp_path, "TARGETS": targets, "WIDER": wider}.items():
        monkeypatch.setattr(mutants, name, value)
    return Plan(root=tmp_path, targets=targets, wider=wider, jobs=2)


def test_break_that_does_not_end_in_time_is_caught(plan: Plan) -> None:
    """A run of tests is stopped at its limit, and its break counts as caught."""
    with runner(replace(plan, limit_s=0.01, jobs=1)) as running:
        (verdict,) = running.verdicts([one_called("returns None")])
    assert verdict.outcome is Outcome.TIMED_OUT
    assert verdict.caught


def test_break_survives_only_if_mirror_and_wider_tests_let_it_pass(
    plan: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run breaks a copy, tells what is caught, also in a subprocess, and fails below the wanted share."""
    assert mutants.main(["--all", "--jobs", "2", "--at-least", "76"]) == 1
    printed, followed = capsys.readouterr()
    assert "Survivors:\nliveform/gate.py:2: `18` becomes `17`\n    return age >= 18\n\n" in printed
    assert printed.endswith("3 of 4 breaks caught: 75.0 %\n")
    assert "2/4 caught: liveform/gate.py:2 `>=` becomes `>`\n" in followed
    assert (plan.root / "liveform" / "gate.py").read_text() == GATE


def test_run_succeeds_if_no_break_survives(plan: Plan) -> None:
    """The exit code is 0 where the share of caught breaks is reached."""
    assert mutants.main(["--number", "0", "--at-least", "100"]) == 0


def test_tests_that_fail_without_a_break_end_the_run(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is broken before the tests pass, since failing tests would catch anything."""
    (plan.root / "tests" / "test_gate.py").write_text("def test(): assert False\n")
    assert mutants.main(["--all"]) == 2
    assert "tests/test_gate.py: failed" in capsys.readouterr().err


def test_list_prints_the_breaks_and_runs_nothing(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    """The option --list shows what would be broken, here in a folder that --module names."""
    assert mutants.main(["--list", "--all", "--module", "liveform/"]) == 0
    assert capsys.readouterr().out.count("liveform/gate.py:") == len(breaks_of("liveform/gate.py", GATE))


def test_module_without_tests_in_the_table_is_refused(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    """The option --module names a target, and the message says which there are."""
    with pytest.raises(SystemExit, match="2"):
        mutants.main(["--list", "--module", "webhelper"])
    assert "are in liveform/gate.py" in capsys.readouterr().err


def test_report_counts_by_module() -> None:
    """The table has a line for each module, with its caught breaks and its survivors."""
    outcomes = (Outcome.FAILED, Outcome.PASSED, Outcome.TIMED_OUT)
    verdicts = [Verdict(one_called("returns None"), outcome) for outcome in outcomes]
    assert "liveform/gate.py 2 1" in " ".join(report.summary(verdicts).split())
    assert report.percent([]) == 100

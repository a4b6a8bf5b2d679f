"""The house: arrows run one way, and each room stays what it is."""

import ast
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest

import liveform

PACKAGE = Path(liveform.__file__).parent

# A folder or a module may use those above it, and never one below. A new one finds its place here first.
ROOMS = [
    "errors",
    "immutable",
    "tracebacks",
    "wire",
    "crypto",
    "state",
    "parameters",
    "returns",
    "form_urls",
    "doctor",
    "settings",
    "explain",
    "project",
    "projects",
    "batch",
    "qr",
    "cli",
    "",
]
# Inside a folder the same holds for its modules.
INSIDE = {
    "wire": ["json_object", "encoding", "query"],
    "crypto": [
        "keys",
        "engines",
        "engine_cryptography",
        "engine_pycryptodome",
        "layout_text",
        "layouts",
        "modes",
        "ciphers",
        "cbc",
        "json_cipher",
    ],
    "parameters": [
        "countries",
        "instants",
        "values",
        "model",
        "table",
        "lookup",
        "argument_types",
        "form",
    ],
    "settings": ["flags", "secrets", "options", "table", "file"],
    "qr": ["symbol", "blocks", "segments", "penalty", "masks", "with_qrcode", "with_zxing", "drawings", ""],
    "cli": ["parser", "serve", "parameter_table", "inputs", "commands", "batch", "options", "", "__main__"],
    "cli.batch": [
        "readers",
        "writers",
        "parquet",
        "formats",
        "journal",
        "lock",
        "workers",
        "qr_files",
        "sheet_html",
        "sheet_pdf",
        "sheet",
        "run",
        "progress_bar",
        "command",
    ],
}
DOORS = {"", "qr", "cli"}  # folders whose __init__ holds more than a docstring
HEAVY = {
    "flask",
    "qrcode",
    "zxingcpp",
    "click",
    "PIL",
    "itsdangerous",
    "Crypto",
    "base64",
    "dataclasses",
    "datetime",
    "difflib",
    "tomllib",
    "argparse",
}


def module_name(path: Path) -> str:
    """``liveform/cli/parser.py`` -> ``cli.parser``."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


SOURCES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imported(path: Path) -> set[str]:
    """Every module that a source imports, wherever in the file; type-only imports too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            members = {f"{node.module}.{alias.name}" for alias in node.names}
            submodules = {name for name in members if name.removeprefix("liveform.") in SOURCES}
            names |= submodules or {node.module}
    return names


def modules_used(module: str) -> set[str]:
    """The other modules of liveform that a module uses."""
    own = {
        name.removeprefix("liveform.") for name in imported(SOURCES[module]) if name.startswith("liveform.")
    }
    return own & set(SOURCES) - {module}


def step(module: str, folder: str) -> str:
    """What stands directly in ``folder`` and holds ``module``: ``cli.batch.run`` -> ``batch``."""
    return module.removeprefix(folder).removeprefix(".").partition(".")[0]


def plan_of(folder: str) -> list[str]:
    """What may stand in a folder, in the order of its arrows."""
    return INSIDE[folder] if folder else ROOMS


@pytest.mark.parametrize("folder", ["", *INSIDE])
def test_plan_of_a_folder_names_what_stands_in_it(folder: str) -> None:
    """The plan above is the folder listing, with nothing forgotten and nothing made up."""
    inside = [name for name in SOURCES if not folder or name == folder or name.startswith(f"{folder}.")]
    listed = {step(name, folder) for name in inside}
    assert set(plan_of(folder)) | {""} == listed | {""}


@pytest.mark.parametrize("folder", ["", *INSIDE])
def test_arrows_run_one_way(folder: str) -> None:
    """A module uses its own folder and what the plan names above it."""
    plan = plan_of(folder)
    for module in SOURCES:
        if folder and not (module == folder or module.startswith(f"{folder}.")):
            continue
        own = step(module, folder)
        if own not in plan:
            continue
        allowed = set(plan[: plan.index(own) + 1])
        used = {step(name, folder) for name in modules_used(module) if name.startswith(folder)}
        assert used <= allowed, module


def test_init_of_a_folder_that_is_no_door_is_a_docstring() -> None:
    """Importing a module of a folder costs no more than the module itself."""
    for folder in {name.rpartition(".")[0] for name in SOURCES} | set(INSIDE):
        if folder not in DOORS:
            body = ast.parse(SOURCES[folder].read_text(encoding="utf-8")).body
            assert len(body) == 1, folder
            assert isinstance(body[0], ast.Expr), folder


def test_no_web_framework_in_the_library() -> None:
    """Flask lives in webhelper."""
    for path in SOURCES.values():
        assert not {name.split(".")[0] for name in imported(path)} & {"flask", "werkzeug", "click"}


def test_environment_is_read_at_the_door_only() -> None:
    """os.environ stands in settings loading and in the command, nowhere else."""
    readers = {
        module
        for module, path in SOURCES.items()
        if "os.environ" in path.read_text(encoding="utf-8").split('"""')[-1]
    }
    assert {module for module in readers if not module.startswith("cli")} <= {"settings.file"}


def test_no_assert_statement_checks_anything() -> None:
    """``python -O`` must not change what is refused."""
    for path in SOURCES.values():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]


def test_modules_stay_readable() -> None:
    """Most under 200 lines, all under 300 but the table and the door, which are mostly documentation."""
    long = {module: len(path.read_text(encoding="utf-8").splitlines()) for module, path in SOURCES.items()}
    assert {module for module, lines in long.items() if lines > 300} <= {"parameters.table", "project"}
    assert max(long.values()) < 360


def test_import_pulls_in_nothing_heavy() -> None:
    """A signup flow pays for what it uses (measured in tests/benchmarks, pinned here by name)."""
    code = "import sys, liveform; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    modules = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    assert "liveform" in modules
    assert not HEAVY & set(modules)


def test_import_compiles_no_annotation() -> None:
    """A NamedTuple compiles annotations that are text, and the first of them takes a millisecond."""
    code = (
        "import typing; made = []; "
        "typing.ForwardRef = lambda text, *rest, **named: made.append(text); "
        "import liveform; print(made)"
    )
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert answer.stdout.strip() == "[]"


def test_core_needs_cryptography_alone() -> None:
    """Everything else is an extra."""
    needed = [line for line in requires("liveform") or [] if "extra ==" not in line]
    assert [line.split(">")[0] for line in needed] == ["cryptography"]


def test_package_is_typed() -> None:
    """PEP 561."""
    assert (PACKAGE / "py.typed").exists()

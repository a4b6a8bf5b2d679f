"""The house: arrows run one way, and each room stays what it is."""

import ast
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest

import liveform

PACKAGE = Path(liveform.__file__).parent

# Each room may use the rooms above it, never one below. A new module finds its place here first.
ROOMS = [
    "errors",
    "shield",
    "keys",
    "encoding",
    "json_text",
    "engines",
    "engines.with_cryptography",
    "engines.with_pycryptodome",
    "layout_parts",
    "layouts",
    "ciphers",
    "payload",
    "countries",
    "values",
    "parameters",
    "texts",
    "arguments",
    "fields",
    "urls",
    "addresses",
    "returns",
    "explain",
    "settings",
    "configuration",
    "project",
    "projects",
    "state",
    "doctor",
    "qr.symbol",
    "qr.blocks",
    "qr.segments",
    "qr.penalty",
    "qr.masks",
    "qr.with_qrcode",
    "qr.with_zxing",
    "qr.drawings",
    "qr",
    "batch.tables",
    "batch.outputs",
    "batch.parquet",
    "batch.files",
    "batch.urls",
    "batch.workers",
    "batch.journal",
    "batch.lock",
    "batch.codes",
    "batch.sheet_html",
    "batch.sheet_pdf",
    "batch.sheet",
    "batch.run",
    "batch",
    "cli.table",
    "cli.parser",
    "cli.serve",
    "cli.sources",
    "cli.commands",
    "cli.progress_bar",
    "cli.batch",
    "cli.options",
    "cli",
    "cli.__main__",
    "",
]
HEAVY = {
    "flask",
    "qrcode",
    "zxingcpp",
    "click",
    "PIL",
    "itsdangerous",
    "Crypto",
    "dataclasses",
    "difflib",
    "tomllib",
    "argparse",
}


def module_name(path: Path) -> str:
    """``liveform/cli/table.py`` -> ``cli.table``."""
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


def rooms_used(path: Path) -> set[str]:
    """The rooms of liveform that a source uses."""
    own = {name.removeprefix("liveform.") for name in imported(path) if name.startswith("liveform.")}
    return own & set(SOURCES)


def test_every_module_has_its_place() -> None:
    """The list of rooms is the folder listing."""
    assert set(ROOMS) == set(SOURCES)


@pytest.mark.parametrize("room", [room for room in ROOMS if room])
def test_arrows_run_one_way(room: str) -> None:
    """A room uses only rooms above it (house.md)."""
    allowed = set(ROOMS[: ROOMS.index(room)])
    assert rooms_used(SOURCES[room]) - {room} <= allowed


def test_no_web_framework_in_the_library() -> None:
    """Flask lives in webhelper."""
    for path in SOURCES.values():
        assert not {name.split(".")[0] for name in imported(path)} & {"flask", "werkzeug", "click"}


def test_environment_is_read_at_the_door_only() -> None:
    """os.environ stands in settings loading and in the command, nowhere else."""
    readers = {
        room
        for room, path in SOURCES.items()
        if "os.environ" in path.read_text(encoding="utf-8").split('"""')[-1]
    }
    assert {room for room in readers if not room.startswith("cli")} <= {"projects", "project"}


def test_no_assert_statement_checks_anything() -> None:
    """``python -O`` must not change what is refused."""
    for path in SOURCES.values():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]


def test_modules_stay_readable() -> None:
    """Most under 200 lines, all under 300 but the table and the door, which are mostly documentation."""
    long = {room: len(path.read_text(encoding="utf-8").splitlines()) for room, path in SOURCES.items()}
    assert {room for room, lines in long.items() if lines > 300} <= {"parameters", "project"}
    assert max(long.values()) < 480


def test_import_pulls_in_nothing_heavy() -> None:
    """A signup flow pays for what it uses (measured in tests/benchmarks, pinned here by name)."""
    code = "import sys, liveform; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    modules = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    assert "liveform" in modules
    assert not HEAVY & set(modules)


def test_core_needs_cryptography_alone() -> None:
    """Everything else is an extra."""
    needed = [line for line in requires("liveform") or [] if "extra ==" not in line]
    assert [line.split(">")[0] for line in needed] == ["cryptography"]


def test_package_is_typed() -> None:
    """PEP 561."""
    assert (PACKAGE / "py.typed").exists()

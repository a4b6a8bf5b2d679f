"""Tests of the package's structure: which module may import which, and what each may contain."""

import ast
import subprocess
import sys
from collections.abc import Set
from importlib.metadata import files, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import liveform

PACKAGE = Path(liveform.__file__).parent

# A folder or a module may use those above it, and never one below. A new one finds its place here first.
ROOMS = [
    "errors",
    "hidden_characters",
    "immutable",
    "tracebacks",
    "wire",
    "crypto",
    "state",
    "parameters",
    "returns",
    "form_urls",
    "data_transfer",
    "key_guesses",
    "layout_search",
    "pasted_text",
    "sample_parts",
    "doctor",
    "settings",
    "explain",
    "lint",
    "vendor_codes",
    "vendor_times",
    "vendor_values",
    "rest",
    "api_access",
    "return_access",
    "project",
    "webhooks",
    "projects",
    "text_cells",
    "cells",
    "columns",
    "batch",
    "qr",
    "cli",
    "",
    "__main__",
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
        "salted",
        "json_cipher",
    ],
    "parameters": [
        "countries",
        "instants",
        "text_values",
        "unfilled",
        "values",
        "lists",
        "email_address",
        "model",
        "other_forms",
        "table",
        "lookup",
        "spelling",
        "guesses",
        "argument_types",
        "form",
    ],
    "explain": [
        "rules",
        "explanation",
        "knowledge",
        "wrapped",
        "written",
        "placeholders",
        "encrypted_text",
        "names",
        "reader",
        "",
    ],
    "lint": [
        "languages",
        "pieces",
        "literals",
        "members",
        "names",
        "expressions",
        "source_urls",
        "template",
        "keys",
        "report",
        "files",
        "",
    ],
    "settings": ["flags", "variables", "placeholders", "secrets", "options", "table", "file"],
    "rest": [
        "operation",
        "dialect",
        "values",
        "operations",
        "sending",
        "calls",
        "async_calls",
        "resources",
        "async_resources",
        "client",
        "async_client",
        "check",
        "",
    ],
    "rest.values": [
        "submission",
        "token",
        "token_details",
        "face_auth",
        "aml",
        "project_settings",
    ],
    "rest.operations": [
        "arguments",
        "answers",
        "paging",
        "pictures",
        "submissions",
        "submission_changes",
        "submission_deletes",
        "images",
        "token_portions",
        "tokens",
        "face_auth",
        "aml",
        "projections",
        "project_settings",
    ],
    "rest.sending": [
        "files",
        "async_tracebacks",
        "limits",
        "known_failures",
        "failures",
        "retry",
        "setup",
        "transport",
        "async_transport",
        "requests",
        "responses",
        "exchange",
    ],
    "rest.check": [
        "values",
        "rules",
        "project",
    ],
    "vendor_codes": ["model", "form_codes", "submission_codes", "api_codes", "lookup", ""],
    "webhooks": [
        "bodies",
        "event",
        "submission_events",
        "other_events",
        "triggers",
        "reading",
        "building",
        "diagnosis",
        "confirm",
        "",
    ],
    "qr": ["engines", "mask", "drawings", ""],
    "cli": [
        "parser",
        "serve",
        "parameter_table",
        "code_table",
        "inputs",
        "commands",
        "explaining",
        "completion",
        "batch",
        "api",
        "options",
        "",
        "__main__",
    ],
    "cli.api": [
        "advice",
        "privacy",
        "output",
        "confirm",
        "counter",
        "saved",
        "data_file",
        "connect",
        "labels",
        "noun",
        "submissions",
        "images",
        "token_file",
        "token_run",
        "tokens",
        "face_auth",
        "aml",
        "projections",
        "check",
        "nouns",
    ],
    "cli.batch": [
        "rows",
        "reading",
        "writing",
        "formats",
        "journal",
        "lock",
        "building",
        "workers",
        "qr_files",
        "sheet_html",
        "sheet_pdf",
        "sheet",
        "run",
        "progress_bar",
        "table_plan",
        "preview",
        "summary",
        "options",
        "command",
    ],
    "cli.batch.reading": [
        "input_file",
        "encodings",
        "separators",
        "csv_rows",
        "json_lines",
        "parquet",
        "number_formats",
        "shared_strings",
        "sheet_layout",
        "workbook",
        "xlsx",
    ],
    "cli.batch.writing": [
        "cell_texts",
        "output",
        "csv_lines",
        "json_lines",
        "parquet",
        "errors_file",
    ],
}
DOORS = {
    "",
    "cli",
    "explain",
    "lint",
    "qr",
    "rest",
    "vendor_codes",
    "webhooks",
}  # folders whose __init__ holds more than a docstring
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
    """Return the dotted name of a source file: ``liveform/cli/parser.py`` gives ``cli.parser``."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


SOURCES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imported(path: Path) -> set[str]:
    """Return every module that a source imports, anywhere in the file and for types only too."""
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
    """Return the other modules of liveform that a module imports."""
    own = {
        name.removeprefix("liveform.") for name in imported(SOURCES[module]) if name.startswith("liveform.")
    }
    return own & set(SOURCES) - {module}


def step(module: str, folder: str) -> str:
    """Return the part of a module's name directly below a folder: ``cli.batch.run`` gives ``batch``."""
    return module.removeprefix(folder).removeprefix(".").partition(".")[0]


def plan_of(folder: str) -> list[str]:
    """Return the names that a folder may hold, in the order in which they may import each other."""
    return INSIDE[folder] if folder else ROOMS


@pytest.mark.parametrize("folder", ["", *INSIDE])
def test_plan_of_a_folder_names_what_stands_in_it(folder: str) -> None:
    """The plan above lists exactly the modules and folders that each folder holds."""
    inside = [name for name in SOURCES if not folder or name == folder or name.startswith(f"{folder}.")]
    listed = {step(name, folder) for name in inside}
    assert set(plan_of(folder)) | {""} == listed | {""}


@pytest.mark.parametrize("folder", ["", *INSIDE])
def test_arrows_run_one_way(folder: str) -> None:
    """A module imports only itself, its own folder and what the plan lists above it."""
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
    """The ``__init__`` of a folder that exports nothing holds a docstring and no code."""
    for folder in {name.rpartition(".")[0] for name in SOURCES} | set(INSIDE):
        if folder not in DOORS:
            body = ast.parse(SOURCES[folder].read_text(encoding="utf-8")).body
            assert len(body) == 1, folder
            assert isinstance(body[0], ast.Expr), folder


def test_no_web_framework_in_the_library() -> None:
    """The library never imports Flask, Werkzeug or click; only webhelper does."""
    for path in SOURCES.values():
        assert not {name.split(".")[0] for name in imported(path)} & {"flask", "werkzeug", "click"}


def test_environment_is_read_at_the_door_only() -> None:
    """Outside the command, only settings.file reads os.environ."""
    readers = {
        module
        for module, path in SOURCES.items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.getenv", "os.environb")
    }
    assert {module for module in readers if not module.startswith("cli")} == {"settings.file"}


def test_no_assert_statement_checks_anything() -> None:
    """The library has no ``assert``, so ``python -O`` refuses what plain Python refuses."""
    for path in SOURCES.values():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]


def test_modules_stay_readable() -> None:
    """No module has 360 lines, and only parameters.table and project may have more than 300."""
    long = {module: len(path.read_text(encoding="utf-8").splitlines()) for module, path in SOURCES.items()}
    assert {module for module, lines in long.items() if lines > 300} <= {"parameters.table", "project"}
    assert max(long.values()) < 360


def test_import_pulls_in_nothing_heavy() -> None:
    """``import liveform`` loads no optional library and no slow module, such as argparse."""
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


def test_command_starts_without_what_takes_long() -> None:
    """``liveform url`` loads no module that compiles classes or reads source, which would double its time."""
    code = (
        "import sys; from liveform.cli import main; assert main(['url', '--pid', 'abc123de45']) == 0; "
        "print({'dataclasses', 'inspect', 'importlib.metadata', 'asyncio', 'tempfile'} & set(sys.modules))"
    )
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert answer.stdout.splitlines()[-1] == "set()"


def test_core_needs_cryptography_alone() -> None:
    """The library requires only cryptography; every other dependency is an extra."""
    needed = [line for line in requires("liveform") or [] if "extra ==" not in line]
    assert [line.split(">")[0] for line in needed] == ["cryptography"]


def needed_by(name: str, extras: Set[str], seen: set[str]) -> None:
    """Add the names of all that a distribution needs, with these extras, to ``seen``."""
    markers = [{"extra": extra} for extra in (extras or {""})]
    for one in map(Requirement, requires(name) or []):
        wanted = not one.marker or any(map(one.marker.evaluate, markers))
        if wanted and (one.extras or canonicalize_name(one.name) not in seen):
            seen.add(canonicalize_name(one.name))
            needed_by(one.name, one.extras, seen)


def test_demo_needs_little_room() -> None:  # O2
    """What ``make demo`` installs, without pip, takes less than 80 MB and draws, tables and tests nothing."""
    seen = {"liveform"}
    needed_by("liveform", {"web"}, seen)
    assert "flask" in seen
    assert not seen & {"matplotlib", "numpy", "openpyxl", "playwright", "pyarrow", "pytest"}
    assert 10e6 < sum(file.size or 0 for name in seen for file in files(name) or []) < 80e6


def test_package_is_typed() -> None:
    """The package ships a py.typed marker, as PEP 561 asks."""
    assert (PACKAGE / "py.typed").exists()

"""The house of webhelper: it stands on liveform's public names, and its rooms know what they may."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import liveform
import webhelper

PACKAGE = Path(webhelper.__file__).parent
SOURCES = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in SOURCES.items()}
QR_NAMES = {"make_qr", "Level", "QrCode"}  # README: liveform.qr
READ_THE_ENVIRONMENT = {"wsgi.py", "__main__.py"}
PRINT = {"__main__.py"}

# What each room may use of webhelper. A new room finds its place here first.
ROOMS = {
    "errors": (),
    "codes": (),
    "setting_rules": (),
    "settings": ("setting_rules",),
    "environment": ("settings",),
    "demo": ("settings", "environment"),
    "links": ("errors", "links"),
    "placement": ("links",),
    "returns": ("errors", "links"),
    "context": ("codes", "links", "returns", "settings"),
    "simulator": ("simulator",),
    "web": ("api", "context", "errors", "links", "settings", "web"),
    "api": ("api", "errors", "links", "web"),
    "views": ("api", "codes", "context", "errors", "links", "placement", "returns", "views", "web"),
    "wsgi": ("", "environment", "web"),
    "__main__": ("", "demo", "environment", "web"),
}


def imports(name: str) -> list[tuple[str, str]]:
    """Every ``(module, name)`` that a source imports, wherever in the file; type-only imports too."""
    found = []
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            found += [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found += [(str(node.module), alias.name) for alias in node.names]
    return found


def room_of(name: str) -> str:
    """``views/kiosk.py`` -> ``views``."""
    return name.partition("/")[0].removesuffix(".py")


@pytest.mark.parametrize("name", SOURCES)
def test_only_public_names_of_liveform_are_used(name: str) -> None:
    """Of the package itself, and of liveform.qr what is documented."""
    for module, member in imports(name):
        if module.partition(".")[0] == "liveform":
            allowed = {"liveform": set(liveform.__all__), "liveform.qr": QR_NAMES}
            assert member in allowed.get(module, set()), (module, member)


@pytest.mark.parametrize("name", [name for name in SOURCES if room_of(name) != "__init__"])
def test_rooms_use_only_what_they_may(name: str) -> None:
    """The list above; ``create_app`` puts them together."""
    allowed = ROOMS[room_of(name)]
    for module, member in imports(name):
        package, _, inner = module.partition(".")
        if package == "webhelper":
            used = inner.partition(".")[0]
            if not inner and f"{member}.py" in SOURCES:
                used = member
            assert used in allowed, (name, module, member)


def test_list_of_rooms_is_the_folder_listing() -> None:
    """None is forgotten, and none is made up."""
    assert {room_of(name) for name in SOURCES} - {"__init__"} == set(ROOMS)


def test_views_are_imported_by_create_app_and_by_each_other_alone() -> None:
    """What they do with a request is nobody else's business."""
    users = {
        room_of(name)
        for name in SOURCES
        for module, member in imports(name)
        if module.startswith("webhelper.views") or (module, member) == ("webhelper", "views")
    }
    assert users == {"__init__", "views"}


@pytest.mark.parametrize("room", ["links", "errors", "codes", "settings", "setting_rules", "environment"])
def test_rooms_below_the_web_know_no_web_framework(room: str) -> None:
    """Links can be made and kept without a request."""
    for name in SOURCES:
        if room_of(name) == room:
            used = {module.partition(".")[0] for module, _ in imports(name)}
            assert not used & {"flask", "werkzeug", "flask_babel", "gunicorn"}, name


def test_links_can_be_imported_without_flask() -> None:
    """As a script that cleans up would; ``webhelper`` itself is the app, so its __init__ is stepped over."""
    code = (
        "import sys, types; package = types.ModuleType('webhelper'); "
        f"package.__path__ = [{str(PACKAGE)!r}]; sys.modules['webhelper'] = package; "
        "import webhelper.links.desk, webhelper.links.sqlite, webhelper.links.sealed; "
        "print(sorted({'flask', 'werkzeug'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert answer.stdout.strip() == "[]"


def test_environment_is_read_at_the_door_only() -> None:
    """``create_app`` is given what it needs."""
    readers = {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv", "putenv"))
        or (isinstance(node, ast.ImportFrom) and node.module == "os")
    }
    assert readers == READ_THE_ENVIRONMENT


def test_no_assert_statement_checks_anything() -> None:
    """``python -O`` must not change what is refused."""
    assert [
        name for name, tree in TREES.items() for node in ast.walk(tree) if isinstance(node, ast.Assert)
    ] == []


def test_nothing_is_printed_but_by_the_command() -> None:
    """A server has a log."""
    printers = {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert printers == PRINT


def test_modules_and_functions_stay_readable() -> None:
    """200 lines a module, but for the store; 50 a function, and most are half of that."""
    modules = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in SOURCES.items()}
    assert {name for name, lines in modules.items() if lines > 200} <= {"links/sqlite.py"}
    assert max(modules.values()) <= 210
    functions = {
        f"{name}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    }
    assert {name for name, lines in functions.items() if lines > 50} == set()


def test_liveform_knows_nothing_of_webhelper() -> None:
    """But the command, which starts it when asked: ``liveform serve``."""
    users = set()
    for path in Path(liveform.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            if any(module.partition(".")[0] == "webhelper" for module in modules):
                users.add(path.name)
    assert users <= {"serve.py"}


def test_import_of_liveform_imports_no_webhelper() -> None:
    """A signup flow pays for what it uses."""
    code = "import sys, liveform, liveform.cli; print('webhelper' in sys.modules, 'flask' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert answer.stdout.split() == ["False", "False"]


def test_package_is_typed_and_hands_on_create_app_alone() -> None:
    """PEP 561."""
    assert (PACKAGE / "py.typed").exists()
    assert webhelper.__all__ == ["create_app"]

"""These tests check what each folder of webhelper may import, and which public names it uses."""

import ast
import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import liveform
import webhelper

PACKAGE = Path(webhelper.__file__).parent
SOURCES = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in SOURCES.items()}
# What webhelper may use of liveform beside the names of the package itself: documented, and few.
PUBLIC_NAMES = {
    "liveform.qr": {"make_qr", "Level", "QrCode"},
    "liveform.errors": {"nearest"},
    "liveform.form_urls": {"VENDOR_WEBHOOK_SENDER", "https_address", "is_loopback", "written_host"},
    "liveform.wire.json_object": {"printable", "read_json"},
    "liveform.rest.sending.transport": {
        "Deadline",
        "DeadlineTransport",
        "during_call",
        "keep_calls_out_of_logs",
    },
    "liveform.cli.inputs": {"read_stdin"},
    "liveform.cli.parser": {"JsonParser", "Parser", "complaint"},
    "liveform.vendor_times": {"read_time"},
    "liveform.returns": {"is_error_code"},
    "liveform.settings.file": {"read_toml"},
    "liveform.settings.flags": {"checked_flag", "flag_or_text"},
    "liveform.settings.secrets": {"SecretSources", "inline_warning", "secret_text", "warn_of_inline"},
    "liveform.settings.table": {"variables"},
    "liveform.settings.variables": {"check_quotes", "is_set", "misspelt_variables", "texts_in"},
    "liveform.vendor_codes": {"CODE_FAMILIES", "VENDOR_CODES"},
    "liveform.rest": {"Client", "Submission", "TokenDeletion", "TokenRegistration"},
    "liveform.webhooks": {
        "EVENTS",
        "MAX_BODY_BYTES",
        "Event",
        "TokenExpiredEvent",
        "UnknownEvent",
        "read_event",
    },
}
READ_THE_ENVIRONMENT = {
    "wsgi.py",
    "gunicorn_conf.py",
    "__main__.py",
    "commands/__main__.py",
    "simulate/__main__.py",
}
PRINT = {"__main__.py"}
WHOLLY_PUBLIC = {
    "liveform.errors",
    "liveform.qr",
    "liveform.rest",
    "liveform.vendor_codes",
    "liveform.webhooks",
}  # more than webhelper uses is public there

# What each folder or module may import from webhelper, besides itself; a new one is added here first.
# Nothing above ``services`` imports Flask. docs/architecture.md shows this table; a test prints its rows.
MAY_USE = {
    "errors": (),
    "error_reports": (),
    "client_address": (),
    "config": (),
    "links": ("errors",),
    "confirmation": ("errors", "links"),
    "messages": ("config", "error_reports", "links"),
    "token_pool": ("links",),
    "sessions": ("config", "errors", "links"),
    "throttling": ("client_address", "config", "errors", "links"),
    "race": ("errors", "links"),
    "store_urls": ("config", "errors", "links"),
    "jobs": ("error_reports", "links"),
    "background": ("jobs", "links"),
    "readiness": ("background", "links"),
    "services": (
        "background",
        "config",
        "confirmation",
        "links",
        "readiness",
        "sessions",
        "throttling",
        "token_pool",
    ),
    "wiring": (
        "background",
        "config",
        "confirmation",
        "links",
        "messages",
        "readiness",
        "services",
        "sessions",
        "store_urls",
        "throttling",
        "token_pool",
    ),
    "web": ("api", "config", "error_reports", "errors", "links", "readiness", "services"),
    "api": ("config", "confirmation", "errors", "links", "services"),
    "visitor": ("errors", "links", "services", "web"),
    "staff": ("api", "config", "errors", "links", "services", "sessions", "web"),
    "inbox": ("client_address", "config", "confirmation", "errors", "services"),
    "simulator": (),
    "app": (
        "api",
        "config",
        "inbox",
        "messages",
        "services",
        "simulator",
        "staff",
        "visitor",
        "web",
        "wiring",
    ),
    "commands": ("config", "confirmation", "errors", "links", "race", "services", "store_urls", "wiring"),
    "wsgi": ("app", "config", "services", "web"),
    "gunicorn_worker": ("services",),
    "gunicorn_conf": ("config", "gunicorn_worker"),
    "serving": ("gunicorn_conf",),
    "check": ("config", "errors", "links", "messages", "serving", "store_urls", "web", "wiring"),
    "simulate": ("error_reports", "serving", "simulator", "web"),
    "testing": ("simulate", "simulator"),
    "__main__": ("app", "check", "config", "serving", "web"),
}
# Inside ``links``: the domain uses signing and stores; signing knows neither links nor stores.
LINKS = [
    "links/short_repr.py",
    "links/visit_ids.py",
    "links/vendor_ids.py",
    "links/signing/base32.py",
    "links/signing/",
    "links/browser_cookie.py",
    "links/outcomes.py",
    "links/named_submissions.py",
    "links/visit_counts.py",
    "links/models.py",
    "links/link_request.py",
    "links/stores/inbox.py",
    "links/stores/leases.py",
    "links/stores/lists.py",
    "links/stores/outbox.py",
    "links/stores/sessions.py",
    "links/stores/throttle.py",
    "links/stores/time_budget.py",
    "links/stores/token_ids.py",
    "links/stores/upkeep.py",
    "links/stores/parts.py",
    "links/stores/base.py",
    "links/stores/history.py",
    "links/stores/",
    "links/purging.py",
    "links/private_mode.py",
    "links/form_url.py",
    "links/next_urls.py",
    "links/validation.py",
    "links/result_codes.py",
    "links/waiting.py",
    "links/returns.py",
    "links/service.py",
    "links/hand_over.py",
    "links/__init__.py",
]
# Inside ``simulator/sandbox``: the file, then its tables, then what is done with several of them.
SANDBOX = [
    ("__init__", "errors", "options", "rules", "doubts", "database", "people"),
    ("dashboard_parts", "dashboard"),
    ("clock", "transfer"),
    ("events", "request_log", "faults", "ids", "usage", "images", "projections", "token_ids"),
    ("face_auths", "monitoring", "submissions"),
    ("items", "event_members", "tables"),
    ("announcements",),
    ("form",),
    ("changes", "sandbox"),
]
# Functions get the sandbox that they work on as an argument, so that they name its class.
TYPES_ONLY = {
    *((module, "Sandbox") for module in ("announcements", "form", "changes")),
    ("form", "Outcome"),
}
CLIENT = ("liveform.rest", "liveform.webhooks", "liveform.vendor_values", "liveform.data_transfer")


def imports(name: str) -> list[tuple[str, str]]:
    """Return every ``(module, name)`` that a source imports, anywhere in the file."""
    found = []
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            found += [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found += [(str(node.module), alias.name) for alias in node.names]
    return found


def folder_of(name: str) -> str:
    """Return the top folder of a source: ``views`` for ``views/kiosk.py``."""
    return name.partition("/")[0].removesuffix(".py")


@pytest.mark.parametrize("name", SOURCES)
def test_only_public_names_of_liveform_are_used(name: str) -> None:
    """webhelper imports only public names of liveform and of liveform.qr."""
    for module, member in imports(name):
        if module.partition(".")[0] == "liveform":
            allowed = {"liveform": set(liveform.__all__), **PUBLIC_NAMES}
            assert member in allowed.get(module, set()), (module, member)


@pytest.mark.parametrize("module", [name for name in PUBLIC_NAMES if name not in WHOLLY_PUBLIC])
def test_module_of_liveform_says_which_of_its_names_are_public(module: str) -> None:
    """Each name has a docstring, and ``__all__`` holds these names and no others."""
    public = import_module(module)
    assert set(public.__all__) == PUBLIC_NAMES[module]
    assert all(inspect.getdoc(getattr(public, name)) for name in public.__all__)


@pytest.mark.parametrize("name", [name for name in SOURCES if folder_of(name) != "__init__"])
def test_folders_use_only_what_they_may(name: str) -> None:
    """A folder imports only itself and the folders that the table allows it."""
    allowed = (folder_of(name), *MAY_USE[folder_of(name)])
    for module, member in imports(name):
        package, _, inner = module.partition(".")
        if package == "webhelper":
            used = inner.partition(".")[0]
            if not inner and {f"{member}.py", f"{member}/__init__.py"} & set(SOURCES):
                used = member
            assert used in allowed, (name, module, member)


def test_table_of_folders_is_complete() -> None:
    """The table of folders lists exactly the folders of the package."""
    assert {folder_of(name) for name in SOURCES} - {"__init__"} == set(MAY_USE)


def test_page_shows_the_table_of_folders() -> None:
    """docs/architecture.md has the table above, with folders that may import the same in one row."""
    folders: dict[tuple[str, ...], list[str]] = {}
    for folder, used in MAY_USE.items():
        folders.setdefault(used, []).append(f"`{folder}`")
    rows = "".join(
        f"| {', '.join(same)} | {', '.join(f'`{one}`' for one in used) or 'nothing of `webhelper`'} |\n"
        for used, same in folders.items()
    )
    page = (Path(__file__).parents[2] / "docs" / "architecture.md").read_text(encoding="utf-8")
    begin = "| in `webhelper/` | may import, besides itself |\n|---|---|\n"
    assert page.partition(begin)[2].partition("\n\n")[0] + "\n" == rows, f"docs/architecture.md needs\n{rows}"


def test_what_is_below_the_services_imports_no_flask() -> None:
    """The folders above ``services`` in the table serve commands too, so they do not import Flask."""
    below = list(MAY_USE)[: list(MAY_USE).index("services")]
    found = [
        name
        for name in SOURCES
        if folder_of(name) in below
        for module, _ in imports(name)
        if module == "flask"
    ]
    assert found == []


@pytest.mark.parametrize("name", [name for name in SOURCES if name.startswith("links/")])
def test_arrows_inside_links_run_one_way(name: str) -> None:
    """A module of ``links`` imports only modules that the list places before it, or beside it."""

    def place(path: str) -> int:
        return next(number for number, start in enumerate(LINKS) if path.startswith(start))

    for module, member in imports(name):
        if module.startswith("webhelper.links"):
            path = module.removeprefix("webhelper.").replace(".", "/")
            used = next(
                known
                for known in (f"{path}/{member}.py", f"{path}.py", f"{path}/__init__.py")
                if known in SOURCES
            )
            assert place(used) <= place(name), (name, module)


@pytest.mark.parametrize("name", [name for name in SOURCES if name.startswith("simulator/sandbox/")])
def test_arrows_inside_the_sandbox_run_one_way(name: str) -> None:
    """A module of the sandbox imports only modules that the list places before it, or beside it."""
    places = {module: place for place, modules in enumerate(SANDBOX) for module in modules}
    start = "webhelper.simulator.sandbox"
    for module, member in imports(name):
        if module.startswith(start) and (Path(name).stem, member) not in TYPES_ONLY:
            used = module.removeprefix(start).lstrip(".") or member
            assert places[used] <= places[Path(name).stem], (name, module)


@pytest.mark.parametrize("name", [name for name in SOURCES if name.startswith("simulator/sandbox/")])
def test_sandbox_knows_neither_flask_nor_the_rest_of_the_simulator(name: str) -> None:
    """The state of the simulator can be used without the web framework and without its pages."""
    for module, _ in imports(name):
        assert module.partition(".")[0] not in {"flask", "werkzeug"}, name
        inner = module.removeprefix("webhelper.simulator.sandbox")
        assert not inner.startswith("webhelper"), (name, module)


@pytest.mark.parametrize("name", [name for name in SOURCES if name.startswith("simulator/")])
def test_simulator_is_written_without_the_client(name: str) -> None:
    """The simulator does not share code with the client, so that each finds the other's mistakes."""
    for module, _ in imports(name):
        assert not module.startswith(CLIENT), (name, module)


def test_pages_are_imported_by_create_app_alone() -> None:
    """Only ``create_app`` imports the pages of visitors and staff."""
    users = {
        (folder_of(name), folder)
        for name in SOURCES
        for module, _ in imports(name)
        for folder in ("visitor", "staff")
        if module == f"webhelper.{folder}" or module.startswith(f"webhelper.{folder}.")
    }
    assert users == {
        ("app", "visitor"),
        ("app", "staff"),
        ("visitor", "visitor"),
        ("staff", "staff"),
    }


@pytest.mark.parametrize(
    "folder",
    [
        *(
            "links",
            "errors",
            "client_address",
            "config",
            "confirmation",
            "messages",
            "token_pool",
            "sessions",
        ),
        *("throttling", "jobs", "background"),
    ],
)
def test_folders_below_the_web_import_no_web_framework(folder: str) -> None:
    """The domain, the settings and the errors do not import a web framework."""
    for name in SOURCES:
        if folder_of(name) == folder:
            used = {module.partition(".")[0] for module, _ in imports(name)}
            assert not used & {"flask", "werkzeug", "flask_babel", "gunicorn"}, name


def test_links_can_be_imported_without_flask() -> None:
    """Importing the link service and its stores does not import Flask."""
    code = (
        "import sys, types; package = types.ModuleType('webhelper'); "
        f"package.__path__ = [{str(PACKAGE)!r}]; sys.modules['webhelper'] = package; "
        "import webhelper.links.service, webhelper.links.stores.sqlite.store; "
        "import webhelper.links.stores.stateless; "
        "print(sorted({'flask', 'werkzeug'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert answer.stdout.strip() == "[]"


def test_environment_is_read_by_the_command_and_wsgi_only() -> None:
    """Only ``webhelper.wsgi`` and the command read the environment."""
    readers = {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if (
            isinstance(node, ast.Attribute)
            and node.attr in ("environ", "environb", "getenv", "putenv")
            and ast.unparse(node.value) == "os"
        )
        or (isinstance(node, ast.ImportFrom) and node.module == "os")
    }
    assert readers == READ_THE_ENVIRONMENT


def test_no_assert_statement_checks_anything() -> None:
    """webhelper contains no assert statements, because ``python -O`` removes them."""
    assert [
        name for name, tree in TREES.items() for node in ast.walk(tree) if isinstance(node, ast.Assert)
    ] == []


def test_nothing_is_printed_but_by_the_command() -> None:
    """Only the command prints; everything else uses the log."""
    printers = {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert printers == PRINT


def test_modules_and_functions_stay_readable() -> None:
    """A module has at most 200 lines, but for the two stores, and a function at most 50."""
    modules = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in SOURCES.items()}
    stores = {f"links/stores/{engine}/store.py" for engine in ("postgresql", "sqlite")}
    assert {name for name, lines in modules.items() if lines > 200} <= stores
    assert max(modules.values()) <= 215
    functions = {
        f"{name}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    }
    assert {name for name, lines in functions.items() if lines > 50} == set()


def test_liveform_knows_nothing_of_webhelper() -> None:
    """Only ``liveform serve`` imports webhelper from liveform."""
    users = set()
    for path in Path(liveform.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            if any(module.partition(".")[0] == "webhelper" for module in modules):
                users.add(path.name)
    assert users <= {"serve.py"}


def test_import_of_liveform_imports_no_webhelper() -> None:
    """Importing liveform and its command imports neither webhelper nor Flask."""
    code = "import sys, liveform, liveform.cli; print('webhelper' in sys.modules, 'flask' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert answer.stdout.split() == ["False", "False"]


def test_package_is_typed_and_hands_on_create_app_alone() -> None:
    """The package has a ``py.typed`` (PEP 561) and exports ``create_app`` only."""
    assert (PACKAGE / "py.typed").exists()
    assert webhelper.__all__ == ["create_app"]

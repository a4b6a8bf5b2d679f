"""Tests that each code block of the README and docs runs, and that the docs are complete."""

import doctest
import inspect
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from secrets import token_urlsafe

import pytest

import liveform
import webhelper
from liveform import doctor, errors
from liveform.cli.code_table import as_markdown as codes_as_markdown
from liveform.cli.options import build_parser
from liveform.cli.parameter_table import as_markdown
from liveform.explain import RULES
from liveform.rest import Client, ClientOptions, Dialect
from liveform.rest.calls import Resource
from liveform.settings.options import OPTIONS
from liveform.vendor_codes import VENDOR_CODES
from webhelper.background import Background
from webhelper.config.environment import read_environment
from webhelper.config.settings import NAMES, read_settings
from webhelper.messages.discovery import ENTRY_POINTS
from webhelper.messages.signals import EventMessage, OutcomeMessage

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
KEY = "the key from your dashboard"


def blocks() -> Iterator[tuple[Path, str, str]]:
    """Yield every code block of the pages as (page, language, code)."""
    for page in PAGES:
        for match in BLOCK.finditer(page.read_text(encoding="utf-8")):
            yield page, match[1], match[2]


@pytest.fixture
def ending_backgrounds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """End the threads of the apps that a page makes; other tests count threads."""
    started: list[Background] = []
    start = Background.start

    def noted(background: Background) -> None:
        started.append(background)
        start(background)

    monkeypatch.setattr(Background, "start", noted)
    yield
    for background in started:
        background.stop()


def test_every_block_has_a_language_that_is_run() -> None:
    """Every code block is in a language that a test runs; an app is built of those of frontends.md."""
    known = {"pycon", "python", "console", "toml", "html"}
    assert {language for _, language, _ in blocks()} == known | {"jsx", "vue", "typescript"}
    assert {page.name for page, language, _ in blocks() if language not in known} == {"frontends.md"}


@pytest.mark.usefixtures("ending_backgrounds")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_sessions_of_a_page_print_what_they_say(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pycon blocks of a page, run as one session, print what the page shows."""
    monkeypatch.chdir(tmp_path)
    code = "\n".join(code for where, language, code in blocks() if where == page and language == "pycon")
    test = doctest.DocTestParser().get_doctest(code, {}, page.name, str(page), 0)
    results = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test)
    assert results.failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_console_sessions_of_a_page_print_what_they_say(page: Path, tmp_path: Path) -> None:
    """Each command after ``$`` succeeds in a shell and prints the lines shown below it."""
    (tmp_path / "key.txt").write_text(f"{KEY}\n", encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIVEFORM_")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    for where, language, code in blocks():
        if where == page and language == "console":
            commands = re.split(r"^\$ ", code, flags=re.MULTILINE)[1:]
            script = "\n".join(f"{command.splitlines()[0]} && echo ---" for command in commands)
            done = subprocess.run(
                ["bash", "-e", "-c", script],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert (done.returncode, done.stderr) == (0, "")
            printed = done.stdout.split("---\n")
            for command, output in zip(commands, printed, strict=False):
                wanted = "".join(line + "\n" for line in command.splitlines()[1:])
                assert doctest.OutputChecker().check_output(wanted, output, doctest.ELLIPSIS), (
                    command,
                    output,
                )


def test_settings_file_of_the_docs_is_loaded_as_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The liveform.toml of docs/settings.md loads, and the Python block beside it builds a URL."""
    page = ROOT / "docs" / "settings.md"
    codes = {language: code for where, language, code in blocks() if where == page}
    (tmp_path / "liveform.toml").write_text(codes["toml"], encoding="utf-8")
    (tmp_path / "staging.key").write_text("an example of a key\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIVEFORM_KEY", "an example of a key")
    monkeypatch.setenv("LIVEFORM_OLD_KEY", "an example of an old key")
    names: dict[str, str] = {}
    exec(codes["python"], names)
    assert names["url"].startswith("http://127.0.0.1:8000/simulator/?pid=stg9876543&encrypted=")


def test_settings_file_of_the_web_helper_is_loaded_as_shown(tmp_path: Path) -> None:
    """The liveform.toml of docs/webhelper.md loads with the secrets that it names."""
    page = ROOT / "docs" / "webhelper.md"
    (code,) = (code for where, language, code in blocks() if where == page and language == "toml")
    (tmp_path / "liveform.toml").write_text(code, encoding="utf-8")
    (tmp_path / "old-secret.key").write_text(token_urlsafe(32), encoding="utf-8")
    (tmp_path / "till.token").write_text(token_urlsafe(32), encoding="utf-8")
    environ = {
        "LIVEFORM_SETTINGS": str(tmp_path / "liveform.toml"),
        "LIVEFORM_KEY": "an example of a key",
        "SHOP_SECRET": token_urlsafe(32),
        "SHOP_SIGNUP_TOKEN": token_urlsafe(32),
    }
    settings = read_settings(read_environment(environ))
    assert (settings.site_name, len(settings.secret_keys)) == ("Example shop", 2)
    assert set(settings.api_tokens) == {"signup", "till"}
    assert settings.projects["shop"].cipher == "gcm"


def test_tests_of_the_sandbox_page_pass(tmp_path: Path) -> None:
    """The tests that docs/sandbox.md shows pass under pytest with its fixtures."""
    page = ROOT / "docs" / "sandbox.md"
    (code,) = (code for where, language, code in blocks() if where == page and language == "python")
    (tmp_path / "test_page.py").write_text(code, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:liveform", "-p", "webhelper.testing"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [*command, str(tmp_path)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_entry_point_of_the_docs_is_the_one_that_is_looked_for() -> None:
    """The entry point of docs/handlers.md is in the group that the web helper loads."""
    page = ROOT / "docs" / "handlers.md"
    (code,) = (code for where, language, code in blocks() if where == page and language == "toml")
    assert set(tomllib.loads(code)["project"]["entry-points"]) == {ENTRY_POINTS}


def test_members_of_messages_stand_in_the_docs() -> None:
    """docs/handlers.md names every member of the values that handlers get."""
    page = (ROOT / "docs" / "handlers.md").read_text(encoding="utf-8")
    names = [field.name for kind in (OutcomeMessage, EventMessage) for field in fields(kind)]
    assert [name for name in names if f"`{name}`" not in page] == []


def test_every_setting_of_the_web_helper_stands_in_the_docs() -> None:
    """Every setting of the web helper has a row in docs/webhelper.md."""
    page = (ROOT / "docs" / "webhelper.md").read_text(encoding="utf-8")
    assert all(f"| `{name}` |" in page for name in NAMES)


def test_only_known_blocks_are_python_or_toml() -> None:
    """The docs hold five python or toml blocks, and the tests above run each of them."""
    others = [(page.name, language) for page, language, _ in blocks() if language in ("python", "toml")]
    others.remove(("sandbox.md", "python"))
    others.remove(("handlers.md", "toml"))
    assert others == [("settings.md", "toml"), ("settings.md", "python"), ("webhelper.md", "toml")]


def test_readme_is_short_and_starts_with_an_example() -> None:
    """The README has fewer than 150 lines; its first 25 show a URL, an error and two make targets."""
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 150
    start = "\n".join(lines[:25])
    assert ">>> project.form_url(" in start
    assert "FieldError" in start
    assert "make demo" in start
    assert "make test" in start


def test_links_between_pages_lead_somewhere() -> None:
    """Every relative link in the README and docs points to an existing file."""
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), (page.name, target)


def test_files_that_the_page_of_architecture_names_exist() -> None:
    """Every module, folder and template that docs/architecture.md names is in the tree."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    packages = [Path(liveform.__file__).parent, Path(webhelper.__file__).parent]
    files = {
        path.name for package in packages for path in package.rglob("*") if "__pycache__" not in str(path)
    }
    named = set(re.findall(r"\b([a-z_]+\.(?:py|html|css|js|po))\b", page))
    assert len(named) > 60
    assert named - files <= {
        "test_architecture.py",
        "test_accessibility.py",
        "test_routes.py",
        "test_table.py",
    }


def test_parameter_page_is_made_from_the_table() -> None:
    """docs/parameters.md is exactly what ``make docs`` writes from the parameter table."""
    page = (ROOT / "docs" / "parameters.md").read_text(encoding="utf-8")
    assert page == as_markdown(liveform.PARAMETERS) + "\n"


def test_code_page_is_made_from_the_table() -> None:
    """docs/codes.md is exactly what ``make docs`` writes from the table of codes."""
    page = (ROOT / "docs" / "codes.md").read_text(encoding="utf-8")
    assert page == codes_as_markdown(VENDOR_CODES) + "\n"


def test_every_rule_stands_in_the_docs() -> None:
    """docs/explain.md has a row for every rule of explain and lint, just as the rule says it."""
    page = (ROOT / "docs" / "explain.md").read_text(encoding="utf-8")
    rows = [
        f"| `{rule.id}` | `{rule.name}` | {rule.severity.value} | {rule.about} | {rule.repair} |"
        for rule in RULES
    ]
    assert [row for row in rows if row not in page] == []
    assert page.count("| `LF") == len(rows)


def test_every_error_stands_in_the_docs_with_its_code() -> None:
    """docs/errors.md has a row for every public error class, with its code."""
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    for name, error in vars(errors).items():
        if inspect.isclass(error) and issubclass(error, errors.LiveformError) and not name.startswith("_"):
            code = getattr(error, "code", None) if error is not errors.VendorError else None
            assert f"| `{name}` | {f'`{code}`' if code else 'the vendor'}" in page


def test_nothing_installs_the_name_from_an_index_before_it_is_published_there() -> None:
    """While README says that liveform is not on PyPI, no page and no message installs what has its name."""
    assert "not on PyPI yet" in (ROOT / "README.md").read_text(encoding="utf-8")
    code = [path for package in (liveform, webhelper) for path in Path(package.__path__[0]).rglob("*.py")]
    by_name = re.compile(r"pip install [^\n]*(?<![\w.\[])liveform\b")
    assert [path for path in [*PAGES, *code] if by_name.search(path.read_text(encoding="utf-8"))] == []


def test_every_target_of_make_is_phony() -> None:
    """No file or folder that happens to have the name of a target keeps make from running it."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = makefile.partition(".PHONY:")[2].partition("\n")[0].split()
    assert sorted(phony) == sorted(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


def test_every_setting_stands_in_the_docs() -> None:
    """docs/settings.md names every setting, and its variable unless it is token_names."""
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for option in OPTIONS:
        assert f"| `{option.name}` |" in page
        assert (f"`LIVEFORM_{option.name.upper()}`" in page) is option.variable


def test_every_call_of_the_client_stands_in_the_docs() -> None:
    """docs/api.md names every method of every resource of the REST client."""
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    with Client("an-example-of-a-key") as client:
        names = [
            f"`{resource}.{method}`"
            for resource, of_client in vars(Client).items()
            if isinstance(of_client, property) and isinstance(getattr(client, resource), Resource)
            for method in vars(type(getattr(client, resource)))
            if not method.startswith("_")
        ]
    assert len(names) >= 31
    assert [name for name in names if name not in page] == []


def test_every_option_of_the_client_stands_in_the_docs() -> None:
    """docs/api.md names every option of a client, and every setting of a dialect."""
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    names = [*ClientOptions.__annotations__, *(field.name for field in fields(Dialect))]
    assert [name for name in names if f"`{name}`" not in page] == []


def test_every_command_is_in_the_readme() -> None:
    """The README names every command that the parser knows."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (commands,) = [action for action in build_parser()._actions if action.dest == "command" or action.choices]
    names = list(commands.choices or ())
    assert len(names) >= 12
    assert [name for name in names if f"`{name}`" not in readme] == []


def test_layout_counts_of_the_docs_are_true() -> None:
    """docs/encryption.md gives the numbers of GCM and CBC layouts that the doctor tries."""
    page = (ROOT / "docs" / "encryption.md").read_text(encoding="utf-8")
    assert f"{len(list(doctor.gcm_layouts()))} GCM layouts" in page
    assert f"{len(list(doctor.cbc_layouts()))} CBC layouts" in page


@pytest.mark.parametrize(
    "module", ["crypto.ciphers", "crypto.layouts", "data_transfer", "project", "state", "vendor_codes.lookup"]
)
def test_docstring_examples_are_true(module: str) -> None:
    """The examples in the docstrings of these modules run and print what they show."""
    results = doctest.testmod(__import__(f"liveform.{module}", fromlist=["_"]))
    assert results.attempted > 0
    assert results.failed == 0

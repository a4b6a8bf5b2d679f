"""These tests turn variables and a settings file into the mapping of settings."""

import os
import traceback
import warnings
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outcomes import faults_of, outcome
from sites import KEY, OTHER_KEY, TOKEN, VENDOR_KEY

from liveform import ConfigError, InlineKeyWarning, Project
from liveform.settings.secrets import MAX_SECRET_BYTES
from webhelper.config.environment import read_environment
from webhelper.config.settings import NAMES, Settings, read_settings

FILE = """
[webhelper]
base_url = "https://shop.example.com"
site_name = "Example shop"
secret_keys = [{ env = "SHOP_SECRET" }, { file = "old-secret.key" }]
api_tokens = { signup = { env = "SHOP_TOKEN" }, till = { file = "till.token" } }
store = "sealed:"
return_hosts = ["app.example.com"]
retention_days = 7

[projects.shop]
pid = "abc123de45"
cipher = "gcm"
key = { env = "SHOP_KEY" }
"""
AROUND = {"SHOP_SECRET": KEY, "SHOP_TOKEN": TOKEN, "SHOP_KEY": VENDOR_KEY}
OTHER_TOKEN = TOKEN[::-1]
DATABASE = "postgresql://liveform:planted@db.internal/links"
PLAIN = {
    "LIVEFORM_BASE_URL": "https://shop.example.com",
    "LIVEFORM_SECRET_KEYS": KEY,
    "LIVEFORM_API_TOKENS": f"tests={TOKEN}",
    "LIVEFORM_PID": "abc123de45",
}


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty directory the current one, and return it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def elsewhere(directory: Path) -> Path:
    """Return a directory with a settings file and the files that it refers to."""
    other = directory / "etc"
    other.mkdir()
    (other / "shop.toml").write_text(FILE, encoding="utf-8")
    (other / "old-secret.key").write_text(f" {OTHER_KEY}\n")
    (other / "till.token").write_text(f"{OTHER_TOKEN}\r\n")
    return other


def read(environ: Mapping[str, str]) -> Settings:
    """Return the checked settings; a warning fails the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read_settings(read_environment(environ))


def table(text: str, directory: Path, environ: Mapping[str, str] = AROUND) -> dict[str, object]:
    """Return the settings of a file with this content under ``[webhelper]``."""
    (directory / "liveform.toml").write_text(f'[webhelper]\n{text}\n[projects.a]\npid = "abc123de45"\n')
    return read_environment(environ)


# Variables


def test_environment_of_every_variable_gives_the_settings() -> None:
    """Every setting can come from a variable; lists are words, and tokens are name=token words."""
    jobs = {  # test_job_rules.py has their values
        "LIVEFORM_INBOX_DAYS": "7",
        "LIVEFORM_WEBHOOK_SENDERS": "52.78.194.237",
        "LIVEFORM_PROXIES": "0",
        "LIVEFORM_OUTGOING_URL": "https://app.example.com/hooks",
        "LIVEFORM_OUTGOING_SECRETS": "whsec_MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1u",
        "LIVEFORM_HANDLERS": "shop.handlers,shop.others",
        "LIVEFORM_RECONCILE_MINUTES": "0",
        "LIVEFORM_TOKEN_POOLS": "default=50",
        "LIVEFORM_BACKGROUND_JOBS": "true",
        "LIVEFORM_LOG_FORMAT": "json",  # test_operating_rules.py has the values of these
        "LIVEFORM_METRICS_TOKEN": "met-Zm9yIHRlc3RzIG9ubHksIGFuZCBzdHJvbmcu",
        "LIVEFORM_TRACES": "false",
        "LIVEFORM_DRAIN_SECONDS": "5",
    }
    access = {  # test_scopes.py, test_limits.py and test_settings.py have theirs
        "LIVEFORM_API_SCOPES": "till=create+read",
        "LIVEFORM_LIMITS": "api=600/1m returns=off",
        "LIVEFORM_SESSION_HOURS": "8",
        "LIVEFORM_SESSION_IDLE_MINUTES": "30",
    }
    settings = read_environment(
        PLAIN
        | {
            "LIVEFORM_SECRET_KEYS": f"{KEY}\n {OTHER_KEY} ",
            "LIVEFORM_API_TOKENS": f"tests={TOKEN}  till={OTHER_TOKEN}=",
            "LIVEFORM_STORE": "sqlite:///links.db",
            "LIVEFORM_API_KEY": VENDOR_KEY,
            "LIVEFORM_RETURN_HOSTS": "app.example.com, localhost:3000",
            "LIVEFORM_RETURN_SCHEMES": "myapp com.example.app",
            "LIVEFORM_CORS_ORIGINS": "https://app.example.com",
            "LIVEFORM_STATE_FIELD": "cf1",
            "LIVEFORM_SIMULATOR": "False",
            "LIVEFORM_SITE_NAME": "Example shop, Seoul",
            "LIVEFORM_TIME_ZONE": "Asia/Seoul",
            "LIVEFORM_RETENTION_DAYS": "30",
            "PATH": "/bin",
        }
        | jobs
        | access
    )
    assert set(settings) == set(NAMES)
    assert settings["SECRET_KEYS"] == [KEY, OTHER_KEY]
    assert settings["API_TOKENS"] == {"tests": TOKEN, "till": f"{OTHER_TOKEN}="}
    assert settings["RETURN_HOSTS"] == ["app.example.com", "localhost:3000"]
    assert settings["CORS_ORIGINS"] == ["https://app.example.com"]
    assert (settings["SIMULATOR"], settings["RETENTION_DAYS"]) == (False, 30)
    assert settings["SITE_NAME"] == "Example shop, Seoul"
    assert settings["TIME_ZONE"] == "Asia/Seoul"
    assert (settings["HANDLERS"], settings["TOKEN_POOLS"]) == (
        ["shop.handlers", "shop.others"],
        {"default": 50},
    )
    assert read_settings(settings).state_field == "cf1"


@pytest.mark.parametrize(
    ("text", "flag"), [("true", True), ("1", True), ("TRUE", True), ("false", False), ("0", False)]
)
def test_environment_flag_is_true_or_false(text: str, flag: bool) -> None:
    """A flag is "true" or "1", or "false" or "0", in any case."""
    environ = PLAIN | {"LIVEFORM_SIMULATOR": text, "LIVEFORM_BASE_URL": "http://127.0.0.1:5000"}
    assert read(environ).simulator is flag


@pytest.mark.parametrize("text", ["yes", "on", "2", " true"])
def test_environment_flag_of_another_spelling_is_refused(text: str) -> None:
    """A flag in another spelling, such as "yes", is refused."""
    assert set(faults_of(lambda: read(PLAIN | {"LIVEFORM_SIMULATOR": text}))) == {"SIMULATOR"}


@pytest.mark.parametrize("text", ["many", "-1", "1.5", "²", "٣", "8_765", " 90", "9" * 9, "9" * 5000])
def test_environment_number_that_is_none_is_refused(text: str) -> None:
    """A RETENTION_DAYS that is not decimal digits, or is too large, is refused."""
    assert set(faults_of(lambda: read(PLAIN | {"LIVEFORM_RETENTION_DAYS": text}))) == {"RETENTION_DAYS"}


def test_environment_secrets_may_stand_in_files(directory: Path) -> None:
    """A secret may be in a file that a ``_FILE`` variable names; white space around it is ignored."""
    (directory / "keys").write_text(f"{KEY}\n{OTHER_KEY}\n")
    (directory / "tokens").write_text(f"tests={TOKEN}\ntill={OTHER_TOKEN}\n")
    environ = {
        name: value
        for name, value in PLAIN.items()
        if name not in ("LIVEFORM_SECRET_KEYS", "LIVEFORM_API_TOKENS")
    }
    settings = read(
        environ
        | {
            "LIVEFORM_SECRET_KEYS_FILE": str(directory / "keys"),
            "LIVEFORM_API_TOKENS_FILE": str(directory / "tokens"),
        }
    )
    assert settings.secret_keys == (KEY, OTHER_KEY)
    assert set(settings.api_tokens) == {"tests", "till"}


@pytest.mark.parametrize("name", ["SECRET_KEYS", "API_TOKENS", "OUTGOING_SECRETS", "METRICS_TOKEN", "STORE"])
def test_environment_secret_and_its_file_are_not_both_set(name: str) -> None:
    """Which of two secrets counts would be a guess: the older one may have been left behind."""
    both = {f"LIVEFORM_{name}": "x", f"LIVEFORM_{name}_FILE": "missing"}
    problem = f"is set, and so is LIVEFORM_{name}_FILE; set one of them, not both"
    assert faults_of(lambda: read(PLAIN | both))[name] == problem
    empty = {"LIVEFORM_SECRET_KEYS_FILE": "", "LIVEFORM_STORE": "", "LIVEFORM_STORE_FILE": ""}
    assert read(PLAIN | empty).secret_keys == (KEY,)


def test_environment_file_of_what_is_not_a_secret_is_not_read() -> None:
    """A ``_FILE`` variable of a setting that is not a secret is ignored."""
    assert "SITE_NAME" not in read_environment(PLAIN | {"LIVEFORM_SITE_NAME_FILE": "missing"})


def test_environment_store_may_stand_in_a_file(directory: Path) -> None:
    """The URL of a database, which may hold a password, may be in a file, in a variable, or in the open."""
    (directory / "store.url").write_text(f"{DATABASE}\n")
    environ = {name: value for name, value in PLAIN.items() if name != "LIVEFORM_STORE"}
    assert read(environ | {"LIVEFORM_STORE_FILE": str(directory / "store.url")}).store == DATABASE
    for value in ('{ file = "store.url" }', '{ env = "DATABASE_URL" }', f'"{DATABASE}"'):
        (directory / "liveform.toml").write_text(f"[webhelper]\nstore = {value}\n")
        assert read(environ | {"DATABASE_URL": DATABASE}).store == DATABASE


@pytest.mark.parametrize(
    "content", [b"\xff\xfe" * 20, KEY.encode() + b" " * MAX_SECRET_BYTES, b"x" * (MAX_SECRET_BYTES + 1)]
)
def test_environment_secret_file_that_holds_none_is_refused(content: bytes, directory: Path) -> None:
    """A file of secrets that is not UTF-8 or is too large is refused."""
    (directory / "keys").write_bytes(content)
    environ = {name: value for name, value in PLAIN.items() if name != "LIVEFORM_SECRET_KEYS"}
    found = faults_of(lambda: read(environ | {"LIVEFORM_SECRET_KEYS_FILE": "keys"}))
    assert set(found) == {"SECRET_KEYS"}


@pytest.mark.parametrize("path", ["missing", ".", "a\0b", "x" * 5000, "\ud800"])
def test_environment_secret_file_that_cannot_be_read_is_refused(path: str) -> None:
    """A file of secrets that cannot be read is refused by its setting, without its path."""
    environ = {name: value for name, value in PLAIN.items() if name != "LIVEFORM_SECRET_KEYS"}
    assert faults_of(lambda: read(environ | {"LIVEFORM_SECRET_KEYS_FILE": path})) == {
        "SECRET_KEYS": "the file that it names cannot be read"
    }


@pytest.mark.parametrize("text", [TOKEN, f"{TOKEN}=", f"={TOKEN}", f"tests = {TOKEN}", "", f"tests:{TOKEN}"])
def test_environment_tokens_without_their_names_are_refused_and_not_told(text: str) -> None:
    """A token without its name is refused, and does not appear in the traceback."""
    with pytest.raises(ConfigError) as caught:
        read(PLAIN | {"LIVEFORM_API_TOKENS": text})
    assert {fault.setting.partition(".")[0] for fault in caught.value.faults} == {"API_TOKENS"}
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


def test_environment_empty_is_refused_by_name() -> None:
    """An empty environment is refused with a ConfigError."""
    with pytest.raises(ConfigError):
        read({})


# The file


def test_file_named_is_read_with_its_references(elsewhere: Path) -> None:
    """A settings file gets its secrets from variables, and from files in its own directory."""
    settings = read(AROUND | {"LIVEFORM_SETTINGS": str(elsewhere / "shop.toml")})
    assert settings.secret_keys == (KEY, OTHER_KEY)
    assert set(settings.api_tokens) == {"signup", "till"}
    assert (settings.site_name, settings.store, settings.retention_days) == ("Example shop", "sealed:", 7)
    assert settings.return_hosts == {"app.example.com"}
    assert settings.projects["shop"].decrypt(settings.projects["shop"].encrypt({"a": "b"})) == {"a": "b"}


def test_file_of_the_current_directory_is_read_if_there_is_one(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ``liveform.toml`` in the current directory is read without a variable."""
    (elsewhere / "shop.toml").rename(elsewhere / "liveform.toml")
    monkeypatch.chdir(elsewhere)
    assert read(AROUND).site_name == "Example shop"


def test_file_named_comes_before_that_of_the_current_directory(directory: Path, elsewhere: Path) -> None:
    """A file that LIVEFORM_SETTINGS names replaces the one in the current directory."""
    (directory / "liveform.toml").write_text("this is not TOML")
    assert read(AROUND | {"LIVEFORM_SETTINGS": "etc/shop.toml"}).site_name == "Example shop"


def test_variables_come_before_the_file(elsewhere: Path) -> None:
    """A variable replaces the setting of the file, and other settings of the file remain."""
    settings = read(
        AROUND
        | {
            "LIVEFORM_SETTINGS": str(elsewhere / "shop.toml"),
            "LIVEFORM_SECRET_KEYS": OTHER_KEY,
            "LIVEFORM_SITE_NAME": "Another",
            "LIVEFORM_RETENTION_DAYS": "1",
        }
    )
    assert (settings.secret_keys, settings.site_name, settings.retention_days) == ((OTHER_KEY,), "Another", 1)
    assert set(settings.api_tokens) == {"signup", "till"}


def test_file_without_a_table_of_ours_is_one_of_projects(directory: Path) -> None:
    """A file without ``[webhelper]`` gives the projects, and variables give the settings."""
    (directory / "liveform.toml").write_text('[projects.shop]\npid = "abc123de45"\n')
    environ = {name: value for name, value in PLAIN.items() if name != "LIVEFORM_PID"}
    assert set(read(environ).projects) == {"shop"}


def test_file_without_projects_leaves_them_to_the_variables(directory: Path) -> None:
    """A file without projects gives the settings, and variables give the project."""
    (directory / "liveform.toml").write_text('[webhelper]\nstore = "sealed:"\n')
    settings = read(PLAIN)
    assert (settings.store, set(settings.projects)) == ("sealed:", {"default"})


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"not TOML", "is not TOML, at line 1, column 5"),
        (b"\xff\xfe", "is not TOML"),
        (b"a = " + b"[" * 30_000, "is not TOML"),
        (b"a = " + b"[" * 100_000, "is larger than 32768 bytes"),
        (b"[webhelper]\n[webhelper]", "is not TOML, at line 2, column 11"),
        (b"[webhelper]\n\n[projects.shop\n", "is not TOML, at line 3, column 15"),
        (b"\0", "is not TOML, at line 1, column 1"),
    ],
    ids=["text", "not UTF-8", "too deep", "too large", "a table twice", "half a header", "NUL"],
)
def test_file_that_is_not_a_toml_is_refused(content: bytes, problem: str, directory: Path) -> None:
    """A settings file that is not TOML is refused by its name and the place, without any of its content."""
    (directory / "liveform.toml").write_bytes(content)
    assert faults_of(lambda: read(PLAIN)) == {"liveform.toml": problem}


@pytest.mark.parametrize("path", ["missing.toml", ".", "a\0b", "x" * 5000, "\ud800"])
def test_file_that_cannot_be_read_is_refused(path: str) -> None:
    """A settings file that is named but cannot be read is refused."""
    assert set(faults_of(lambda: read(PLAIN | {"LIVEFORM_SETTINGS": path}))) == {"LIVEFORM_SETTINGS"}


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("API_TOKENS", f"a={TOKEN} a={OTHER_TOKEN}"),
        ("API_TOKENS", f"a={TOKEN}, a={TOKEN}"),
        ("LIMITS", "sign_in=10/10m,sign_in=5/1m"),
        ("API_SCOPES", "tests=links:read tests=links:create"),
        ("TOKEN_POOLS", "shop=1 shop=2"),
    ],
)
def test_name_that_comes_twice_is_refused(variable: str, text: str) -> None:
    """Of two values of one name none is dropped in silence."""
    found = faults_of(lambda: read(PLAIN | {f"LIVEFORM_{variable}": text}))
    assert found == {variable: "has the same name twice; each name may come once"}


@pytest.mark.parametrize("name", ["secret_keys", "metrics_token", "outgoing_secrets", "store"])
def test_mistyped_reference_is_not_taken_for_a_secret(name: str, directory: Path) -> None:
    """Only API tokens have names; any other table must be a reference."""
    (directory / "liveform.toml").write_text(f'[webhelper]\n{name} = {{ envv = "SHOP_SECRET" }}\n')
    environ = {key: value for key, value in PLAIN.items() if key != f"LIVEFORM_{name.upper()}"}
    problem = 'must be { env = "NAME" } or { file = "PATH" }, and not both'
    assert faults_of(lambda: read(environ)) == {name.upper(): problem}


def test_fault_of_an_api_token_names_whose_it_is(directory: Path) -> None:
    """Of several API tokens, the one that cannot be read is named."""
    (directory / "liveform.toml").write_text("[webhelper]\napi_tokens = { till = 3 }\n")
    environ = {key: value for key, value in PLAIN.items() if key != "LIVEFORM_API_TOKENS"}
    assert set(faults_of(lambda: read(environ))) == {"API_TOKENS.till"}


def test_settings_file_is_read_once(elsewhere: Path) -> None:
    """A pipe, from a program that decrypts the file, gives what a file gives."""
    inside, outside = os.pipe()
    os.write(outside, (elsewhere / "shop.toml").read_bytes().replace(b"old-secret", b"etc/old-secret"))
    os.close(outside)
    try:
        content = f"/dev/fd/{inside}"
        (elsewhere.parent / "pipe.toml").symlink_to(content)
        (elsewhere.parent / "till.token").write_text(OTHER_TOKEN)
        settings = read(AROUND | {"LIVEFORM_SETTINGS": "pipe.toml"})
    finally:
        os.close(inside)
    assert (set(settings.projects), settings.retention_days) == ({"shop"}, 7)


@pytest.mark.parametrize("value", ["7", '"text"', "[]", "[{}]"])
def test_file_whose_table_is_none_is_refused(value: str, directory: Path) -> None:
    """A ``webhelper`` in the settings file that is not a table is refused."""
    (directory / "liveform.toml").write_text(f"webhelper = {value}")
    assert faults_of(lambda: read(PLAIN)) == {"webhelper": "must be a table"}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('secret_keys = { env = "SHOP_SECRET" }', [KEY]),
        ('secret_keys = { env = "BOTH" }', [KEY, OTHER_KEY]),
        ('secret_keys = [{ env = "SHOP_SECRET" }]', [KEY]),
        ('SECRET_KEYS = [{ env = "SHOP_SECRET" }]', [KEY]),
    ],
)
def test_file_secret_keys_are_references_one_or_several(text: str, keys: list[str], directory: Path) -> None:
    """A list, or one variable that holds a list."""
    assert table(text, directory, AROUND | {"BOTH": f"{KEY} {OTHER_KEY}"})["SECRET_KEYS"] == keys


@pytest.mark.parametrize("variable", ["UNSET", "EMPTY"])
def test_file_reference_to_a_variable_that_is_not_set_is_refused(variable: str, directory: Path) -> None:
    """The message names the variable, as that of a project's key does."""
    text = f'secret_keys = [{{ env = "SHOP_SECRET" }}, {{ env = "{variable}" }}]'
    found = faults_of(lambda: table(text, directory, AROUND | {"EMPTY": ""}))
    assert found["SECRET_KEYS"] == f"the environment variable {variable} is not set, or empty"


def test_file_reference_that_may_be_a_secret_itself_is_not_told(directory: Path) -> None:
    """Somebody wrote the secret where the name of its variable belongs."""
    found = faults_of(lambda: table(f'secret_keys = {{ env = "{KEY}" }}', directory))
    assert found["SECRET_KEYS"] == "the environment variable that it names is not set, or empty"
    assert KEY not in str(found)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ('api_tokens = { env = "PAIRS" }', {"a": TOKEN, "b": OTHER_TOKEN}),
        ('api_tokens = { a = { env = "SHOP_TOKEN" } }', {"a": TOKEN}),
        (
            'api_tokens = { a = { env = "SHOP_TOKEN" }, env = { env = "SHOP_TOKEN" } }',
            {"a": TOKEN, "env": TOKEN},
        ),
    ],
)
def test_file_tokens_are_references_by_name_or_all_in_one(
    text: str, tokens: dict[str, str], directory: Path
) -> None:
    """``api_tokens`` is a table of references, or one reference to name=token words."""
    assert table(text, directory, AROUND | {"PAIRS": f"a={TOKEN} b={OTHER_TOKEN}"})["API_TOKENS"] == tokens


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f'secret_keys = ["{KEY}"]', "SECRET_KEYS"),
        (f'secret_keys = "{KEY}"', "SECRET_KEYS"),
        (f'api_tokens = {{ a = "{TOKEN}" }}', "API_TOKENS"),
    ],
)
def test_file_with_a_secret_itself_works_and_is_told(text: str, name: str, directory: Path) -> None:
    """A secret in the settings file works, with a warning at the caller's line, without the secret."""
    with pytest.warns(InlineKeyWarning, match=rf"webhelper\.{name.lower()} holds a secret itself") as told:
        settings = table(text, directory)
    assert settings[name] in ([KEY], {"a": TOKEN})
    assert not any(secret in str(one.message) for one in told for secret in (KEY, TOKEN))
    assert {one.filename for one in told} == {__file__}


def test_file_with_a_project_that_holds_its_key_is_told_at_the_callers_line(directory: Path) -> None:
    """A key in a project's table causes a warning whose place is no line of liveform or webhelper."""
    text = f'[projects.shop]\npid = "p"\ncipher = "gcm"\nkey = "{KEY}"\n'
    (directory / "liveform.toml").write_text(text)
    with pytest.warns(InlineKeyWarning, match=r"projects\.shop\.key") as told:
        read_environment({"LIVEFORM_SETTINGS": str(directory / "liveform.toml")})
    assert {one.filename for one in told} == {__file__}


@pytest.mark.parametrize(
    "value",
    [
        "7",
        "true",
        "[7]",
        "[[]]",
        "{}",
        "[{}]",
        "[{ env = 7 }]",
        '[{ env = "SHOP_SECRET", note = "x" }]',
        '[{ env = "SHOP_SECRET", file = "x" }]',
        '{ env = "SHOP_SECRET", file = "x" }',
        '[{ vault = "x" }]',
    ],
)
@pytest.mark.parametrize("name", ["secret_keys", "api_tokens"])
def test_file_secrets_of_another_shape_are_refused(name: str, value: str, directory: Path) -> None:
    """A secret in the settings file that is not one reference by env or file is refused."""
    settings = PLAIN | {"SHOP_SECRET": KEY}
    del settings[f"LIVEFORM_{name.upper()}"]
    found = faults_of(lambda: read_settings(table(f"{name} = {value}", directory, settings)))
    assert {setting.partition(".")[0] for setting in found} == {name.upper()}


@pytest.mark.parametrize("path", ["missing", ".", "a\\u0000b"])
def test_file_reference_that_cannot_be_read_is_refused(path: str, directory: Path) -> None:
    """A reference to a file that cannot be read is refused by the name of its setting."""
    found = faults_of(lambda: table(f'secret_keys = [{{ file = "{path}" }}]', directory))
    assert found["SECRET_KEYS"] == "the file that it names cannot be read"


def test_file_setting_misspelt_is_refused_with_the_one_meant(directory: Path) -> None:
    """A misspelt setting in the file is refused with a guess at the right name."""
    settings = table('store = "sealed:"\nsite_nmae = "x"', directory, PLAIN)
    assert faults_of(lambda: read_settings(settings)) == {
        "SITE_NMAE": "is not a setting; did you mean SITE_NAME?"
    }


# Projects


def test_projects_variable_names_a_file_and_comes_first(directory: Path, elsewhere: Path) -> None:
    """The file that LIVEFORM_PROJECTS names replaces the projects of the settings file."""
    (directory / "projects.toml").write_text('[projects.other]\npid = "abc123de45"\n')
    environ = AROUND | {
        "LIVEFORM_SETTINGS": str(elsewhere / "shop.toml"),
        "LIVEFORM_PROJECTS": "projects.toml",
    }
    assert set(read(environ).projects) == {"other"}


def test_projects_of_a_file_find_their_keys_in_the_variables_given(elsewhere: Path) -> None:
    """A project's key comes from the given variables, and a missing one is refused by name."""
    environ = {name: value for name, value in AROUND.items() if name != "SHOP_KEY"}
    found = faults_of(lambda: read(environ | {"LIVEFORM_SETTINGS": str(elsewhere / "shop.toml")}))
    assert set(found) == {"projects.shop.key"}


@pytest.mark.parametrize("path", ["missing.toml", "."])
def test_projects_file_that_cannot_be_read_is_refused(path: str) -> None:  # S5
    """A file of projects that cannot be read is refused by its variable, and nothing else is reported."""
    assert faults_of(lambda: read(PLAIN | {"LIVEFORM_PROJECTS": path})) == {
        "LIVEFORM_PROJECTS": "cannot be read"
    }


def test_projects_file_that_is_wrong_is_told_by_its_settings(directory: Path) -> None:  # S5
    """A wrong setting in the file that LIVEFORM_PROJECTS names is named as in every settings file."""
    (directory / "projects.toml").write_text('[projects.other]\npid = "a b"\n')
    assert set(faults_of(lambda: read(PLAIN | {"LIVEFORM_PROJECTS": "projects.toml"}))) == {
        "projects.other.pid"
    }


def test_project_of_the_variables_is_called_default() -> None:
    """The project of LIVEFORM_PID is called default, and LIVEFORM_BASE_URL is not its form's address."""
    settings = read(PLAIN | {"LIVEFORM_KEY": VENDOR_KEY, "LIVEFORM_CIPHER": "gcm"})
    (project,) = settings.projects.values()
    assert set(settings.projects) == {"default"}
    assert (project.pid, project.cipher) == ("abc123de45", "gcm")
    assert project.base_url == "https://form.argosidentity.com"
    assert settings.base_url == "https://shop.example.com"


def test_project_of_the_variables_leads_to_the_simulator_where_there_is_one() -> None:
    """The project of LIVEFORM_PID opens the simulator if LIVEFORM_SIMULATOR is on."""
    environ = PLAIN | {"LIVEFORM_SIMULATOR": "1", "LIVEFORM_BASE_URL": "http://127.0.0.1:5000"}
    assert read(environ).projects["default"].base_url == "http://127.0.0.1:5000/simulator"


def test_project_of_the_variables_that_is_wrong_is_refused() -> None:
    """A wrong project setting is refused by the name of its variable."""
    found = faults_of(lambda: read(PLAIN | {"LIVEFORM_CIPHER": "rot13", "LIVEFORM_KEY": VENDOR_KEY}))
    assert set(found) == {"LIVEFORM_CIPHER"}


# Text


EVERY = [
    f"LIVEFORM_{name}"
    for name in (*NAMES, "SETTINGS", "SECRET_KEYS_FILE", "API_TOKENS_FILE", "KEY", "CIPHER")
]


@pytest.mark.parametrize("text", ["", " ", "\r"])
@pytest.mark.parametrize("variable", EVERY)
def test_variable_that_is_empty_is_not_set(variable: str, text: str) -> None:  # S2
    """An empty variable is not set, whichever it is: a required one is missing, others have their default."""
    if variable in PLAIN:
        assert set(faults_of(lambda: read(PLAIN | {variable: text}))) == {variable.removeprefix("LIVEFORM_")}
    else:
        with_it, without = read(PLAIN | {variable: text}), read(PLAIN)
        assert (with_it.store, with_it.handlers, with_it.inbox_days) == (
            without.store,
            without.handlers,
            without.inbox_days,
        )


@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("name", [name for name in NAMES if name != "PROJECTS"])
def test_variable_in_quotes_is_refused_with_a_hint(name: str, quote: str) -> None:  # S1
    """Quotes that docker keeps around a value are refused for every setting, without the value."""
    found = faults_of(lambda: read(PLAIN | {f"LIVEFORM_{name}": f"{quote}{KEY}{quote}"}))
    assert set(found) == {name}
    assert "quotes around it" in found[name]
    assert KEY not in found[name]


@pytest.mark.parametrize("between", [",", ", ", " ", ";", "\n"])
def test_lists_of_variables_follow_one_rule(between: str, directory: Path) -> None:  # S6
    """Every list is separated by commas, semicolons or white space, in a variable, a file and the TOML."""
    (directory / "keys").write_text(f"{KEY}{between}{OTHER_KEY}\n")
    lists = {
        "LIVEFORM_SECRET_KEYS": f"{KEY}{between}{OTHER_KEY}",
        "LIVEFORM_API_TOKENS": f"a={TOKEN}{between}b={OTHER_TOKEN}",
        "LIVEFORM_RETURN_HOSTS": f"a.example.com{between}b.example.com",
        "LIVEFORM_WEBHOOK_SENDERS": f"10.0.0.0/8{between}52.78.194.237",
    }
    settings = read(PLAIN | lists)
    assert settings.secret_keys == (KEY, OTHER_KEY)
    assert set(settings.api_tokens) == {"a", "b"}
    assert settings.return_hosts == {"a.example.com", "b.example.com"}
    assert len(settings.webhook_senders) == 2
    del lists["LIVEFORM_SECRET_KEYS"]
    environ = {name: value for name, value in PLAIN.items() if name != "LIVEFORM_SECRET_KEYS"}
    assert read(environ | lists | {"LIVEFORM_SECRET_KEYS_FILE": "keys"}).secret_keys == (KEY, OTHER_KEY)


def test_text_of_the_settings_file_follows_the_same_rule(directory: Path) -> None:  # S6, S7
    """A list, a number or a flag that is written as text in the file is read as in a variable."""
    text = 'return_hosts = "a.example.com, b.example.com"\nretention_days = "7"\nbackground_jobs = "False"'
    settings = read_settings(table(text, directory, PLAIN))
    assert settings.return_hosts == {"a.example.com", "b.example.com"}
    assert (settings.retention_days, settings.background_jobs) == (7, False)
    found = faults_of(lambda: table("site_name = '\"Shop\"'", directory, PLAIN))
    assert "quotes around it" in found["SITE_NAME"]


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("LIVEFORM_RETURN_HOST", "LIVEFORM_RETURN_HOSTS"),
        ("LIVEFORM_SECRET_KEY", "LIVEFORM_SECRET_KEYS"),
        ("LIVEFORM_SECRETS_KEYS", "LIVEFORM_SECRET_KEYS"),
        ("LIVEFORM_BASEURL", "LIVEFORM_BASE_URL"),
        ("LIVEFORM_KEYFILE", "LIVEFORM_KEY_FILE"),
        ("LIVEFORM_PROJECT", "LIVEFORM_PROJECTS"),
        ("LIVEFORM_SETTING", "LIVEFORM_SETTINGS"),
    ],
)
def test_variable_that_is_nearly_one_is_told(variable: str, meant: str) -> None:  # S6
    """A variable that is nearly one of the site or of a project is refused, with the one that was meant."""
    assert faults_of(lambda: read(PLAIN | {variable: "x"})) == {
        variable: f"is not a setting; did you mean {meant}?"
    }


@pytest.mark.parametrize(
    "variable", ["LIVEFORM_SERVICE_HOST", "LIVEFORM_PORT", "LIVEFORM_COLOUR", "OTHER_HOSTS"]
)
def test_variable_that_is_like_none_is_left_alone(variable: str) -> None:  # S6
    """A variable of another program, or of Kubernetes, is no fault."""
    assert read(PLAIN | {variable: "x"}).base_url == "https://shop.example.com"


def test_variables_of_the_site_are_not_taken_for_misspelt_ones_of_a_project() -> None:  # S6
    """The command may run where the web helper's variables are: no name of one is nearly one of the other."""
    environ = {f"LIVEFORM_{name}": "x" for name in NAMES if name != "BASE_URL"}
    assert (
        Project.from_env({**environ, "LIVEFORM_SETTINGS": "x", "LIVEFORM_PID": "abc123de45"}).pid
        == "abc123de45"
    )


def test_everything_that_is_wrong_is_told_at_once(directory: Path) -> None:
    """What cannot be read and what is wrong are in one error, of file, variables and project."""
    (directory / "liveform.toml").write_text(
        '[webhelper]\nsecret_keys = { env = "UNSET" }\nstate_field = "cf9"\nsite_nmae = "x"\n'
    )
    environ = {
        "LIVEFORM_SIMULATOR": "maybe",
        "LIVEFORM_API_TOKENS_FILE": "missing",
        "LIVEFORM_RETURN_HOST": "x",
        "LIVEFORM_PID": "a b",
    }
    assert set(faults_of(lambda: read(environ))) == {
        "SECRET_KEYS",
        "STATE_FIELD",
        "SITE_NMAE",
        "SIMULATOR",
        "API_TOKENS",
        "LIVEFORM_RETURN_HOST",
        "LIVEFORM_PID",
        "BASE_URL",
    }


def test_settings_file_with_a_byte_order_mark_is_read(directory: Path) -> None:  # S3
    """A byte order mark in the settings file or in a file of secrets is no part of it."""
    (directory / "liveform.toml").write_text('[webhelper]\nsite_name = "가게"\n', encoding="utf-8-sig")
    (directory / "keys").write_text(f"{KEY}\n", encoding="utf-8-sig")
    environ = {name: value for name, value in PLAIN.items() if name != "LIVEFORM_SECRET_KEYS"}
    settings = read(environ | {"LIVEFORM_SECRET_KEYS_FILE": "keys"})
    assert (settings.site_name, settings.secret_keys) == ("가게", (KEY,))


# Anything at all


@given(
    st.dictionaries(
        st.sampled_from(
            [
                f"LIVEFORM_{name}"
                for name in (*NAMES, "PID", "SECRET_KEYS_FILE", "API_TOKENS_FILE", "SETTINGS")
            ]
        ),
        st.text(st.characters()),
    )
)
def test_environment_of_any_text_raises_only_inside_the_tree(environ: dict[str, str]) -> None:
    """Variables of any text give settings or a ConfigError."""
    assert isinstance(outcome(lambda: read_settings(read_environment(environ))), Settings | ConfigError)

"""These tests name settings in messages as people typed them."""

import os
from pathlib import Path

import pytest
from outcomes import faults_of
from sites import KEY, TOKEN

from liveform import ConfigError
from webhelper.config.environment import read_environment
from webhelper.config.setting_names import TypedNames, named_as_typed
from webhelper.config.settings import read_settings
from webhelper.config.settings_file import with_option

FILE = """\
[webhelper]
base_url = "http://shop.example.com"
secret_keys = [{ env = "SHOP_SECRET" }]
retention_days = -1

[projects.shop]
pid = "abc123de45"
cipher = "nope"
"""


def faults(environ: dict[str, str]) -> dict[str, str]:
    """Return what is wrong with a site of this environment, by setting."""

    def read() -> None:
        with named_as_typed(environ):
            read_settings(read_environment(environ))

    return faults_of(read)


def test_missing_settings_are_named_as_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # O5
    """Without anything, the list has the variables that can be set, and a way to name projects."""
    monkeypatch.chdir(tmp_path)
    found = faults({})
    names = ("BASE_URL", "SECRET_KEYS", "API_TOKENS", "PROJECTS")
    assert set(found) == {f"LIVEFORM_{name}" for name in names}
    assert "LIVEFORM_PID" in found["LIVEFORM_PROJECTS"]


def test_setting_of_a_secret_file_is_named_by_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of what ``LIVEFORM_<NAME>_FILE`` names, or of what is in it, is named by this variable."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "weak").write_text("weak", encoding="utf-8")
    found = faults({"LIVEFORM_SECRET_KEYS_FILE": "weak", "LIVEFORM_METRICS_TOKEN_FILE": "missing"})
    assert {"LIVEFORM_SECRET_KEYS_FILE", "LIVEFORM_METRICS_TOKEN_FILE"} <= set(found)


def test_unknown_member_of_a_file_is_named_as_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A member that is not a setting is named by its table, as it was typed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "liveform.toml").write_text('[webhelper]\ncolour = "red"\n', encoding="utf-8")
    assert "webhelper.colour" in faults({})


def test_settings_of_a_file_are_named_as_in_the_file(tmp_path: Path) -> None:
    """What the file has is named by its table; what neither has, and what a variable has, by the variable."""
    path = tmp_path / "liveform.toml"
    path.write_text(FILE, encoding="utf-8")
    environ = {
        "LIVEFORM_SETTINGS": str(path),
        "SHOP_SECRET": KEY,
        "LIVEFORM_API_TOKENS": "till=weak",
        "LIVEFORM_RETENTION_DAYS": "x",
    }
    found = faults(environ)
    assert set(found) == {
        "webhelper.base_url",
        "LIVEFORM_API_TOKENS.till",
        "LIVEFORM_RETENTION_DAYS",
        "projects.shop.cipher",
    }


def test_file_that_cannot_be_read_is_named_by_its_variable(tmp_path: Path) -> None:
    """A settings file that is none is named by the variable that names it."""
    assert set(faults({"LIVEFORM_SETTINGS": str(tmp_path / "nowhere.toml")})) == {"LIVEFORM_SETTINGS"}


def test_file_that_cannot_be_read_is_named_by_its_option(tmp_path: Path) -> None:
    """A settings file that the option of a command names is named by the option, whatever the variable is."""
    environ = {"LIVEFORM_SETTINGS": str(tmp_path / "other.toml")}
    assert set(faults(with_option(environ, str(tmp_path / "nowhere.toml")))) == {"--settings"}
    assert set(faults(with_option(environ, None))) == {"LIVEFORM_SETTINGS"}


def test_settings_of_a_pipe_are_named_as_in_the_file() -> None:
    """A pipe, which can be read only once, gives its settings and their names."""
    inside, outside = os.pipe()
    os.write(outside, b"[webhelper]\nbase_url = 'ftp://shop'\n")
    os.close(outside)
    try:
        found = faults(with_option({}, f"/dev/fd/{inside}"))
    finally:
        os.close(inside)
    assert "webhelper.base_url" in found


@pytest.mark.parametrize("text", ["", "[webhelper]\n"])
def test_missing_setting_may_be_added_to_the_file(text: str, tmp_path: Path) -> None:
    """Whoever has a settings file learns what it lacks, also if it is empty."""
    path = tmp_path / "shop.toml"
    path.write_text(text, encoding="utf-8")
    found = faults({"LIVEFORM_SETTINGS": str(path), "LIVEFORM_PID": "abc123de45"})
    assert found["LIVEFORM_BASE_URL"] == f"is missing, and {path} has no base_url below [webhelper]"
    assert set(found) == {"LIVEFORM_BASE_URL", "LIVEFORM_SECRET_KEYS", "LIVEFORM_API_TOKENS"}


def test_settings_inside_a_sentence_are_named_as_they_are_typed(tmp_path: Path) -> None:
    """What a problem says of other settings has their names as they are typed, too."""
    path = tmp_path / "liveform.toml"
    path.write_text('[webhelper]\napi_tokens = { till = { env = "SHOP_KEY" } }\n', encoding="utf-8")
    environ = {
        "LIVEFORM_SETTINGS": str(path),
        "LIVEFORM_BASE_URL": "https://shop.example.com",
        "LIVEFORM_SECRET_KEYS": KEY,
        "SHOP_KEY": KEY,
        "LIVEFORM_PID": "abc123de45",
        "LIVEFORM_OUTGOING_URL": "https://shop.example.com/hook",
        "LIVEFORM_TOKEN_POOLS": "shop=7",
    }
    assert faults(environ) == {
        "webhelper.api_tokens": "must not contain one of LIVEFORM_SECRET_KEYS; its holder could sign links",
        "LIVEFORM_OUTGOING_SECRETS": "is needed with LIVEFORM_OUTGOING_URL; receivers check the signature",
        "LIVEFORM_TOKEN_POOLS.shop": "is not one of PROJECTS",  # which no variable and no file has
    }


@pytest.mark.parametrize(
    "part", ["/srv/STORE/links.db", "/srv/STORE", "/a.STORE.db", "STORE/x", "a-STORE-1.kr"]
)
def test_part_of_a_path_or_host_is_no_name_of_a_setting(part: str) -> None:
    """A directory that is called as a setting stays what it is, also at the end of a sentence."""
    names = TypedNames({})
    assert (
        names.within(f"names {part}: is missing; set STORE.")
        == f"names {part}: is missing; set LIVEFORM_STORE."
    )


def test_project_of_variables_is_named_by_them() -> None:
    """A project that variables alone describe has no other names."""
    names = TypedNames({"LIVEFORM_PID": "abc123de45"})
    settings = ("PROJECTS", "PROJECTS.default", "PROJECTS.default.api_key")
    assert [names.of(one) for one in settings] == ["LIVEFORM_PID", "LIVEFORM_PID", "LIVEFORM_API_KEY"]


def test_project_of_the_file_that_does_not_fit_is_named_as_there(tmp_path: Path) -> None:
    """A project that does not fit another setting is named by its table in the file."""
    path = tmp_path / "liveform.toml"
    path.write_text('[projects.shop]\npid = "abc123de45"\n', encoding="utf-8")
    environ = {
        "LIVEFORM_SETTINGS": str(path),
        "LIVEFORM_BASE_URL": "http://127.0.0.1:5000",
        "LIVEFORM_SECRET_KEYS": KEY,
        "LIVEFORM_API_TOKENS": f"tests={TOKEN}",
        "LIVEFORM_SIMULATOR": "true",
    }
    assert set(faults(environ)) == {"projects.shop"}


def test_other_errors_pass() -> None:
    """Only the names of settings are changed."""
    with pytest.raises(ConfigError) as caught, named_as_typed({}):
        raise ConfigError(("--host", "has no address"))
    assert caught.value.faults == (("--host", "has no address"),)

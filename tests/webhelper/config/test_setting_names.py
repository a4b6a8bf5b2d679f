"""These tests name settings in messages as people typed them."""

from pathlib import Path

import pytest
from outcomes import faults_of
from sites import KEY, TOKEN

from liveform import ConfigError
from webhelper.config.environment import read_environment
from webhelper.config.setting_names import named_as_typed
from webhelper.config.settings import read_settings

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

"""These tests find the settings file of a site, and refuse what nothing in it would read."""

from pathlib import Path

import pytest
from outcomes import faults_of

from webhelper.config.settings_file import settings_path, tables_of, with_paths_from


def test_file_is_the_named_one_or_lies_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``LIVEFORM_SETTINGS`` comes before ``liveform.toml`` in the current directory."""
    monkeypatch.chdir(tmp_path)
    assert settings_path({}) is None
    Path("liveform.toml").touch()
    assert settings_path({}) == Path("liveform.toml")
    assert settings_path({"LIVEFORM_SETTINGS": "other.toml"}) == Path("other.toml")


def test_directory_that_cannot_be_looked_into_has_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this user may not look, there are the variables alone."""

    def refuse(*_: object, **__: object) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", refuse)
    assert settings_path({}) is None


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (
            "retention_days = 7\n[webhelper]\n",
            {"retention_days": "is above the first table, where nothing reads it; move it below [webhelper]"},
        ),
        ("[webhleper]\n", {"webhleper": "is not a table of this file; did you mean webhelper?"}),
        ("[project.shop]\n", {"project": "is not a table of this file; did you mean projects?"}),
    ],
)
def test_what_nothing_would_read_is_refused(text: str, faults: dict[str, str], tmp_path: Path) -> None:
    """A setting outside of its table, or a misspelt table, would be lost in silence."""
    (tmp_path / "liveform.toml").write_text(text, encoding="utf-8")
    assert faults_of(lambda: tables_of(tmp_path / "liveform.toml")) == faults


def test_tables_of_others_are_left_alone(tmp_path: Path) -> None:
    """Another program may have its tables in the same file."""
    (tmp_path / "liveform.toml").write_text("[tool.other]\na = 1\n[webhelper]\n[[lists]]\n", encoding="utf-8")
    assert set(tables_of(tmp_path / "liveform.toml")) == {"tool", "webhelper", "lists"}


def test_references_to_files_start_in_the_directory_of_the_settings() -> None:
    """Paths of references are of the settings file's directory, alone or in a list; nothing else changes."""
    table = {
        "key": {"file": "a.key"},
        "keys": [{"file": "/b.key"}, {"env": "C"}],
        "both": {"file": "a", "env": "C"},
    }
    assert with_paths_from(Path("etc"), table) == {
        "key": {"file": "etc/a.key"},
        "keys": [{"file": "/b.key"}, {"env": "C"}],
        "both": {"file": "a", "env": "C"},
    }

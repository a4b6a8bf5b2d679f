"""These tests find the settings file of a site, and refuse what nothing in it would read."""

import os
from pathlib import Path

import pytest
from outcomes import faults_of

from webhelper.config.settings_file import settings_path, tables_of, with_option, with_paths_from


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


def test_link_that_leads_nowhere_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ``liveform.toml`` whose target is missing is not left out in silence."""
    monkeypatch.chdir(tmp_path)
    Path("liveform.toml").symlink_to("gone.toml")
    path = settings_path({})
    assert path is not None
    problem = "is not there; it must be a readable TOML file"
    assert faults_of(lambda: tables_of(path)) == {"liveform.toml": problem}


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("nowhere.toml", "is not there"),
        ("nowhere/liveform.toml", "is not there"),
        ("nul\0.toml", "is not there"),
        (".", "is a directory"),
    ],
)
@pytest.mark.parametrize("by", ["--settings", "LIVEFORM_SETTINGS"])
def test_file_that_cannot_be_read_says_why(
    name: str, problem: str, by: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is missing is distinguished from a directory, below what names it."""
    monkeypatch.chdir(tmp_path)
    said = f"{name} {problem}; name a readable TOML file, or leave {by} out for ./liveform.toml"
    assert faults_of(lambda: tables_of(Path(name), {by: name})) == {by: said}


def test_file_of_another_user_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is there and may not be read is not said to be missing."""

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "liveform.toml").touch()
    monkeypatch.setattr(Path, "open", refuse)
    ((_, problem),) = faults_of(lambda: tables_of(tmp_path / "liveform.toml")).items()
    assert problem == "is not readable for this user; it must be a readable TOML file"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_byte_order_mark_is_no_fault(encoding: str, tmp_path: Path) -> None:
    """An editor may save the file with a byte order mark, also as UTF-16."""
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    (tmp_path / "liveform.toml").write_text(f"{mark}[webhelper]\nproxies = 1\n", encoding=encoding)
    assert tables_of(tmp_path / "liveform.toml") == {"webhelper": {"proxies": 1}}


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (
            "retention_days = 7\n[webhelper]\n",
            {"retention_days": "is above the first table, where nothing reads it; move it below [webhelper]"},
        ),
        ("[webhleper]\n", {"webhleper": "is not a table of this file; did you mean webhelper?"}),
        (
            "[helper]\nstore = 'sqlite:///a'\n",
            {"helper": "is not a table of this file; did you mean webhelper?"},
        ),
        (
            "[project.shop]\npid = 'shoppid001'\n",
            {"project": "is not a table of this file; did you mean projects?"},
        ),
        ("[project.shop]\n", {"project": "is not a table of this file; did you mean projects?"}),
    ],
)
def test_what_nothing_would_read_is_refused(text: str, faults: dict[str, str], tmp_path: Path) -> None:
    """A setting outside of its table, or a misspelt table, would be lost in silence."""
    (tmp_path / "liveform.toml").write_text(text, encoding="utf-8")
    assert faults_of(lambda: tables_of(tmp_path / "liveform.toml")) == faults


@pytest.mark.parametrize(
    "text",
    [
        '[project]\nname = "shop"\n[project.urls]\nhome = "https://shop.example.com"\n',
        '[project.urls]\nhome = "https://shop.example.com"\n',
        "[[project]]\n",
        "[helper]\nlevel = 3\n",
    ],
)
def test_tables_of_others_may_have_similar_names(text: str, tmp_path: Path) -> None:
    """A table is taken for a misspelt one only if it holds what the right one may hold."""
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    assert len(tables_of(tmp_path / "pyproject.toml")) == 1


def test_settings_file_is_read_once_for_an_environment(tmp_path: Path) -> None:
    """What comes out of the first reading comes again, without another one: of a pipe it would hang."""
    path, environ, broken = tmp_path / "liveform.toml", with_option({}), with_option({})
    path.write_text("[webhelper]\nproxies = 1\n", encoding="utf-8")
    tables = tables_of(path, environ)
    path.write_text("[webhelper", encoding="utf-8")
    assert tables_of(path, environ) == tables == {"webhelper": {"proxies": 1}}
    wrong = faults_of(lambda: tables_of(path, broken))
    path.unlink()
    assert faults_of(lambda: tables_of(path, broken)) == wrong
    assert list(wrong) == [str(path)]


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


@pytest.mark.parametrize("environ", [{"LIVEFORM_SETTINGS": "liveform.toml"}, {}])
def test_pipe_that_several_processes_would_read_is_refused(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe gives its text to one process alone, so several cannot use it as their settings file."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("liveform.toml")
    shared, path = with_option(environ, is_shared=True), Path("liveform.toml")
    for _ in range(2):
        (name, problem), *others = faults_of(lambda: tables_of(path, shared)).items()
        assert (name, others) == (next(iter(environ), "liveform.toml"), [])
        assert problem == (
            "liveform.toml is a pipe, whose text only the first process would get; name a regular file"
        )


def test_file_that_several_processes_read_is_read(tmp_path: Path) -> None:
    """A regular file is read by each process, and one that is missing is said to be."""
    path = tmp_path / "shop.toml"
    shared = {"LIVEFORM_SETTINGS": str(path)}
    (problem,) = faults_of(lambda: tables_of(path, with_option(shared, is_shared=True))).values()
    assert "is not there" in problem
    path.write_text("[webhelper]\n", encoding="utf-8")
    assert tables_of(path, with_option(shared, is_shared=True)) == {"webhelper": {}}

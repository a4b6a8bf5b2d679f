"""These tests prepare a demo site on this machine, with its own secrets."""

import stat
import warnings
from pathlib import Path

import pytest
from outcomes import faults_of

from webhelper.config.demo import prepare
from webhelper.config.environment import read_environment
from webhelper.config.settings import Settings, read_settings

BASE_URL = "http://127.0.0.1:8000"


def read(settings: Path) -> Settings:
    """Return the settings that the app gets; a warning about a secret in the file fails the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read_settings(read_environment({"LIVEFORM_SETTINGS": str(settings)}))


def test_demo_settings_start_the_simulator_on_loopback(tmp_path: Path) -> None:
    """A demo has a project of each cipher, and the simulator as the form of both."""
    file, token = prepare(BASE_URL, tmp_path / ".demo")
    settings = read(file)
    assert (settings.base_url, settings.simulator, settings.site_name) == (BASE_URL, True, "Demo shop")
    assert {name: project.cipher for name, project in settings.projects.items()} == {
        "shop": "ecb",
        "signup": "gcm",
        "members": "gcm",
    }
    assert settings.token_pools == {"members": 20}
    assert {project.base_url for project in settings.projects.values()} == {f"{BASE_URL}/simulator"}
    assert settings.store == f"sqlite:///{(tmp_path / '.demo' / 'links.db').as_posix()}"
    assert set(settings.api_tokens) == {"demo"}
    assert [str(one) for one in settings.webhook_senders] == ["127.0.0.1/32", "::1/128"]
    assert settings.background_jobs
    assert len(token) == 43


def test_demo_secrets_are_its_own_and_stay(tmp_path: Path) -> None:
    """A demo keeps its eight secrets when it starts again, and another demo has others."""
    first, second = prepare(BASE_URL, tmp_path / "a"), prepare(BASE_URL, tmp_path / "a")
    other = prepare(BASE_URL, tmp_path / "b")
    assert first == second
    assert first[1] != other[1]
    assert read(first[0]).secret_keys == read(second[0]).secret_keys != read(other[0]).secret_keys
    secrets = {one.read_text() for one in (tmp_path / "a").iterdir() if one.suffix in (".key", ".token")}
    assert len(secrets) == 8


def test_demo_on_another_port_keeps_its_secrets(tmp_path: Path) -> None:
    """A demo on another port gets a new settings file and keeps its secrets."""
    first = read(prepare(BASE_URL, tmp_path)[0])
    second = read(prepare("http://127.0.0.1:9000", tmp_path)[0])
    assert second.base_url == "http://127.0.0.1:9000"
    assert second.secret_keys == first.secret_keys


def test_demo_files_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    """A demo's files are readable by their owner only, and its settings file does not hold the token."""
    settings, token = prepare(BASE_URL, tmp_path / ".demo")
    assert stat.S_IMODE((tmp_path / ".demo").stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in (tmp_path / ".demo").iterdir()} == {0o600}
    assert token not in settings.read_text()


def test_demo_stands_in_the_current_directory_unless_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A demo without a directory goes to ``.demo``, and its store has an absolute path."""
    monkeypatch.chdir(tmp_path)
    settings, _ = prepare(BASE_URL)
    assert settings == Path(".demo/liveform.toml")
    assert read(settings).store == f"sqlite:///{(tmp_path / '.demo' / 'links.db').as_posix()}"


@pytest.mark.parametrize("name", ['a"b', "a\\b", "a b", "가게", "a\x7fb", "a{b}"])
def test_demo_in_a_directory_of_any_name_starts(name: str, tmp_path: Path) -> None:
    """What TOML would read as something else is escaped."""
    (tmp_path / name).mkdir()
    settings = read(prepare(BASE_URL, tmp_path / name / ".demo")[0])
    assert settings.store == f"sqlite:///{tmp_path / name / '.demo' / 'links.db'}"


def test_demo_whose_files_cannot_be_written_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in the place of the directory, a name that is not UTF-8 and a full disk are named."""
    (tmp_path / ".demo").touch()
    problem = f"cannot keep its files in {tmp_path / '.demo'}: File exists"
    assert faults_of(lambda: prepare(BASE_URL, tmp_path / ".demo")) == {"--demo": problem}
    problem = "cannot keep its files here: the name of this directory is not UTF-8"
    assert faults_of(lambda: prepare(BASE_URL, tmp_path / "a\udcff")) == {"--demo": problem}

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    (problem,) = faults_of(lambda: prepare(BASE_URL, tmp_path / "full")).values()
    assert problem.endswith("No space left on device")
    assert not (tmp_path / "full" / "secret.key").exists()


def test_demo_makes_an_empty_secret_anew(tmp_path: Path) -> None:
    """A secret that a full disk has left empty is none."""
    prepare(BASE_URL, tmp_path)
    (tmp_path / "signup.key").write_text("")
    prepare(BASE_URL, tmp_path)
    assert len((tmp_path / "signup.key").read_text()) == 43

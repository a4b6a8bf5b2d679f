"""These tests check the rules of the settings of logs, metrics, traces and stopping."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from outcomes import faults_of
from sites import KEY, TOKEN, settings

from webhelper.config.environment import read_environment
from webhelper.config.settings import Settings, read_settings

METRICS = "met-Zm9yIHRlc3RzIG9ubHksIGFuZCBzdHJvbmcu"
DIGEST = sha256(METRICS.encode()).digest()


def read(**changes: object) -> Settings:
    """Return settings that are valid but for ``changes``."""
    return read_settings(settings(Path("/tmp"), **changes))


def test_nothing_is_on_by_default() -> None:
    """Without settings, logs are text, nobody measures or traces, and a stop is at once."""
    default = read()
    assert (default.log_format, default.metrics_token) == ("text", None)
    assert (default.traces, default.drain_seconds) == (False, 0)


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("LOG_FORMAT", "json", "json"),
        ("LOG_FORMAT", "text", "text"),
        ("METRICS_TOKEN", METRICS, DIGEST),
        ("TRACES", True, True),
        ("DRAIN_SECONDS", 20, 20),
    ],
)
def test_value_within_its_rule_is_taken(name: str, value: object, wanted: object) -> None:
    """A value within its rule is read as the program needs it."""
    assert getattr(read(**{name: value}), name.lower()) == wanted


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOG_FORMAT", "JSON"),
        ("LOG_FORMAT", "logfmt"),
        ("LOG_FORMAT", True),
        ("LOG_FORMAT", None),
        ("METRICS_TOKEN", "short"),
        ("METRICS_TOKEN", "a" * 40),
        ("METRICS_TOKEN", ""),
        ("METRICS_TOKEN", [METRICS]),
        ("METRICS_TOKEN", True),
        ("TRACES", "yes"),
        ("TRACES", 1),
        ("DRAIN_SECONDS", 21),
        ("DRAIN_SECONDS", -1),
        ("DRAIN_SECONDS", 2.5),
        ("DRAIN_SECONDS", True),
    ],
)
def test_value_beyond_its_rule_is_refused_without_being_told(name: str, value: Any) -> None:
    """A value beyond its rule is refused with the name of the setting, and never shown."""
    found = faults_of(lambda: read(**{name: value}))
    assert set(found) == {name}
    assert not isinstance(value, str) or len(value) < 5 or value not in found[name]


@pytest.mark.parametrize("other", [KEY, TOKEN], ids=["a secret key", "an API token"])
def test_metrics_token_is_a_secret_of_its_own(other: str) -> None:
    """Who may read metrics can neither sign links nor call the API: the token must be another one."""
    assert set(faults_of(lambda: read(METRICS_TOKEN=other))) == {"METRICS_TOKEN"}


def test_metrics_token_is_not_in_the_repr() -> None:
    """Settings that are printed do not show the metrics token, nor its digest."""
    printed = repr(read(METRICS_TOKEN=METRICS))
    assert METRICS not in printed
    assert repr(DIGEST) not in printed


def test_environment_has_the_same_settings_as_text(tmp_path: Path) -> None:
    """The environment has each setting as text, and the metrics token in a file too."""
    (tmp_path / "metrics.token").write_text(f"{METRICS}\n", encoding="utf-8")
    environ = {
        "LIVEFORM_LOG_FORMAT": "json",
        "LIVEFORM_TRACES": "true",
        "LIVEFORM_DRAIN_SECONDS": "5",
        "LIVEFORM_METRICS_TOKEN_FILE": str(tmp_path / "metrics.token"),
    }
    mapping = settings(tmp_path) | read_environment(environ)
    found = read_settings(mapping)
    assert (found.log_format, found.traces, found.drain_seconds) == ("json", True, 5)
    assert found.metrics_token == DIGEST


@pytest.mark.parametrize("value", ['{ file = "metrics.token" }', '{ env = "SHOP_METRICS" }'])
def test_file_names_the_metrics_token(tmp_path: Path, value: str) -> None:
    """The settings file names the variable or the file that has the metrics token."""
    (tmp_path / "metrics.token").write_text(f"{METRICS}\n", encoding="utf-8")
    (tmp_path / "liveform.toml").write_text(f"[webhelper]\nmetrics_token = {value}\n", encoding="utf-8")
    environ = {"LIVEFORM_SETTINGS": str(tmp_path / "liveform.toml"), "SHOP_METRICS": METRICS}
    assert read_environment(environ)["METRICS_TOKEN"] == METRICS

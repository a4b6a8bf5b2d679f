"""The environment and a settings file -> the mapping that ``create_app`` takes.

``LIVEFORM_SETTINGS`` names the file; the default is ``liveform.toml`` in the current directory, if it exists.
Its table ``[webhelper]`` has the settings in lower case. ``LIVEFORM_<NAME>`` overrides the file.
"""

from __future__ import annotations

import tomllib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from liveform import ConfigError, InlineKeyWarning, Project, load_projects
from liveform.settings.flags import FLAG_WORDS
from liveform.settings.secrets import SecretSources, inline_warning, secret_text
from webhelper.config.settings import NAMES, SIMULATOR_PATH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PREFIX: Final = "LIVEFORM_"
DEFAULT_FILE: Final = "liveform.toml"
TABLE: Final = "webhelper"
_SECRETS: Final = ("SECRET_KEYS", "API_TOKENS", "OUTGOING_SECRETS")


def read_environment(environ: Mapping[str, str]) -> dict[str, object]:
    """Return the settings of ``environ`` and the settings file, not yet checked.

    Raises:
        ConfigError: a setting cannot be read. It names every such setting, and no value.
    """
    path = _settings_file(environ)
    table = {} if path is None else _from_file(path, environ)
    settings = table | _from_variables(environ)
    source = environ.get(f"{PREFIX}PROJECTS")
    if source is not None:
        settings["PROJECTS"] = load_projects(source, environ=environ)
    elif "PROJECTS" not in settings and f"{PREFIX}PID" in environ:
        settings["PROJECTS"] = {"default": _one_project(environ, settings)}
    return settings


def _settings_file(environ: Mapping[str, str]) -> Path | None:
    named = environ.get(f"{PREFIX}SETTINGS")
    if named is not None:
        return Path(named)
    default = Path(DEFAULT_FILE)
    return default if default.exists() else None


def _from_file(path: Path, environ: Mapping[str, str]) -> dict[str, object]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, RecursionError, ValueError):
        problem = f"must name a readable TOML file, as does --settings; the default is ./{DEFAULT_FILE}"
        raise ConfigError((f"{PREFIX}SETTINGS", problem)) from None
    table = tables.get(TABLE, {})
    if not isinstance(table, dict):
        raise ConfigError((TABLE, "must be a table"))
    settings = {str(name).upper(): value for name, value in table.items()}
    for name in _SECRETS:
        if name in settings:
            settings[name] = _with_references(name, settings[name], SecretSources(environ, path.parent))
    if "projects" in tables:
        settings["PROJECTS"] = load_projects(path, environ=environ)
    return settings


def _with_references(name: str, value: object, sources: SecretSources) -> object:
    """Return ``value`` with each ``{ env = "NAME" }`` and ``{ file = "PATH" }`` replaced by its secret."""
    faults: list[tuple[str, str]] = []

    def read(item: object) -> str:
        if isinstance(item, str):
            said = inline_warning(f"{TABLE}.{name.lower()}", "secret")
            warnings.warn(said, InlineKeyWarning, stacklevel=2)
            return item
        try:
            return secret_text(name, item, sources).strip()
        except ConfigError as error:
            faults.extend(error.faults)
            return ""

    if isinstance(value, list):
        settings: object = [read(item) for item in value]
    elif isinstance(value, dict) and not {"env", "file"} >= set(value):
        settings = {holder: read(item) for holder, item in value.items()}
    else:
        settings = _parsed(name, read(value))
    if faults:
        raise ConfigError(*dict.fromkeys(faults))
    return settings


def _from_variables(environ: Mapping[str, str]) -> dict[str, object]:
    settings: dict[str, object] = {}
    for name in NAMES:
        variable = PREFIX + name
        if name == "PROJECTS":
            continue
        if variable in environ:
            settings[name] = _parsed(name, environ[variable])
        elif name in _SECRETS and f"{variable}_FILE" in environ:
            reference = {"file": environ[f"{variable}_FILE"]}
            settings[name] = _parsed(name, secret_text(name, reference, SecretSources(environ, Path())))
    return settings


def _parsed(name: str, text: str) -> object:
    """Return the value of a setting from its text in the environment."""
    return _PARSERS.get(name, str)(text)


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _named(text: str) -> dict[str, str]:
    pairs = [word.partition("=") for word in text.split()]
    return {name: token for name, _, token in pairs}


def _number(text: str) -> object:
    return int(text) if text.isdecimal() and len(text) < 10 else text


_PARSERS: Final[dict[str, Callable[[str], Any]]] = {
    "SECRET_KEYS": str.split,
    "API_TOKENS": _named,
    "RETURN_HOSTS": _words,
    "CORS_ORIGINS": _words,
    "SIMULATOR": lambda text: FLAG_WORDS.get(text.lower(), text),
    "RETENTION_DAYS": _number,
    "INBOX_DAYS": _number,
    "WEBHOOK_SENDERS": _words,
    "PROXIES": _number,
    "OUTGOING_SECRETS": str.split,
    "HANDLERS": _words,
    "RECONCILE_MINUTES": _number,
    "TOKEN_POOLS": lambda text: {name: _number(size) for name, size in _named(text).items()},
    "BACKGROUND_JOBS": lambda text: FLAG_WORDS.get(text.lower(), text),
}


def _one_project(environ: Mapping[str, str], settings: Mapping[str, object]) -> Project:
    """Return the project of the environment, without variables of this site such as ``LIVEFORM_BASE_URL``."""
    own = {PREFIX + name for name in NAMES}
    project = {name: value for name, value in environ.items() if name not in own}
    if settings.get("SIMULATOR") is True:
        project[f"{PREFIX}BASE_URL"] = str(settings.get("BASE_URL")) + SIMULATOR_PATH
    return Project.from_env(project)

"""The environment and a settings file -> the mapping that ``create_app`` takes.

``LIVEFORM_SETTINGS`` names the file; the default is ``liveform.toml`` in the current directory, if it exists.
Its table ``[webhelper]`` has the settings in lower case. ``LIVEFORM_<NAME>`` overrides the file, unless it is
empty. Everything that is wrong is said at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from liveform import ConfigError, Project, load_projects
from liveform.settings.secrets import SecretSources, inline_warning, secret_text, warn_of_inline
from liveform.settings.table import variables
from liveform.settings.variables import is_set, misspelt_variables
from webhelper.config.address_rules import local_url
from webhelper.config.rules import LAN, SIMULATOR_PATH, shown_name
from webhelper.config.settings import NAMES, read_settings
from webhelper.config.settings_file import PROJECTS, TABLE, settings_path, tables_of, with_paths_from
from webhelper.config.texts import value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

PREFIX: Final = "LIVEFORM_"
_TOKENS: Final = "API_TOKENS"  # alone has a name for each secret
_SECRETS: Final = ("SECRET_KEYS", _TOKENS, "OUTGOING_SECRETS", "METRICS_TOKEN")
_STORE: Final = "STORE"  # its URL may hold a password
_MAY_BE_FILES: Final = (*_SECRETS, _STORE)
_OF_FILES: Final = (f"{PREFIX}SETTINGS", f"{PREFIX}PROJECTS")
T = TypeVar("T")


class _Faults(list[tuple[str, str]]):
    """What is wrong, collected while the rest is read."""

    def without(self, read: Callable[[], T], otherwise: T) -> T:
        """Return what ``read`` returns; if it finds faults, keep them and return the other value."""
        try:
            return read()
        except ConfigError as error:
            self.extend(fault for fault in error.faults if fault not in self)
            return otherwise


def read_environment(environ: Mapping[str, str]) -> dict[str, object]:
    """Return the settings of ``environ`` and the settings file, not yet checked.

    Raises:
        ConfigError: a setting cannot be read. It names every such setting, those that can be read but are
            wrong too, and no value.
    """
    faults = _Faults(_misspelt(environ))
    path = settings_path(environ)
    tables = {} if path is None else tables_of(path, environ)
    sources = SecretSources(environ, Path() if path is None else path.parent)
    settings = _from_table(tables, sources, faults) | _from_variables(environ, faults)
    source = environ[f"{PREFIX}PROJECTS"] if is_set(environ, f"{PREFIX}PROJECTS") else None
    if source is not None:
        settings["PROJECTS"] = faults.without(lambda: _projects(source, environ), None)
    elif path is not None and PROJECTS in tables:
        projects = {PROJECTS: with_paths_from(path.parent, tables[PROJECTS])}  # a pipe is read only once
        settings["PROJECTS"] = faults.without(lambda: load_projects(projects, environ=environ), None)
    elif is_set(environ, f"{PREFIX}PID"):
        settings["PROJECTS"] = faults.without(lambda: {"default": _one_project(environ, settings)}, None)
    if faults:
        raise ConfigError(*faults, *_other_faults(settings, faults))
    return settings


def names_in_file(environ: Mapping[str, str]) -> frozenset[str]:
    """Return which settings are in the settings file and not in the environment; none if it is unreadable."""
    path = settings_path(environ)
    tables: dict[str, object] = (
        {} if path is None else _Faults().without(lambda: tables_of(path, environ), {})
    )
    table = tables.get(TABLE, {})
    names = [str(name).upper() for name in table] if isinstance(table, dict) else []
    names += ["PROJECTS"] * (PROJECTS in tables)
    return frozenset(name for name in names if variable_of(name, environ) is None)


def variable_of(name: str, environ: Mapping[str, str]) -> str | None:
    """Return the variable that is set for a setting, ``LIVEFORM_<NAME>`` or ``LIVEFORM_<NAME>_FILE``."""
    variables_of = [PREFIX + name, *([f"{PREFIX}{name}_FILE"] if name in _MAY_BE_FILES else [])]
    return next((variable for variable in variables_of if is_set(environ, variable)), None)


def _misspelt(environ: Mapping[str, str]) -> list[tuple[str, str]]:
    """Variables that are nearly one of this site or of a project."""
    own = [PREFIX + name for name in NAMES]
    known = [*own, *(f"{PREFIX}{name}_FILE" for name in _MAY_BE_FILES), *variables(PREFIX), *_OF_FILES]
    return [(PREFIX + name.upper(), problem) for name, problem in misspelt_variables(environ, PREFIX, known)]


def _other_faults(settings: Mapping[str, object], faults: _Faults) -> list[tuple[str, str]]:
    """What is wrong with the settings that could be read."""
    known = {setting.partition(".")[0].upper() for setting, _ in faults}
    known |= {name for name, value in settings.items() if value is None}
    readable = {name: value for name, value in settings.items() if name not in known}
    found = _Faults()
    found.without(lambda: read_settings(readable), None)
    return [fault for fault in found if fault[0].partition(".")[0] not in known]


def _from_table(tables: Mapping[str, object], sources: SecretSources, faults: _Faults) -> dict[str, object]:
    """The settings of the file; None for one that cannot be read."""
    table = tables.get(TABLE, {})
    given = {str(name).upper(): value for name, value in table.items()} if isinstance(table, dict) else {}

    def value(name: str) -> object:
        if name in _SECRETS or (name == _STORE and isinstance(given[name], dict)):
            return _with_references(name, given[name], sources)
        text = given[name]
        return value_of(name, text) if isinstance(text, str) and text else text

    return _each(given, value, faults)


def _each(names: Iterable[str], read: Callable[[str], object], faults: _Faults) -> dict[str, object]:
    """The value of each name; None where there is a fault."""
    return {name: faults.without(lambda: read(name), None) for name in names}  # noqa: B023 - called at once


def _with_references(name: str, value: object, sources: SecretSources) -> object:
    """Return ``value`` with each ``{ env = "NAME" }`` and ``{ file = "PATH" }`` replaced by its secret."""
    faults = _Faults()

    def read(item: object, at: str = name) -> str:
        if isinstance(item, str):
            warn_of_inline(inline_warning(f"{TABLE}.{name.lower()}", "secret"))
        return faults.without(lambda: secret_text(at, item, sources).strip(), "")

    if isinstance(value, list):
        settings: object = [read(item) for item in value]
    elif name == _TOKENS and isinstance(value, dict) and not {"env", "file"} >= set(value):
        settings = {holder: read(item, f"{name}.{shown_name(holder)}") for holder, item in value.items()}
    else:
        text = read(value)
        settings = value_of(name, text) if text else []
    if faults:
        raise ConfigError(*faults)
    return settings


def _from_variables(environ: Mapping[str, str], faults: _Faults) -> dict[str, object]:
    """The settings of the variables that are set; None for one that cannot be read."""

    def value(name: str) -> object:
        variable, of_file = PREFIX + name, f"{PREFIX}{name}_FILE"
        if name not in of_files:
            return value_of(name, environ[variable])
        if is_set(environ, variable):
            raise ConfigError((name, f"is set, and so is {of_file}; set one of them, not both"))
        return value_of(name, secret_text(name, {"file": environ[of_file]}, SecretSources(environ, Path())))

    of_files = [name for name in _MAY_BE_FILES if is_set(environ, f"{PREFIX}{name}_FILE")]
    names = [name for name in NAMES if variable_of(name, environ) is not None]
    return _each([name for name in names if name != "PROJECTS"], value, faults)


def _projects(source: str, environ: Mapping[str, str]) -> dict[str, Project]:
    """The projects of a file, whose own faults name the variable of the file."""
    try:
        return load_projects(source, environ=environ)
    except ConfigError as error:
        faults = [
            (f"{PREFIX}PROJECTS" if name == "settings file" else name, what) for name, what in error.faults
        ]
    raise ConfigError(*faults)


def _one_project(environ: Mapping[str, str], settings: Mapping[str, object]) -> Project:
    """Return the project of the environment, without variables of this site such as ``LIVEFORM_BASE_URL``."""
    names = set(variables(PREFIX)) - {PREFIX + name for name in NAMES}
    project = {name: environ[name] for name in names if name in environ}
    if settings.get("SIMULATOR") in (True, LAN):
        base_url = str(settings.get("BASE_URL")).rstrip("/")
        form = base_url if settings["SIMULATOR"] is True else local_url(base_url)
        project[f"{PREFIX}BASE_URL"] = form + SIMULATOR_PATH
    return Project.from_env(project)

"""The settings file of a site: where it is, its tables, and what it may hold beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from liveform import ConfigError
from liveform.errors import nearest
from liveform.settings.file import read_toml
from liveform.settings.variables import is_set
from webhelper.config.rules import shown_name

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE: Final = "LIVEFORM_SETTINGS"
DEFAULT_FILE: Final = "liveform.toml"
TABLE: Final = "webhelper"
PROJECTS: Final = "projects"
_UNREADABLE: Final = "cannot be read"


def settings_path(environ: Mapping[str, str]) -> Path | None:
    """Return the file that ``LIVEFORM_SETTINGS`` names, or the one that lies here; None without any."""
    if is_set(environ, VARIABLE):
        return Path(environ[VARIABLE])
    default = Path(DEFAULT_FILE)
    try:
        return default if default.exists() else None
    except OSError:  # this directory cannot be looked into
        return None


def tables_of(path: Path) -> dict[str, object]:
    """Return the tables of a settings file.

    Raises:
        ConfigError: it cannot be read, is not TOML, or has settings outside of its tables.
    """
    try:
        tables = read_toml(path)
    except ConfigError as error:
        ((_, problem),) = error.faults
        if problem == _UNREADABLE:
            problem = f"must name a readable TOML file, as does --settings; the default is ./{DEFAULT_FILE}"
            raise ConfigError((VARIABLE, problem)) from None
        raise ConfigError((str(path), problem)) from None
    if not isinstance(tables.get(TABLE, {}), dict):
        raise ConfigError((TABLE, "must be a table"))
    faults = [(shown_name(name), wrong) for name in tables if (wrong := _misplaced(name, tables[name]))]
    if faults:
        raise ConfigError(*faults)
    return tables


def _misplaced(name: str, value: object) -> str | None:
    """Return what is wrong with a name at the top of the file; tables of other programs are left alone."""
    if name in (TABLE, PROJECTS):
        return None
    if not isinstance(value, dict | list):
        return f"is above the first table, where nothing reads it; move it below [{TABLE}]"
    meant = nearest(name, (TABLE, PROJECTS))
    return None if meant is None else f"is not a table of this file; did you mean {meant}?"


def with_paths_from(directory: Path, value: object) -> object:
    """Return tables whose ``{ file = "PATH" }`` start in a directory, and not in the current one."""
    if isinstance(value, dict):
        return {
            name: str(directory / item)
            if name == "file" and isinstance(item, str) and len(value) == 1
            else with_paths_from(directory, item)
            for name, item in value.items()
        }
    return [with_paths_from(directory, item) for item in value] if isinstance(value, list) else value

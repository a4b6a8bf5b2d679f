"""The settings file of a site: where it is, its tables, and what it may hold beside them."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from liveform import ConfigError
from liveform.errors import nearest
from liveform.settings.file import read_toml
from liveform.settings.variables import is_set
from webhelper.config.rules import shown_name
from webhelper.config.settings import NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE: Final = "LIVEFORM_SETTINGS"
OPTION: Final = "--settings"  # a command hands it on in the environment, by its own name
DEFAULT_FILE: Final = "liveform.toml"
TABLE: Final = "webhelper"
PROJECTS: Final = "projects"
_UNREADABLE: Final = "cannot be read"


class Environment(dict[str, str]):
    """Variables, and what their settings file was when it was first read: a named pipe is read only once.

    Attributes:
        read: the tables of the file, or what was wrong with it; None before it is read.
        is_shared: whether other processes read the file too, which a pipe does not allow.
    """

    read: dict[str, object] | ConfigError | None = None
    is_shared = False


def with_option(
    environ: Mapping[str, str], file: str | None = None, *, is_shared: bool = False
) -> Environment:
    """Return an environment with the option ``--settings`` of a command, which comes before the variable."""
    found = Environment({**environ, **({OPTION: file} if file else {})})
    found.is_shared = is_shared
    return found


def settings_path(environ: Mapping[str, str]) -> Path | None:
    """Return the file that somebody names, or the one that lies here; None without any."""
    if (by := _named_by(environ)) is not None:
        return Path(environ[by])
    default = Path(DEFAULT_FILE)
    try:
        return default if default.exists() or default.is_symlink() else None
    except OSError:  # this directory cannot be looked into
        return None


def _named_by(environ: Mapping[str, str]) -> str | None:
    return next((name for name in (OPTION, VARIABLE) if is_set(environ, name)), None)


def tables_of(path: Path, environ: Mapping[str, str] = MappingProxyType({})) -> dict[str, object]:
    """Return the tables of a settings file.

    Args:
        path: of the file.
        environ: may name it; an ``Environment`` keeps what comes out, an error too.

    Raises:
        ConfigError: it cannot be read, is not TOML, has settings outside of its tables, or is a pipe that
            other processes would read too.
    """
    if not isinstance(environ, Environment):
        return _read(path, environ)
    if environ.read is None:
        try:
            if environ.is_shared:
                _refuse_pipe(path, environ)
            environ.read = _read(path, environ)
        except ConfigError as error:
            environ.read = error
    if isinstance(environ.read, ConfigError):
        raise ConfigError(*environ.read.faults)
    return environ.read


def _refuse_pipe(path: Path, environ: Mapping[str, str]) -> None:
    with suppress(OSError):  # whoever reads the file says why it cannot be read
        if stat.S_ISFIFO(path.stat().st_mode):
            problem = f"{path} is a pipe, whose text only the first process would get; name a regular file"
            raise ConfigError((_named_by(environ) or str(path), problem))


def _read(path: Path, environ: Mapping[str, str]) -> dict[str, object]:
    try:
        tables = read_toml(path)
    except ConfigError as error:
        ((_, problem),) = error.faults
        raise ConfigError(
            _unreadable(path, _named_by(environ)) if problem == _UNREADABLE else (str(path), problem)
        ) from None
    if not isinstance(tables.get(TABLE, {}), dict):
        raise ConfigError((TABLE, "must be a table"))
    faults = [(shown_name(name), wrong) for name in tables if (wrong := _misplaced(name, tables[name]))]
    if faults:
        raise ConfigError(*faults)
    return tables


def _unreadable(path: Path, by: str | None) -> tuple[str, str]:
    """Return what is wrong with a file that cannot be read, below the name of what names it."""
    if os.path.isdir(path):  # noqa: PTH112 - unlike a Path, it raises nothing
        problem = "is a directory"
    elif os.path.exists(path):  # noqa: PTH110 - as above
        problem = "is not readable for this user"
    else:
        problem = "is not there"
    if by is None:
        return str(path), f"{problem}; it must be a readable TOML file"
    return by, f"{path} {problem}; name a readable TOML file, or leave {by} out for ./{DEFAULT_FILE}"


def _misplaced(name: str, value: object) -> str | None:
    """Return what is wrong with a name at the top of the file; tables of other programs are left alone."""
    if name in (TABLE, PROJECTS):
        return None
    if not isinstance(value, dict | list):
        return f"is above the first table, where nothing reads it; move it below [{TABLE}]"
    meant = nearest(name, (TABLE, PROJECTS))
    if meant is None or not isinstance(value, dict) or not _IS_OURS[meant](value):
        return None
    return f"is not a table of this file; did you mean {meant}?"


def _has_settings(table: dict[str, object]) -> bool:
    return not table or any(name.upper() in NAMES for name in table)


def _has_projects(table: dict[str, object]) -> bool:
    """Return whether a table can be that of projects; ``[project]`` of a pyproject.toml has a name."""
    return all(isinstance(one, dict) and (not one or "pid" in one) for one in table.values())


_IS_OURS: Final = {TABLE: _has_settings, PROJECTS: _has_projects}


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

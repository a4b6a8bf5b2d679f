"""A settings file with several projects -> ``Project`` objects by name.

[projects.production]
pid = "abc123de45"
cipher = "gcm"
key = { env = "LIVEFORM_KEY" }
encryption_only = true
"""

from __future__ import annotations

import os
import re
import tomllib
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from liveform.errors import ConfigError, Fault, shown
from liveform.project import Project
from liveform.settings import InlineKeyWarning, Surroundings, check_environ, inline_keys, read_table
from liveform.shield import shielded

MAX_SETTINGS_BYTES: Final = 32_768


@shielded
def load_projects(
    source: str | os.PathLike[str] | Mapping[str, object], *, environ: Mapping[str, str] | None = None
) -> dict[str, Project]:
    """Return the projects of a TOML file, or of a mapping of the same shape, by name.

    Args:
        source: the path of a file such as ``liveform.toml``, or ``{"projects": {name: {...}}}``. Other
            tables of the file are left alone. docs/settings.md lists the settings of a project.
        environ: where ``{ env = "NAME" }`` looks; ``os.environ`` by default. Key files are found from the
            directory of the settings file.

    Raises:
        ConfigError: everything that is wrong, as ``projects.<name>.<setting>``, never by value.

    Warns:
        InlineKeyWarning: a key stands in the settings themselves.
    """
    projects, inline = _load(source, environ)
    del source, environ  # a warning may be raised as an error, and these may hold keys
    for warning in inline:
        warnings.warn(warning, InlineKeyWarning, stacklevel=3)  # this function, its shield, the caller
    return projects


def _load(source: object, environ: Mapping[str, str] | None) -> tuple[dict[str, Project], list[str]]:
    tables, around = read_tables(source, environ)
    projects: dict[str, Project] = {}
    faults: list[Fault] = []
    for name, table in tables.items():
        try:
            projects[name] = _build(name, table, around)
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(*faults)
    return projects, [line for name in projects for line in inline_warnings(name, tables[name])]


def inline_warnings(name: str, table: Mapping[str, object]) -> list[str]:
    """Return what to say of each setting of a project in which a key itself stands."""
    said = 'holds a key itself; better name it: { env = "NAME" } or { file = "PATH" }'
    return [f"projects.{shown(name)}.{setting} {said}" for setting in inline_keys(table)]


def _build(name: object, table: object, around: Surroundings) -> Project:
    if not isinstance(name, str):
        raise ConfigError(("projects", "names of projects must be text"))
    label = f"projects.{shown(name)}"
    if not isinstance(table, Mapping):
        raise ConfigError((label, "must be a table of settings"))
    return read_table(table, around).build(Project, lambda setting: f"{label}.{setting}")


def read_tables(source: object, environ: Mapping[str, str] | None) -> tuple[Mapping[str, Any], Surroundings]:
    """Return the project tables of a file or mapping, not yet checked, and what they may point at."""
    environ = os.environ if environ is None else environ
    check_environ(environ)
    around = Surroundings(environ, Path())
    if not isinstance(source, Mapping):
        path, source = _read_file(source)
        around = around._replace(directory=path.parent)
    tables = source.get("projects")
    if not isinstance(tables, Mapping) or not tables:
        raise ConfigError(("projects", "must hold at least one table, [projects.NAME]"))
    return tables, around


def _read_file(source: object) -> tuple[Path, Mapping[str, object]]:
    try:
        path = Path(source)  # type: ignore[arg-type]  # what is no path is refused here
        with path.open("rb") as file:
            text = file.read(MAX_SETTINGS_BYTES + 1)
    except (OSError, TypeError, ValueError):
        raise ConfigError(("settings file", "cannot be read")) from None
    if len(text) > MAX_SETTINGS_BYTES:
        raise ConfigError(("settings file", f"is larger than {MAX_SETTINGS_BYTES} bytes"))
    try:
        return path, tomllib.loads(text.decode())
    except (RecursionError, ValueError) as error:
        where = re.search(r"at line \d+, column \d+", str(error))  # the rest may quote the file
        raise ConfigError(("settings file", f"is not TOML{f', {where[0]}' if where else ''}")) from None

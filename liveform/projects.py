"""A settings file with several projects -> ``Project`` objects by name.

[projects.production]
pid = "abc123de45"
cipher = "gcm"
key = { env = "LIVEFORM_KEY" }
encryption_only = true
"""

from __future__ import annotations

import os  # noqa: TC003 - for hints at run time
from collections.abc import Mapping

from liveform.errors import ConfigError, Fault, shown
from liveform.project import Project
from liveform.settings.file import inline_warnings, read_tables
from liveform.settings.secrets import SecretSources, warn_of_inline
from liveform.settings.table import read_table
from liveform.tracebacks import strips_traceback


@strips_traceback
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
        InlineKeyWarning: the settings hold a key themselves.
    """
    projects, inline = _load(source, environ)
    del source, environ  # a warning may be raised as an error, and these may hold keys
    for warning in inline:
        warn_of_inline(warning)
    return projects


def _load(source: object, environ: Mapping[str, str] | None) -> tuple[dict[str, Project], list[str]]:
    tables, sources = read_tables(source, environ)
    projects: dict[str, Project] = {}
    faults: list[Fault] = []
    for name, table in tables.items():
        try:
            projects[name] = _build(name, table, sources)
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(*faults)
    return projects, [line for name in projects for line in inline_warnings(name, tables[name])]


def _build(name: object, table: object, sources: SecretSources) -> Project:
    if not isinstance(name, str):
        raise ConfigError(("projects", "names of projects must be text"))
    label = f"projects.{shown(name)}"
    if not isinstance(table, Mapping):
        raise ConfigError((label, "must be a table of settings"))
    return read_table(table, sources).build(Project, lambda setting: f"{label}.{setting}")

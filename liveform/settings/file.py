"""A TOML settings file -> its project tables, not yet checked."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from liveform.errors import ConfigError, shown
from liveform.settings.secrets import SecretSources, inline_warning
from liveform.settings.table import check_environ, inline_keys
from liveform.wire.encoding import text_of

__all__ = ["read_toml"]  # what webhelper uses too

MAX_SETTINGS_BYTES: Final = 32_768


def read_tables(source: object, environ: Mapping[str, str] | None) -> tuple[Mapping[str, Any], SecretSources]:
    """Return the project tables of a file or mapping, not yet checked, and what they may point at."""
    environ = os.environ if environ is None else environ
    check_environ(environ)
    sources = SecretSources(environ, Path())
    if not isinstance(source, Mapping):
        path, source = _read_file(source)
        sources = sources._replace(directory=path.parent)
    tables = source.get("projects")
    if not isinstance(tables, Mapping) or not tables:
        raise ConfigError(("projects", "must hold at least one table, [projects.NAME]"))
    return tables, sources


def _read_file(source: object) -> tuple[Path, Mapping[str, object]]:
    if not isinstance(source, str | os.PathLike):
        raise ConfigError(("settings file", "cannot be read"))
    return Path(source), read_toml(source)


def read_toml(source: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the tables of a TOML file.

    Raises:
        ConfigError: it cannot be read, is too large, or is not TOML. The message quotes nothing of it.
    """
    try:
        with Path(source).open("rb") as file:
            data = file.read(MAX_SETTINGS_BYTES + 1)
    except (OSError, TypeError, ValueError):
        raise ConfigError(("settings file", "cannot be read")) from None
    if len(data) > MAX_SETTINGS_BYTES:
        raise ConfigError(("settings file", f"is larger than {MAX_SETTINGS_BYTES} bytes"))
    try:
        return tomllib.loads(text_of(data))
    except (RecursionError, ValueError) as error:
        where = re.search(r"at line \d+, column \d+", str(error))  # the rest may quote the file
        raise ConfigError(("settings file", f"is not TOML{f', {where[0]}' if where else ''}")) from None


def inline_warnings(name: str, table: Mapping[str, object]) -> list[str]:
    """Return what to say of each setting of a project that holds a key itself."""
    return [inline_warning(f"projects.{shown(name)}.{setting}") for setting in inline_keys(table)]

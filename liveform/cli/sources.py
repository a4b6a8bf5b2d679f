"""Where a command gets its project, its key and its input from."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from liveform.encoding import MAX_TEXT_CHARS
from liveform.errors import ConfigError, MalformedError
from liveform.project import Project

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from liveform.settings import Surroundings

PREFIX: Final = "LIVEFORM_"
SETTINGS_FILE: Final = "liveform.toml"

_OPTIONS: Final = ("pid", "cipher", "gcm_layout", "ecb_layout", "base_url", "engine")


def project(arguments: Namespace) -> Project:
    """Return the project that the options, the environment or the settings file describe.

    Raises:
        ConfigError: none of them does, or something in them is wrong.
    """
    path = _settings_path(arguments)
    if path is None:
        return Project.from_env(_environ(arguments), prefix=PREFIX)
    from liveform.projects import load_projects  # noqa: PLC0415 - only with a settings file

    projects = load_projects(path)
    return projects[_chosen(projects, arguments)]


def key_text(arguments: Namespace) -> str:
    """Return the text of the key alone, for ``doctor``."""
    from liveform.projects import read_tables  # noqa: PLC0415 - only for doctor
    from liveform.settings import Surroundings, environ_table, read_key_text  # noqa: PLC0415

    path = _settings_path(arguments)
    if path is None:
        environ = _environ(arguments)
        table: object = environ_table(environ, PREFIX)
        around: Surroundings = Surroundings(environ, Path())
    else:
        tables, around = read_tables(path, None)
        table = tables[_chosen(tables, arguments)]
    if not isinstance(table, dict) or "key" not in table:
        raise ConfigError(("key", "is needed: LIVEFORM_KEY, --key-file or a settings file"))
    return read_key_text(table, around)


def _settings_path(arguments: Namespace) -> str | None:
    """The settings file to use, if any: options and environment come before one that merely lies here."""
    given = [
        name for name in (*_OPTIONS, "encryption_only", "key_file") if getattr(arguments, name) is not None
    ]
    named = arguments.settings or (SETTINGS_FILE if arguments.project else None)
    if named is not None:
        if given:
            options = ", ".join("--" + name.replace("_", "-") for name in given)
            raise ConfigError(("settings file", f"already says all of the project; leave out {options}"))
        return str(named)
    if (
        given
        or PREFIX + "PID" in os.environ
        or PREFIX + "KEY" in os.environ
        or not Path(SETTINGS_FILE).exists()
    ):
        return None
    return SETTINGS_FILE


def _chosen(projects: Mapping[str, object], arguments: Namespace) -> str:
    name = arguments.project or (next(iter(projects)) if len(projects) == 1 else None)
    if name is None or name not in projects:
        raise ConfigError(("--project", f"must be one of {', '.join(map(str, projects))}"))
    return str(name)


def _environ(arguments: Namespace) -> dict[str, str]:
    """The environment, with the options in front of it."""
    environ = dict(os.environ)
    for name in _OPTIONS:
        value = getattr(arguments, name)
        if value is not None:
            environ[PREFIX + name.upper()] = value
    if arguments.encryption_only:
        environ[f"{PREFIX}ENCRYPTION_ONLY"] = "true"
    if arguments.key_file == "-":
        if getattr(arguments, "input", None) == "-":
            raise ConfigError(("--key-file", "cannot read stdin too; the input does"))
        environ[f"{PREFIX}KEY"] = read_stdin().strip("\r\n")
        environ.pop(f"{PREFIX}KEY_FILE", None)
    elif arguments.key_file is not None:
        environ[f"{PREFIX}KEY_FILE"] = arguments.key_file
        environ.pop(f"{PREFIX}KEY", None)
    return environ


def given_input(arguments: Namespace) -> str:
    """Return the command's input: the argument, or all of stdin for ``-``."""
    return read_stdin().strip() if arguments.input == "-" else str(arguments.input)


def read_stdin() -> str:
    """Return all of stdin.

    Raises:
        MalformedError: over 65,536 bytes, or not UTF-8.
    """
    data = sys.stdin.buffer.read(MAX_TEXT_CHARS + 1)
    if len(data) > MAX_TEXT_CHARS:
        raise MalformedError(f"stdin holds more than {MAX_TEXT_CHARS} bytes")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise MalformedError("stdin is not UTF-8") from None

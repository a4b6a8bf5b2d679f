"""Where a command gets its project, its key and its input from."""

from __future__ import annotations

import os
import re
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Final

from liveform.errors import ConfigError, MalformedError, shown
from liveform.project import Project
from liveform.settings.options import OPTIONS
from liveform.settings.variables import is_set
from liveform.wire.encoding import MAX_TEXT_CHARS, text_of

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from liveform.settings.options import Option
    from liveform.settings.secrets import SecretSources

__all__ = ["read_stdin"]  # what webhelper uses too

PREFIX: Final = "LIVEFORM_"
SETTINGS_FILE: Final = "liveform.toml"

_OPTIONS: Final = {option.name: option for option in OPTIONS if option.command}
_KEY_FILES: Final = ("key_file", "api_key_file", "face_auth_key_file")
_READ_FROM_STDIN: Final = ("input", "data", *_KEY_FILES)
_OF_URLS: Final = frozenset(
    PREFIX + name
    for name in (
        "KEY",
        "KEY_FILE",
        "CIPHER",
        "ENCRYPTION_ONLY",
        "RETURN_KEY",
        "RETURN_KEY_FILE",
        "RETURN_ENCRYPTED",
    )
)
# Of the others, ``LIVEFORM_BASE_URL`` is that of a web helper too.
_OF_PROJECTS: Final = _OF_URLS | {f"{PREFIX}PID", f"{PREFIX}FACE_AUTH_PID", f"{PREFIX}FACE_AUTH_KEY"}
_FACE_AUTH_KEYS: Final = (f"{PREFIX}FACE_AUTH_KEY", f"{PREFIX}FACE_AUTH_KEY_FILE")
# The environment describes a project if it has one of these; else a settings file that lies here does.
_DESCRIBES: Final = (f"{PREFIX}PID", f"{PREFIX}API_KEY", f"{PREFIX}API_KEY_FILE")


def flag_of(option: Option) -> str:
    """Return the option of the command, such as ``--gcm-layout``."""
    return "--" + option.name.replace("_", "-")


def project(
    arguments: Namespace, *, any_pid: bool = False, returns_only: bool = False, api_only: bool = False
) -> Project:
    """Return the project that the options, the environment or the settings file describe.

    Args:
        arguments: the command's.
        any_pid: the command does not use the project id, so it may be missing.
        returns_only: nor the cipher of query strings: Return URLs are always ECB.
        api_only: the command uses the REST API alone: no project id, and no setting of URLs and returns.

    Raises:
        ConfigError: none of them describes one, or something in them is wrong.
    """
    path = _settings_path(arguments)
    if path is not None:
        projects = _load(path)
        return projects[_chosen(projects, arguments)]
    environ = _environ(arguments)
    if any_pid or api_only:
        environ.setdefault(f"{PREFIX}PID", "any")
        if not environ.keys().isdisjoint(_FACE_AUTH_KEYS):
            environ.setdefault(f"{PREFIX}FACE_AUTH_PID", "any")
    if api_only:
        environ = {name: value for name, value in environ.items() if name not in _OF_URLS}
    if returns_only and f"{PREFIX}CIPHER" not in environ:
        _use_key_for_returns(environ)
    return _from_environ(environ, arguments)


def project_of_url(arguments: Namespace, pid: str | None) -> Project | None:
    """Return the project whose URL is explained, as far as there are settings; None without any.

    Args:
        arguments: the command's.
        pid: that of the URL. It chooses between several projects, and is used if no project id is set.

    Raises:
        ConfigError: there are settings, and something in them is wrong.
    """
    path = _settings_path(arguments)
    if path is not None:
        projects = _load(path)
        if arguments.project is None and len(projects) > 1:
            return next((project for project in projects.values() if project.pid == pid), None)
        return projects[_chosen(projects, arguments)]
    environ = _environ(arguments)
    if environ.keys().isdisjoint(_OF_PROJECTS):
        return None
    is_usable = pid is not None and pid.isascii() and pid.isprintable() and not re.search(" |://", pid)
    environ.setdefault(f"{PREFIX}PID", pid if is_usable and pid else "any")
    return _from_environ(environ, arguments)


def _from_environ(environ: dict[str, str], arguments: Namespace) -> Project:
    """The project of variables; a fault names what was typed."""
    try:
        return Project.from_env(environ, prefix=PREFIX)
    except ConfigError as error:
        raise ConfigError(*((_typed(name, arguments), problem) for name, problem in error.faults)) from None


def _use_key_for_returns(environ: dict[str, str]) -> None:
    """Without a cipher the key can still open returns, unless another one is there for that."""
    has_return_key = f"{PREFIX}RETURN_KEY" in environ or f"{PREFIX}RETURN_KEY_FILE" in environ
    for name in ("KEY", "KEY_FILE"):
        key = environ.pop(PREFIX + name, None)
        if key is not None and not has_return_key:
            environ[f"{PREFIX}RETURN_{name}"] = key


def _load(path: str) -> dict[str, Project]:
    """The projects of the file; a warning takes one line of stderr, not a line of our source."""
    from liveform.projects import load_projects

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        projects = load_projects(path)
    _warn([str(warning.message) for warning in caught])
    return projects


def _warn(lines: list[str]) -> None:
    for line in lines:
        print(f"liveform: {line}", file=sys.stderr)


def _typed(variable: str, arguments: Namespace) -> str:
    """The option or the variable that the user typed; both if neither is there."""
    name = variable.removeprefix(PREFIX).lower()
    if name in ("return_key", "return_key_file") and not is_set(os.environ, variable):
        name = name.removeprefix("return_")  # see _use_key_for_returns
    option = name if name in _OPTIONS else f"{name.removesuffix('_file')}_file"
    words = "--" + option.replace("_", "-")
    if getattr(arguments, option, None) is not None:
        return words
    variable = PREFIX + name.upper()
    return variable if name not in _OPTIONS or is_set(os.environ, variable) else f"{words} or {variable}"


def key_texts(arguments: Namespace) -> list[str]:
    """Return the texts of the key and of the API key, of those that there are, for ``doctor``."""
    from liveform.settings.secrets import one_line, secret_text
    from liveform.settings.table import of_variable

    path = _settings_path(arguments)
    table, sources = _variables(arguments) if path is None else _tables(path, arguments)
    names = [name for name in ("key", "api_key") if isinstance(table, dict) and name in table]
    if not isinstance(table, dict) or not names:
        raise ConfigError(("key", "is needed: LIVEFORM_KEY, --key-file or a settings file"))
    try:
        return [one_line(name, secret_text(name, table[name], sources)) for name in names]
    except ConfigError as error:
        if path is not None:
            raise
        faults = [of_variable(fault, table[fault.setting]) for fault in error.faults]
    raise ConfigError(*((_typed(name, arguments), problem) for name, problem in faults))


def _variables(arguments: Namespace) -> tuple[object, SecretSources]:
    """The settings table that options and environment make, and where its keys are."""
    from liveform.settings.secrets import SecretSources
    from liveform.settings.table import environ_table

    environ = _environ(arguments)
    return environ_table(environ, PREFIX), SecretSources(environ, Path())


def _tables(path: str, arguments: Namespace) -> tuple[object, SecretSources]:
    """The settings table of the chosen project of a file, and where its keys are."""
    from liveform.settings.file import inline_warnings, read_tables

    tables, sources = read_tables(path, None)
    name = _chosen(tables, arguments)
    table = tables[name]
    _warn(inline_warnings(name, table) if isinstance(table, dict) else [])
    return table, sources


def _settings_path(arguments: Namespace) -> str | None:
    """The settings file to use, if any: options and environment come before one that merely lies here."""
    given = [name for name in (*_OPTIONS, *_KEY_FILES) if getattr(arguments, name, None) is not None]
    named = arguments.settings
    if named is None and arguments.project is not None:
        named = SETTINGS_FILE
    if named is not None:
        if given:
            options = ", ".join("--" + name.replace("_", "-") for name in given)
            raise ConfigError(("settings file", f"already says all of the project; leave out {options}"))
        return str(named)
    describes = _DESCRIBES if hasattr(arguments, "api_key_file") else _DESCRIBES[:1]
    if given or any(is_set(os.environ, name) for name in describes) or not _lies_here(SETTINGS_FILE):
        return None
    return SETTINGS_FILE


def _lies_here(name: str) -> bool:
    try:
        return Path(name).exists()
    except OSError:  # this directory cannot be looked into
        return False


def _chosen(projects: Mapping[str, object], arguments: Namespace) -> str:
    name = arguments.project
    if name is None and len(projects) == 1:
        name = next(iter(projects))
    if name not in projects:
        raise ConfigError(("--project", f"must be one of {', '.join(map(shown, projects))}"))
    return str(name)


def _environ(arguments: Namespace) -> dict[str, str]:
    """The environment, with the options in front of it."""
    environ = {name: value for name, value in os.environ.items() if is_set(os.environ, name)}
    for name in _OPTIONS:
        value = getattr(arguments, name, None)
        if value is not None:
            environ[PREFIX + name.upper()] = "true" if value is True else value
    on_stdin = [name for name in _READ_FROM_STDIN if getattr(arguments, name, None) == "-"]
    for name in _KEY_FILES:
        file = getattr(arguments, name, None)
        if file is None:
            continue
        variable = PREFIX + name.removesuffix("_file").upper()
        environ.pop(variable, None)
        environ.pop(f"{variable}_FILE", None)
        if file != "-":
            environ[f"{variable}_FILE"] = file
        else:
            environ[variable] = _key_on_stdin("--" + name.replace("_", "-"), others=len(on_stdin) - 1)
    return environ


def _key_on_stdin(option: str, *, others: int) -> str:
    if others:
        raise ConfigError((option, "cannot read stdin too; the input does"))
    key = read_stdin().strip("\r\n")
    if not key:
        raise ConfigError((option, "stdin is empty"))
    return key


def given_input(arguments: Namespace, *, max_bytes: int = MAX_TEXT_CHARS) -> str:
    """Return the command's input: the argument, or all of stdin for ``-``; errors as in ``read_stdin``."""
    return read_stdin(max_bytes).strip() if arguments.input == "-" else str(arguments.input)


def read_stdin(max_bytes: int = MAX_TEXT_CHARS) -> str:
    """Return all of stdin.

    Raises:
        MalformedError: over ``max_bytes``, or not UTF-8.
    """
    if sys.stdin is None:
        raise MalformedError("stdin is closed")
    try:
        data = sys.stdin.buffer.read(max_bytes + 1)
    except OSError:
        raise MalformedError("stdin cannot be read") from None
    if len(data) > max_bytes:
        raise MalformedError(f"stdin holds more than {max_bytes} bytes")
    try:
        return text_of(data)
    except UnicodeDecodeError:
        raise MalformedError("stdin is not UTF-8") from None

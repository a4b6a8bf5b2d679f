"""``{ env = "NAME" }`` and ``{ file = "PATH" }`` -> the secret that they name."""

from __future__ import annotations

import os
import re
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.crypto.keys import KeyDerivation, SecretKey
from liveform.errors import ConfigError, Fault, KeyFormatError
from liveform.settings.placeholders import CARRIAGE_RETURN, check_written
from liveform.settings.variables import texts_in
from liveform.wire.encoding import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["SecretSources", "inline_warning", "secret_text", "warn_of_inline"]  # what webhelper uses too

MAX_SECRET_BYTES: Final = 4096

_ROOT: Final = Path(__file__).parents[2]
_OURS: Final = (str(_ROOT / "liveform") + os.sep, str(_ROOT / "webhelper") + os.sep)


class InlineKeyWarning(UserWarning):
    """A settings file holds a key itself, where backups, diffs and colleagues see it."""


class SecretSources(NamedTuple):
    """Where references are looked up: the environment, and the directory from which paths start."""

    environ: Mapping[str, str]
    directory: Path


def secret_text(name: str, value: object, sources: SecretSources) -> str:
    """Return the text that a setting holds or names, without line breaks and byte order marks around it.

    Args:
        name: the setting, for messages.
        value: text, ``{"env": "NAME"}`` or ``{"file": "PATH"}``.
        sources: where references are looked up.

    Raises:
        ConfigError: another shape, quotes around it, a placeholder instead of it, or a secret that cannot be
            read. The message has neither value nor path.
    """
    text = _text_of(name, value, sources).strip("\ufeff\r\n")
    check_written(name, text)
    return text


def _text_of(name: str, value: object, sources: SecretSources) -> str:
    if isinstance(value, str):
        return value
    match value:
        case {"env": str(variable), **rest} if not rest:
            return _from_environ(name, variable, sources.environ)
        case {"file": str(path), **rest} if not rest:
            return _from_file(name, path, sources.directory)
    raise ConfigError((name, 'must be { env = "NAME" } or { file = "PATH" }, and not both'))


def inline_warning(setting: str, what: str = "key") -> str:
    """Return the warning for a setting that holds a secret itself."""
    return f'{setting} holds a {what} itself; better name it: {{ env = "NAME" }} or {{ file = "PATH" }}'


def warn_of_inline(warning: str) -> None:
    """Give an ``InlineKeyWarning`` whose place is the line that has called liveform or webhelper."""
    frame, level = sys._getframe(), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_OURS):
        frame, level = frame.f_back, level + 1
    del frame  # an error that the warning becomes would hold its values
    warnings.warn(warning, InlineKeyWarning, stacklevel=level)


def secret_key(name: str, value: object, sources: SecretSources, derivation: KeyDerivation) -> SecretKey:
    """Return the key that a setting holds or names.

    Raises:
        ConfigError: it cannot be read, has several lines, or is not a key.
    """
    if isinstance(value, SecretKey):
        return value
    return _key(name, one_line(name, secret_text(name, value, sources)), derivation)


def one_line(name: str, text: str) -> str:
    """Return the text of a key, or raise ``ConfigError`` if it has several lines."""
    if len(text.splitlines()) > 1:
        raise ConfigError((name, "holds more than one line; a key is one line"))
    return text


def secret_keys(
    name: str, value: object, sources: SecretSources, derivation: KeyDerivation
) -> list[SecretKey]:
    """Return the keys of a list, or of one text that holds several (see ``texts_in``); errors as above."""
    if isinstance(value, list | tuple):
        return _each_key(name, value, sources, derivation)
    return [_key(name, text, derivation) for text in texts_in(name, secret_text(name, value, sources))]


def _each_key(
    name: str, items: Iterable[object], sources: SecretSources, derivation: KeyDerivation
) -> list[SecretKey]:
    keys: list[SecretKey] = []
    faults: list[Fault] = []
    for item in items:
        try:
            keys.append(secret_key(name, item, sources, derivation))
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(*faults)
    return keys


def _key(name: str, text: str, derivation: KeyDerivation) -> SecretKey:
    check_written(name, text)  # of a list, each one
    try:
        return SecretKey(text, derivation=derivation)
    except KeyFormatError as error:
        raise ConfigError((name, str(error))) from None


def _from_environ(name: str, variable: str, environ: Mapping[str, str]) -> str:
    try:
        text = environ.get(variable)
    except ValueError:  # a name that the process's own environment cannot even hold
        text = None
    if not isinstance(text, str) or not text:
        raise ConfigError((name, f"the environment variable {_variable(variable)} is not set, or empty"))
    return text


def _variable(name: str) -> str:
    """The name of a variable; what does not look like one may be a key in the wrong place."""
    return name if re.fullmatch(r"[A-Z_][A-Z0-9_]{0,63}", name) else "that it names"


def _from_file(name: str, path: str, directory: Path) -> str:
    try:
        with (directory / path).open("rb") as file:
            data = file.read(MAX_SECRET_BYTES + 1)
        text = text_of(data) if len(data) <= MAX_SECRET_BYTES else None
    except (OSError, ValueError):  # not there, not readable, not a path, not UTF-8
        problem = CARRIAGE_RETURN if path.endswith("\r") else "the file that it names cannot be read"
        raise ConfigError((name, problem)) from None
    if text is None:
        raise ConfigError((name, f"the file that it names is larger than {MAX_SECRET_BYTES} bytes"))
    return text

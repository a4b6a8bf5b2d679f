"""``{ env = "NAME" }`` and ``{ file = "PATH" }`` -> the secret that they name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.crypto.keys import KeyDerivation, SecretKey
from liveform.errors import ConfigError, Fault, KeyFormatError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

MAX_KEY_FILE_BYTES: Final = 4096


class InlineKeyWarning(UserWarning):
    """A key stands in a settings file, where backups, diffs and colleagues see it."""


class SecretSources(NamedTuple):
    """What a settings table may point at."""

    environ: Mapping[str, str]
    directory: Path


def read_key_text(table: Mapping[str, object], sources: SecretSources) -> str:
    """Return the text of the setting ``key`` itself, for ``doctor``, which tries derivations.

    Raises:
        ConfigError: there is none, or it cannot be had.
    """
    if "key" not in table:
        raise ConfigError(("key", "is not set"))
    return _key_text("key", table["key"], sources).strip("\r\n")


def secret_key(name: str, value: object, sources: SecretSources, derivation: KeyDerivation) -> SecretKey:
    """Return the key that a setting holds or names.

    Raises:
        ConfigError: it cannot be read, or is not a key.
    """
    if isinstance(value, SecretKey):
        return value
    return _secret(name, _key_text(name, value, sources).strip("\r\n"), derivation)


def secret_keys(
    name: str, value: object, sources: SecretSources, derivation: KeyDerivation
) -> list[SecretKey]:
    """Return the keys of a list, or of one text that holds several with spaces between; errors as above."""
    if isinstance(value, list | tuple):
        return _each_key(name, value, sources, derivation)
    return [_secret(name, text, derivation) for text in _key_text(name, value, sources).split()]


def _each_key(
    name: str, items: Sequence[object], sources: SecretSources, derivation: KeyDerivation
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


def _secret(name: str, text: str, derivation: KeyDerivation) -> SecretKey:
    try:
        return SecretKey(text, derivation=derivation)
    except KeyFormatError as error:
        raise ConfigError((name, str(error))) from None


def _key_text(name: str, value: object, sources: SecretSources) -> str:
    if isinstance(value, str):
        return value
    match value:
        case {"env": str(variable), **rest} if not rest:
            return _from_environ(name, variable, sources.environ)
        case {"file": str(path), **rest} if not rest:
            return _from_file(name, path, sources.directory)
    raise ConfigError((name, 'must be { env = "NAME" } or { file = "PATH" }, and not both'))


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
            data = file.read(MAX_KEY_FILE_BYTES + 1)
        text = data.decode("utf-8-sig") if len(data) <= MAX_KEY_FILE_BYTES else None
    except (OSError, ValueError):  # not there, not readable, not a path, not UTF-8
        raise ConfigError((name, "the key file cannot be read")) from None
    if text is None:
        raise ConfigError((name, f"the key file is larger than {MAX_KEY_FILE_BYTES} bytes"))
    return text

"""A settings table, or the environment -> the arguments of ``Project``, and all that is wrong with them.

Keys do not stand in a file: they are named, as ``{ env = "NAME" }`` or ``{ file = "PATH" }``. A key that
does stand there works, with a warning. Faults are collected, so that all are told at once, each by
the name of its setting and never by value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from liveform.errors import ConfigError, Fault, KeyFormatError, shown
from liveform.keys import KEY_BYTES, KeyDerivation, SecretKey
from liveform.parameters import TokenNames

T = TypeVar("T")

MAX_KEY_FILE_BYTES: Final = 4096

# Stands for a key that could not be had, so that the other settings are checked all the same.
_STAND_IN: Final = bytes(KEY_BYTES)
_TEXTS: Final = ("pid", "cipher", "gcm_layout", "ecb_layout", "base_url", "engine")
_KEYS: Final = ("key", "return_key")
_FLAGS: Final = {"true": True, "1": True, "false": False, "0": False}
SETTINGS: Final = (*_TEXTS, *_KEYS, "previous_keys", "key_derivation", "encryption_only", "token_names")


class InlineKeyWarning(UserWarning):
    """A key stands in a settings file, where backups, diffs and colleagues see it."""


class Surroundings(NamedTuple):
    """What a settings table may point at."""

    environ: Mapping[str, str]
    directory: Path


class Reading(NamedTuple):
    """What came of a settings table: arguments for ``Project``, and faults."""

    arguments: dict[str, Any]
    faults: list[Fault]

    def build(self, make: Callable[..., T], rename: Callable[[str], str]) -> T:
        """Return ``make(**arguments)``, or raise one ``ConfigError`` with all faults, renamed."""
        faults = list(self.faults)
        try:
            made = make(**self.arguments)
        except ConfigError as error:
            faults += [fault for fault in error.faults if fault.setting not in self._settings_at_fault()]
        if faults:
            raise ConfigError(*((rename(setting), problem) for setting, problem in faults))
        return made

    def _settings_at_fault(self) -> set[str]:
        return {fault.setting for fault in self.faults}


def read_environ(environ: Mapping[str, str], prefix: str) -> Reading:
    """Return what variables such as ``LIVEFORM_PID`` say; names that are no setting are left alone."""
    check_environ(environ)
    if not isinstance(prefix, str) or not prefix.isascii():
        raise ConfigError(("prefix", "must be ASCII text"))
    reading = read_table(environ_table(environ, prefix), Surroundings(environ, Path()))
    return reading._replace(faults=[*_mistyped(environ, prefix), *reading.faults])


def _mistyped(environ: Mapping[str, str], prefix: str) -> list[Fault]:
    """Variables that are nearly a setting: one letter wrong in KEY, and every URL would be plain."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for names that are not settings

    names = [setting.upper() for setting in SETTINGS]
    known = [prefix + name for name in (*names, *(f"{name}_FILE" for name in names))]
    faults = []
    for variable in environ:
        if prefix and isinstance(variable, str) and variable.startswith(prefix) and variable not in known:
            near = get_close_matches(variable, known, n=1, cutoff=0.9)
            if near:
                setting = shown(variable.removeprefix(prefix).lower())
                faults.append(Fault(setting, f"is not a setting; did you mean {near[0]}?"))
    return faults


def check_environ(environ: object) -> None:
    """Refuse what is no mapping."""
    if not isinstance(environ, Mapping):
        raise ConfigError(("environ", "must be a mapping such as os.environ"))


def environ_table(environ: Mapping[str, str], prefix: str) -> dict[str, object]:
    """Return the settings table that the variables stand for."""
    table: dict[str, object] = {}
    for setting in (*_TEXTS, "key_derivation"):
        if prefix + setting.upper() in environ:
            table[setting] = environ[prefix + setting.upper()]
    for setting in (*_KEYS, "previous_keys"):
        variable = prefix + setting.upper()
        sources = {"env": variable} if variable in environ else {}
        if f"{variable}_FILE" in environ:
            sources["file"] = environ[f"{variable}_FILE"]
        if sources:
            table[setting] = sources
    flag = environ.get(f"{prefix}ENCRYPTION_ONLY")
    if flag is not None:
        table["encryption_only"] = _FLAGS.get(flag) if isinstance(flag, str) else None
    return table


def read_table(table: Mapping[str, object], around: Surroundings) -> Reading:
    """Return what one table of settings says."""
    arguments: dict[str, Any] = {"pid": None}
    faults: list[Fault] = []
    derivation, fault = _derivation(table.get("key_derivation", KeyDerivation.SHA256))
    faults += fault
    for name in table:
        if name not in SETTINGS:
            faults.append(Fault(shown(name), f"is not a setting; allowed are {', '.join(sorted(SETTINGS))}"))
        elif name != "key_derivation":
            try:
                arguments[name] = _read(name, table[name], around, derivation)
            except ConfigError as error:
                faults += error.faults
                arguments[name] = SecretKey.from_bytes(_STAND_IN) if name in _KEYS else None
    return Reading(
        {name: value for name, value in arguments.items() if value is not None or name == "pid"}, faults
    )


def _read(name: str, value: object, around: Surroundings, derivation: KeyDerivation) -> object:
    if name in _KEYS:
        return _one_key(name, value, around, derivation)
    if name == "previous_keys":
        return _several_keys(name, value, around, derivation)
    if name == "encryption_only":
        return _boolean(name, value)
    if name == "token_names":
        return _token_names(name, value)
    return _text(name, value)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ConfigError((name, "must be text"))
    return value


def _boolean(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ConfigError((name, "must be true or false"))
    return value


def _token_names(name: str, value: object) -> TokenNames:
    names = value if isinstance(value, Mapping) else {}
    if not names or not names.keys() <= {"plain", "encrypted"}:
        raise ConfigError((name, 'must be { plain = "...", encrypted = "..." }'))
    return TokenNames(**names)


def inline_keys(table: Mapping[str, object]) -> list[str]:
    """Return the settings of ``table`` in which a key itself stands."""
    return [
        name
        for name in (*_KEYS, "previous_keys")
        for value in (table.get(name),)
        if isinstance(value, str)
        or (isinstance(value, list | tuple) and any(isinstance(item, str) for item in value))
    ]


def _derivation(value: object) -> tuple[KeyDerivation, list[Fault]]:
    try:
        return KeyDerivation(value), []  # type: ignore[arg-type]  # an enum checks what it is given
    except (TypeError, ValueError):
        wanted = f"must be one of {', '.join(KeyDerivation)}"
        return KeyDerivation.SHA256, [Fault("key_derivation", wanted)]


def read_key_text(table: Mapping[str, object], around: Surroundings) -> str:
    """Return the text of the setting ``key`` itself, for ``doctor``, which tries derivations.

    Raises:
        ConfigError: there is none, or it cannot be had.
    """
    if "key" not in table:
        raise ConfigError(("key", "is not set"))
    return _key_text("key", table["key"], around).strip("\r\n")


def _one_key(name: str, value: object, around: Surroundings, derivation: KeyDerivation) -> SecretKey:
    if isinstance(value, SecretKey):
        return value
    return _secret(name, _key_text(name, value, around).strip("\r\n"), derivation)


def _several_keys(
    name: str, value: object, around: Surroundings, derivation: KeyDerivation
) -> list[SecretKey]:
    if isinstance(value, list | tuple):
        return _each_key(name, value, around, derivation)
    return [_secret(name, text, derivation) for text in _key_text(name, value, around).split()]


def _each_key(
    name: str, items: Sequence[object], around: Surroundings, derivation: KeyDerivation
) -> list[SecretKey]:
    keys: list[SecretKey] = []
    faults: list[Fault] = []
    for item in items:
        try:
            keys.append(_one_key(name, item, around, derivation))
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


def _key_text(name: str, value: object, around: Surroundings) -> str:
    if isinstance(value, str):
        return value
    match value:
        case {"env": str(variable), **rest} if not rest:
            return _from_environ(name, variable, around.environ)
        case {"file": str(path), **rest} if not rest:
            return _from_file(name, path, around.directory)
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

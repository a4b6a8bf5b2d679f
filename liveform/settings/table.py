"""A settings table, or the environment -> the arguments of ``Project``, and all that is wrong with them.

A file names its keys, as ``{ env = "NAME" }`` or ``{ file = "PATH" }``. A key in
the file itself works, with a warning. Faults are collected and reported at once, each by
the name of its setting and never by value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from liveform.crypto.keys import KEY_BYTES, KeyDerivation, SecretKey
from liveform.errors import ConfigError, Fault, nearest, shown
from liveform.parameters.model import TokenNames
from liveform.settings.flags import FLAG_WORDS, checked_flag
from liveform.settings.options import OPTIONS
from liveform.settings.secrets import SecretSources, secret_key, secret_keys

if TYPE_CHECKING:
    from liveform.settings.options import Option

T = TypeVar("T")

# In place of a key that cannot be read, so that the other settings are checked all the same.
_STAND_IN: Final = bytes(KEY_BYTES)
_OPTIONS: Final = {option.name: option for option in OPTIONS}
SETTINGS: Final = tuple(_OPTIONS)
_SECRET_KINDS: Final = ("key", "keys")


class ReadOptions(NamedTuple):
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


def read_environ(environ: Mapping[str, str], prefix: str) -> ReadOptions:
    """Return what variables such as ``LIVEFORM_PID`` say; other names are left alone."""
    check_environ(environ)
    if not isinstance(prefix, str) or not prefix.isascii():
        raise ConfigError(("prefix", "must be ASCII text"))
    reading = read_table(environ_table(environ, prefix), SecretSources(environ, Path()))
    return reading._replace(faults=[*_mistyped(environ, prefix), *reading.faults])


def _mistyped(environ: Mapping[str, str], prefix: str) -> list[Fault]:
    """Variables that are nearly a setting: one letter wrong in KEY, and every URL would be plain."""
    known = [prefix + option.name.upper() for option in OPTIONS if option.variable]
    known += [f"{prefix}{option.name.upper()}_FILE" for option in OPTIONS if option.kind in _SECRET_KINDS]
    faults = []
    for variable in environ:
        if prefix and isinstance(variable, str) and variable.startswith(prefix) and variable not in known:
            meant = nearest(variable, known, cutoff=0.9)
            if meant is not None:
                setting = shown(variable.removeprefix(prefix).lower())
                faults.append(Fault(setting, f"is not a setting; did you mean {meant}?"))
    return faults


def check_environ(environ: object) -> None:
    """Refuse what is not a mapping."""
    if not isinstance(environ, Mapping):
        raise ConfigError(("environ", "must be a mapping such as os.environ"))


def environ_table(environ: Mapping[str, str], prefix: str) -> dict[str, object]:
    """Return the settings table that the variables make."""
    table: dict[str, object] = {}
    for option in OPTIONS:
        variable = prefix + option.name.upper()
        if option.kind in _SECRET_KINDS:
            reference = {"env": variable} if variable in environ else {}
            if f"{variable}_FILE" in environ:
                reference["file"] = environ[f"{variable}_FILE"]
            if reference:
                table[option.name] = reference
        elif option.variable and variable in environ:
            table[option.name] = _from_variable(option, environ[variable])
    return table


def _from_variable(option: Option, value: object) -> object:
    """The value of a variable; true and false are words there."""
    if not isinstance(value, str) or option.kind not in ("flag", "transfer"):
        return value
    return FLAG_WORDS.get(value, value if option.kind == "transfer" else None)


def read_table(table: Mapping[str, object], sources: SecretSources) -> ReadOptions:
    """Return what one table of settings says."""
    arguments: dict[str, Any] = {"pid": None}
    faults: list[Fault] = []
    derivation, fault = _derivation(table.get("key_derivation", KeyDerivation.SHA256))
    faults += fault
    for name, value in table.items():
        option = _OPTIONS.get(name)
        if option is None:
            faults.append(Fault(shown(name), f"is not a setting; allowed are {', '.join(sorted(SETTINGS))}"))
        elif option.argument:
            try:
                arguments[name] = _read(option, value, sources, derivation)
            except ConfigError as error:
                faults += error.faults
                arguments[name] = SecretKey.from_bytes(_STAND_IN) if option.kind == "key" else None
    return ReadOptions(
        {name: value for name, value in arguments.items() if value is not None or name == "pid"}, faults
    )


def _read(option: Option, value: object, sources: SecretSources, derivation: KeyDerivation) -> object:
    if option.kind == "key":
        return secret_key(option.name, value, sources, derivation)
    if option.kind == "keys":
        return secret_keys(option.name, value, sources, derivation)
    if option.kind == "flag":
        return checked_flag(option.name, value)
    if option.kind == "names":
        return _token_names(option.name, value)
    if option.kind == "transfer":
        return value  # Project checks it
    return _text(option.name, value)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ConfigError((name, "must be text"))
    return value


def _token_names(name: str, value: object) -> TokenNames:
    names = value if isinstance(value, Mapping) else {}
    if not names or not names.keys() <= {"plain", "encrypted"}:
        raise ConfigError((name, 'must be { plain = "...", encrypted = "..." }'))
    return TokenNames(**names)


def inline_keys(table: Mapping[str, object]) -> list[str]:
    """Return the settings of ``table`` that hold a key itself."""
    return [
        name
        for name, option in _OPTIONS.items()
        for value in (table.get(name),)
        if option.kind in _SECRET_KINDS
        if isinstance(value, str)
        or (isinstance(value, list | tuple) and any(isinstance(item, str) for item in value))
    ]


def _derivation(value: object) -> tuple[KeyDerivation, list[Fault]]:
    for known in KeyDerivation:
        if value == known:
            return known, []
    return KeyDerivation.SHA256, [Fault("key_derivation", f"must be one of {', '.join(KeyDerivation)}")]

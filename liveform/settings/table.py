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
from liveform.errors import ConfigError, Fault, shown
from liveform.parameters.model import TokenNames
from liveform.settings.flags import checked_flag, flag_or_text
from liveform.settings.options import OPTIONS
from liveform.settings.placeholders import check_written
from liveform.settings.secrets import SecretSources, secret_key, secret_keys
from liveform.settings.variables import is_set, misspelt_variables

if TYPE_CHECKING:
    from liveform.settings.options import Option

__all__ = ["variables"]  # what webhelper uses too

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
    """Return what variables such as ``LIVEFORM_PID`` say; faults name the variable, without the prefix."""
    check_environ(environ)
    if not isinstance(prefix, str) or not prefix.isascii():
        raise ConfigError(("prefix", "must be ASCII text"))
    faults = list(misspelt_variables(environ, prefix, variables(prefix)))
    table = environ_table(environ, prefix)
    reading = read_table(table, SecretSources(environ, Path()))
    read = [of_variable(fault, table.get(fault.setting)) for fault in reading.faults]
    return reading._replace(faults=[*faults, *read])


def of_variable(fault: Fault, value: object) -> Fault:
    """Return a fault by the variable that was set, without its prefix.

    Args:
        fault: by the name of the setting.
        value: what ``environ_table`` has for the setting.
    """
    match value:
        case {"env": str(variable), "file": _}:
            return Fault(fault.setting, f"is set, and so is {variable}_FILE; set one of them, not both")
        case {"file": _}:
            return Fault(f"{fault.setting}_file", fault.problem)
    return fault


def variables(prefix: str) -> list[str]:
    """Return the names of all variables of a project."""
    known = [prefix + option.name.upper() for option in OPTIONS if option.variable]
    return known + [
        f"{prefix}{option.name.upper()}_FILE" for option in OPTIONS if option.kind in _SECRET_KINDS
    ]


def check_environ(environ: object) -> None:
    """Refuse what is not a mapping."""
    if not isinstance(environ, Mapping):
        raise ConfigError(("environ", "must be a mapping such as os.environ"))


def environ_table(environ: Mapping[str, str], prefix: str) -> dict[str, object]:
    """Return the settings table that the variables make; an empty variable is not set."""
    table: dict[str, object] = {}
    for option in OPTIONS:
        variable = prefix + option.name.upper()
        if option.kind in _SECRET_KINDS:
            reference = {"env": variable} if is_set(environ, variable) else {}
            if is_set(environ, f"{variable}_FILE"):
                reference["file"] = environ[f"{variable}_FILE"]
            if reference:
                table[option.name] = reference
        elif option.variable and is_set(environ, variable):
            table[option.name] = environ[variable]
    return table


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
    if option.kind == "names":
        return _token_names(option.name, value)
    if isinstance(value, str):
        check_written(option.name, value, but_objects=option.kind == "transfer")
        value = flag_or_text(value) if option.kind in ("flag", "transfer") else value
    if option.kind == "flag":
        return checked_flag(option.name, value)
    return value if option.kind == "transfer" else _text(option.name, value)  # Project checks a transfer


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
    try:
        check_written("key_derivation", value if isinstance(value, str) else "")
    except ConfigError as error:
        return KeyDerivation.SHA256, list(error.faults)
    return KeyDerivation.SHA256, [Fault("key_derivation", f"must be one of {', '.join(KeyDerivation)}")]

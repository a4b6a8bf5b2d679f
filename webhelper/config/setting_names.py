"""The names of settings in messages: as they are typed where the settings come from."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from liveform import ConfigError
from webhelper.config.environment import PREFIX, names_in_file, variable_of
from webhelper.config.settings import NAMES
from webhelper.config.settings_file import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MISSING = ("PROJECTS", "is missing")


@contextmanager
def named_as_typed(environ: Mapping[str, str]) -> Iterator[None]:
    """Name the settings in a ``ConfigError`` as the environment and the settings file write them.

    ``BASE_URL`` is ``LIVEFORM_BASE_URL``, or ``webhelper.base_url`` if it comes from the file.
    """
    try:
        yield
    except ConfigError as error:
        in_file = names_in_file(environ)
        faults = [(_as_typed(one.setting, in_file, environ), _explained(*one)) for one in error.faults]
        raise ConfigError(*faults) from None


def _as_typed(setting: str, in_file: frozenset[str], environ: Mapping[str, str]) -> str:
    name, dot, rest = setting.partition(".")
    if name in in_file:
        return f"{name.lower() if name == 'PROJECTS' else f'{TABLE}.{name.lower()}'}{dot}{rest}"
    if name not in NAMES:
        return setting
    return f"{variable_of(name, environ) or PREFIX + name}{dot}{rest}"


def _explained(setting: str, problem: str) -> str:
    if (setting, problem) == _MISSING:
        return f"{problem}: a file with [projects.NAME] tables, or {PREFIX}PID for a single project"
    return problem

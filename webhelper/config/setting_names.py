"""The names of settings in messages: as they are typed where the settings come from."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from liveform import ConfigError
from liveform.settings.variables import is_set
from webhelper.config.environment import PREFIX, names_in_file, variable_of
from webhelper.config.settings import NAMES
from webhelper.config.settings_file import PROJECTS, TABLE, settings_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PROJECTS: Final = PROJECTS.upper()
_PID: Final = f"{PREFIX}PID"
_MISSING: Final = "is missing"


class TypedNames:
    """How the environment and the settings file of a site write the names of its settings.

    ``BASE_URL`` is ``LIVEFORM_BASE_URL``, or ``webhelper.base_url`` if it comes from the file. A member of a
    project, such as ``PROJECTS.shop.api_key``, is ``projects.shop.api_key`` in whatever file it is, and
    ``LIVEFORM_API_KEY`` if variables alone describe the project.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._path = settings_path(environ)
        self._in_file = names_in_file(environ)
        in_files = _PROJECTS in self._in_file or variable_of(_PROJECTS, environ) is not None
        self._has_one_project = not in_files and is_set(environ, _PID)
        words = [name for name in NAMES if not (name == _PROJECTS and self._has_one_project)]
        # A name beside one of these signs is part of a path or a host: /srv/STORE/links.db
        self._words = re.compile(rf"(?<![\w/.-])({'|'.join(words)})(?![\w/-])", re.ASCII)

    def of(self, setting: str) -> str:
        """Return the name of a setting, or of a member of one; what is none stays as it is."""
        name, dot, rest = setting.partition(".")
        if name == _PROJECTS and (rest or self._has_one_project):
            return self._of_project(rest)
        if name in self._in_file:
            return f"{name.lower() if name == _PROJECTS else f'{TABLE}.{name.lower()}'}{dot}{rest}"
        if name not in NAMES:
            return setting
        return f"{variable_of(name, self._environ) or PREFIX + name}{dot}{rest}"

    def _of_project(self, rest: str) -> str:
        if not self._has_one_project:
            return f"{PROJECTS}.{rest}"
        option = rest.partition(".")[2]
        return PREFIX + option.upper() if option else _PID

    def within(self, text: str) -> str:
        """Return a text with the names of the settings that it has."""
        return self._words.sub(lambda found: self.of(found[0]), text)

    def explained(self, setting: str, problem: str) -> str:
        """Return what is wrong with a setting, and of a missing one where it may stand."""
        if problem != _MISSING or setting not in NAMES:
            return self.within(problem)
        if setting == _PROJECTS:
            return f"{problem}: a file with [projects.NAME] tables, or {_PID} for a single project"
        in_file = f", and {self._path} has no {setting.lower()} below [{TABLE}]"
        return problem if self._path is None else problem + in_file


@contextmanager
def named_as_typed(environ: Mapping[str, str]) -> Iterator[None]:
    """Name the settings in a ``ConfigError`` as the environment and the settings file write them."""
    try:
        yield
    except ConfigError as error:
        names = TypedNames(environ)
        faults = [(names.of(setting), names.explained(setting, what)) for setting, what in error.faults]
        raise ConfigError(*faults) from None

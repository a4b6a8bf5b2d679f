"""Variables of the environment: which of them are set, and how their names and texts may be written.

The rules are those of liveform and of the web helper. An empty variable is not set: Compose passes variables
that nobody has set as empty ones. What tools leave around a value is refused and never cut away in silence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from liveform.errors import ConfigError, Fault, FieldError, nearest, shown
from liveform.parameters.text_values import bare, in_quotes, names_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["check_quotes", "is_set", "misspelt_variables", "texts_in"]  # what webhelper uses too

# So much alike, it is almost certainly the same name: one letter wrong in KEY, and every URL is plain.
_ALIKE: Final = 0.9
_BYTE_ORDER_MARK: Final = "\ufeff"  # of an env file, whose first name it becomes a part of
# What Kubernetes sets for a service that is called liveform.
_OF_SERVICES: Final = re.compile(r"SERVICE_(HOST|PORT(_.*)?)|PORT(_\d+_.*)?")


def is_set(environ: Mapping[str, str], variable: str) -> bool:
    """Whether a variable has a value: it is there, and its text is not empty."""
    value: object = environ.get(variable, "")
    return not isinstance(value, str) or bool(bare(value))


def check_quotes(setting: str, text: str) -> None:
    """Refuse quotes around a text.

    Raises:
        ConfigError: there are some; docker's ``--env-file`` takes them for a part of the value.
    """
    if in_quotes(text.strip()):
        hint = "docker --env-file keeps them, and a shell does not"
        raise ConfigError(
            (setting, f"has quotes around it, which would be a part of it; remove them ({hint})")
        )


def texts_in(setting: str, text: str) -> list[str]:
    """Return the items of a list: white space, commas or semicolons are between them, or it is a JSON list.

    Raises:
        ConfigError: the text begins like a JSON list, but is not a list of texts.
    """
    try:
        return names_in(setting, text)
    except FieldError:
        problem = 'must be texts with spaces or commas between, or a JSON list such as ["a", "b"]'
        raise ConfigError((setting, problem)) from None


def misspelt_variables(environ: Mapping[str, str], prefix: str, known: Iterable[str]) -> Iterator[Fault]:
    """Yield a fault for each variable that is nearly one of the known ones.

    Others with the prefix are left alone: another program may use it.

    Args:
        environ: the environment.
        prefix: what the names start with.
        known: the names, with the prefix.
    """
    names = set(known)
    for variable in environ if prefix else ():
        if isinstance(variable, str) and variable not in names:
            meant = _meant(variable, prefix, names)
            if meant is not None:
                setting = shown(variable.lstrip(_BYTE_ORDER_MARK)[len(prefix) :].lower())
                yield Fault(setting, _misspelt(variable, meant))


def _meant(variable: str, prefix: str, known: set[str]) -> str | None:
    name = variable.lstrip(_BYTE_ORDER_MARK).upper()
    if not name.startswith(prefix.upper()) or _OF_SERVICES.fullmatch(name[len(prefix) :]):
        return None
    return name if name in known else nearest(name, known, cutoff=_ALIKE)


def _misspelt(variable: str, meant: str) -> str:
    if variable.startswith(_BYTE_ORDER_MARK):
        why = "A byte order mark is in front of it; save the file of variables without one"
        return f"is not a setting; did you mean {meant}? {why}"
    if variable.upper() == meant:
        return f"is written as {shown(variable)}, which is not read: variables are written in capitals"
    why = " Variables are written in capitals" if variable != variable.upper() else ""
    return f"is not a setting; did you mean {meant}?{why}"

"""What the holder of an API token may do, and in which projects."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from liveform import ConfigError
from liveform.errors import nearest
from webhelper.config.rules import shown_name, texts

_PROJECT: Final = "project:"


class Scope(StrEnum):
    """One kind of thing that an API token allows."""

    READ = "read"
    CREATE = "create"
    REVOKE = "revoke"
    RESULTS = "results"
    CONSOLE = "console"


class Permissions(NamedTuple):
    """What one holder may do.

    Attributes:
        scopes: what is allowed.
        projects: in which projects; None for all.
    """

    scopes: frozenset[Scope] = frozenset(Scope)
    projects: frozenset[str] | None = None

    def include(self, project: str) -> bool:
        """Whether they are for this project."""
        return self.projects is None or project in self.projects


ALL: Final = Permissions()


def api_scopes(name: str, value: object) -> Mapping[str, Permissions]:
    """Return the permissions of each holder that the setting names; every other holder may do everything."""
    if not isinstance(value, Mapping):
        raise ConfigError((name, "must be a mapping of names of API_TOKENS to lists of scopes"))
    found: dict[str, Permissions] = {}
    faults: list[tuple[str, str]] = []
    for holder, words in value.items():
        setting = f"{name}.{shown_name(holder)}"
        try:
            found[str(holder)] = _permissions(setting, texts(setting, words))
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(*faults)
    return MappingProxyType(found)


def _permissions(setting: str, words: list[str]) -> Permissions:
    projects = frozenset(word.removeprefix(_PROJECT) for word in words if word.startswith(_PROJECT))
    scopes = [word for word in words if not word.startswith(_PROJECT)]
    for word in scopes:
        if word not in set(Scope):
            meant = nearest(word, [*Scope])
            hint = f"; did you mean {meant}?" if meant else ""
            problem = f"must be a list of {', '.join(Scope)} and project:NAME{hint}"
            raise ConfigError((setting, problem))
    if not words:
        raise ConfigError((setting, "must name at least one scope; remove the API token to allow nothing"))
    return Permissions(frozenset(map(Scope, scopes)) if scopes else ALL.scopes, projects or None)

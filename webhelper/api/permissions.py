"""What the holder of this request's API token, or of the sign-in, may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g

from liveform import FieldError
from webhelper.config.scopes import Permissions, Scope
from webhelper.errors import ScopeError
from webhelper.services import services

if TYPE_CHECKING:
    from collections.abc import Iterable


def permissions() -> Permissions:
    """Return what ``g.holder`` may do."""
    return services().settings.permissions_of(g.holder)


def may(scope: str) -> bool:
    """Return whether somebody has authenticated who has a scope; templates ask it."""
    return "holder" in g and Scope(scope) in permissions().scopes


def require_scope(scope: Scope) -> None:
    """Return if the holder has a scope.

    Raises:
        ScopeError: he does not; it names the scope.
    """
    if scope not in permissions().scopes:
        raise ScopeError(scope=scope)


def require_project(name: str | None) -> None:
    """Return if the holder may make something in a project.

    Args:
        name: of the project, as it was asked for; None and empty text are checked elsewhere.

    Raises:
        ScopeError: his API token is for other projects. Whether there is one of this name is not told.
    """
    if name not in (None, "") and not permissions().include(str(name)):
        raise ScopeError


def require_named_project(name: str | None) -> None:
    """Return unless a project must be named, because the site has several, and the holder is for some alone.

    Raises:
        FieldError: none is named; it lists the holder's own projects, and no others.
    """
    if name in (None, "") and permissions().projects is not None and len(services().settings.projects) > 1:
        raise FieldError("project", f"must be one of {', '.join(own_projects())}")


def own_projects() -> Iterable[str]:
    """Return the names of the projects that the holder may work with, in the order of the settings."""
    allowed = permissions()
    return [name for name in services().settings.projects if allowed.include(name)]

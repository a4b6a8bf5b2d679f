"""Which endpoint a method and a path mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.simulator.rest import (
    aml,
    deleting,
    face_auth,
    images,
    project_settings,
    projections,
    reading,
    tokens,
    writing,
)

if TYPE_CHECKING:
    from webhelper.simulator.rest.calls import Endpoint

_ANY: Final = "*"
ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *(*reading.ENDPOINTS, *writing.ENDPOINTS, *deleting.ENDPOINTS, *images.ENDPOINTS, *tokens.ENDPOINTS),
    *(*aml.ENDPOINTS, *projections.ENDPOINTS, *project_settings.ENDPOINTS, *face_auth.ENDPOINTS),
)


def find(method: str, path: str) -> tuple[Endpoint, dict[str, str]] | None:
    """Return the endpoint and the names in the path, or None; the path begins behind ``/v3``."""
    for endpoint in ENDPOINTS:
        names = _names(endpoint.path, path) if endpoint.method in (method, _ANY) else None
        if names is not None:
            return endpoint, names
    return None


def _names(template: str, path: str) -> dict[str, str] | None:
    """Return the names of ``{name}`` parts, or None if the path is another."""
    wanted, given = template.split("/"), path.split("/")
    if len(wanted) != len(given):
        return None
    pairs = dict(zip(wanted, given, strict=True))
    if not all(one == other or (one.startswith("{") and other) for one, other in pairs.items()):
        return None
    return {one.strip("{}"): other for one, other in pairs.items() if one.startswith("{")}

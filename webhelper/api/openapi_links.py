"""What may be asked next with an answer: the links of the OpenAPI document (section 4.8.20)."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_ANSWER: Final = "$response.body#"  # a runtime expression; behind it stands a JSON Pointer (section 4.8.20.4)


class Follow(NamedTuple):
    """A request that an answer makes possible.

    Attributes:
        to: the name of its operation.
        values: its path values, each with the JSON Pointer to it in the answer.
        body: the same for the members of its body.
    """

    to: str
    values: Mapping[str, str] = MappingProxyType({})
    body: Mapping[str, str] = MappingProxyType({})


# By the name of the operation that has answered with success.
FOLLOWS: Final[Mapping[str, tuple[Follow, ...]]] = MappingProxyType(
    {
        "create_link": (
            Follow("get_link", {"link_id": "/id"}),
            Follow("revoke_link", {"link_id": "/id"}),
            Follow("get_wait", {"token": "/wait"}),
        ),
        "list_links": (
            Follow("get_link", {"link_id": "/links/0/id"}),
            Follow("revoke_link", {"link_id": "/links/0/id"}),
        ),
        "get_link": (Follow("get_visit", {"visit_id": "/visits/0/id"}),),
        "read_return": (
            Follow("exchange_result", body={"code": "/code"}),
            Follow("get_wait", {"token": "/wait"}),
        ),
        "exchange_result": (
            Follow("get_link", {"link_id": "/link_id"}),
            Follow("get_visit", {"visit_id": "/visit_id"}),
        ),
    }
)


def links_of(operation: str) -> dict[str, Any]:
    """Return the links of the successful answer of an operation, as JSON data; empty if it has none."""
    return {follow.to: _link(follow) for follow in FOLLOWS.get(operation, ())}


def _link(follow: Follow) -> dict[str, Any]:
    link: dict[str, Any] = {"operationId": follow.to}
    for name, pointers in (("parameters", follow.values), ("requestBody", follow.body)):
        if pointers:
            link[name] = {value: f"{_ANSWER}{pointer}" for value, pointer in pointers.items()}
    return link

"""Operations on the token ids of private mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from liveform.rest.dialect import USUAL, Dialect
from liveform.rest.operation import Operation
from liveform.rest.operations.answers import Reader
from liveform.rest.operations.arguments import ID
from liveform.rest.operations.paging import PagedList, flat_key
from liveform.rest.operations.token_portions import Progress, in_portions
from liveform.rest.values.token import Token, TokenDeletion, TokenRegistration, TokenReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from liveform.rest.operation import Answer, Page, Steps
    from liveform.wire.json_object import JsonValue

T = TypeVar("T")

_PATH: Final = "/submission/tokens"
_LISTS: Final = ("data", "Items", "items", "tokens", "tokenIds", "tokenId", "token_ids")
_COUNTS: Final = ("count", "totalCount", "currentCount", "total", "data", "summary")
_DEPTH: Final = 3


def register(
    token_ids: Iterable[str],
    *,
    start: int = 0,
    stop_on_error: bool = False,
    progress: Progress | None = None,
) -> Steps[TokenRegistration]:
    """Register token ids, any number of them: ``POST /submission/tokens`` (vendor page TOKP).

    They go out in requests of 500, and a project takes 100,000. One that is registered already is simply
    registered again, so a run can be repeated. These are listed as failed: an id of another form, which is
    not sent; one that the vendor refuses; and one whose request failed. The form is 8 to 64 letters, digits
    and ``-_.``, with a letter or digit first and last. The vendor's guide shows ``/token`` with
    ``token_ids``; this follows the reference.

    Args:
        token_ids: any iterable, also one that makes them on the way.
        start: how many to skip: ``resume_from`` of an earlier run over the same ids.
        stop_on_error: whether to stop at the first failed request. Without it, only what would fail every
            further request ends the run: a full pool (``token_limit_exceeded``), a refused key, or the day's
            calls used up.
        progress: called with a ``TokenProgress`` after each request.

    Returns:
        How many are registered, which failed, and where to go on.

    Raises:
        FieldError: ``token_ids`` is no iterable of text, ``start`` is no whole number, or ``progress`` is no
            function.
    """
    run = yield from in_portions(
        token_ids,
        lambda portion: _portion("tokens.register", "POST", portion),
        start=start,
        stop_on_error=stop_on_error,
        progress=progress,
    )
    return TokenRegistration(
        registered=run.done + run.not_found,
        failed=tuple(run.failed),
        resume_from=run.position,
        error=run.error,
        pool_size=run.pool_size,
    )


def delete(
    token_ids: Iterable[str],
    *,
    start: int = 0,
    stop_on_error: bool = False,
    progress: Progress | None = None,
) -> Steps[TokenDeletion]:
    """Delete token ids, any number of them: ``DELETE /submission/tokens`` (vendor page TOKD).

    They go out in requests of 500. The vendor can also delete by count; that is not here, since no page shows
    the names of its members. A request whose answer got lost is sent again, so that ids which its first try
    deleted count as not found.

    Args:
        token_ids: any iterable.
        start: how many to skip, as in ``register``.
        stop_on_error: whether to stop at the first failed request, as in ``register``.
        progress: called with a ``TokenProgress`` after each request.

    Returns:
        How many were deleted or not found, which failed, and where to go on.

    Raises:
        FieldError: as in ``register``.
    """
    run = yield from in_portions(
        token_ids,
        lambda portion: _portion("tokens.delete", "DELETE", portion),
        start=start,
        stop_on_error=stop_on_error,
        progress=progress,
    )
    return TokenDeletion(
        deleted=run.done,
        not_found=run.not_found,
        failed=tuple(run.failed),
        resume_from=run.position,
        error=run.error,
    )


def _portion(name: str, method: Literal["POST", "DELETE"], token_ids: list[str]) -> Operation[TokenReport]:
    """One request. It is repeatable: to register or delete a token id again changes nothing."""
    return Operation(
        name=name,
        method=method,
        path=_PATH,
        body={"tokenId": token_ids},
        read=Reader(name, writes=True).value(TokenReport),
        repeatable=True,
        transfer=True,
    )


def get(token_id: str) -> Operation[Token]:
    """Read one token id: ``GET /submission/tokens`` (vendor page TOKG).

    Raises:
        FieldError: it is not text.
        VendorError: the call failed; ``token_not_found`` for one that is not registered.
    """
    reader = Reader("tokens.get")
    query = {"tokenId": ID.check("token_id", token_id)}
    return _read_operation(reader.call, query, lambda answer: _token(reader.members(answer.value)))


def list_all(*, dialect: Dialect = USUAL) -> Operation[Page[Token]]:
    """List all token ids of the project: ``GET /submission/tokens`` (vendor page TOKG).

    The vendor sends 10,000 at once. No page shows the shape of the list, so several are read, and the names
    of the page key in the request are a guess (``Dialect``). An empty pool may be answered with the error
    ``token_not_found``.

    Args:
        dialect: how the request wants the page key; a client fills it in.

    Raises:
        VendorError: a call failed, or the pages have no end (``unreadable``).
    """
    reader = Reader("tokens.list")

    def make(key: Mapping[str, str], read: Callable[[Answer], Page[Token]]) -> Operation[Page[Token]]:
        return _read_operation(reader.call, key, read)

    def next_key(value: JsonValue) -> Mapping[str, str] | None:
        if not isinstance(value, dict) or not value.get("nextPageKeyId"):
            return None
        names = {"nextPageKeyId": dialect.tokens_page_id}
        if value.get("nextPageKeyTime"):
            names["nextPageKeyTime"] = dialect.tokens_page_time
        return flat_key(value, names, reader)

    return PagedList(make, lambda value: _tokens(value, reader), next_key, reader).first()


def count() -> Operation[int]:
    """Count the token ids of the project: ``GET /submission/tokens?type=count`` (vendor page TOKG).

    No page shows the answer, so that a number alone is read and a number in a member such as ``count``.

    Raises:
        VendorError: the call failed.
    """
    reader = Reader("tokens.count")

    def read(answer: Answer) -> int:
        found = _count(answer.value)
        if found is None:
            raise reader.unreadable("the answer holds no count")
        return found

    return _read_operation(reader.call, {"type": "count"}, read)


def _read_operation(name: str, query: Mapping[str, str], read: Callable[[Answer], T]) -> Operation[T]:
    return Operation(
        name=name, method="GET", path=_PATH, query=query, read=read, repeatable=True, transfer=True
    )


def _token(members: Mapping[str, Any]) -> Token:
    """A token id whose time and state stand beside it, or in its member ``data``."""
    inside = members.get("data")
    return Token.read({**members, **inside} if isinstance(inside, dict) else members)


def _tokens(value: JsonValue, reader: Reader) -> tuple[Token, ...]:
    for _ in range(_DEPTH):
        if isinstance(value, list):
            return tuple(_listed(item, reader) for item in value)
        value = _inside(value, _LISTS)
    raise reader.unreadable("the answer does not hold a list of token ids")


def _listed(item: JsonValue, reader: Reader) -> Token:
    return Token.read({"tokenId": item}) if isinstance(item, str) else _token(reader.members(item))


def _count(value: JsonValue) -> int | None:
    for _ in range(_DEPTH):
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value if value >= 0 else None
        value = _inside(value, _COUNTS)
    return None


def _inside(value: JsonValue, names: tuple[str, ...]) -> JsonValue:
    """The first of these members that an object has."""
    members = value if isinstance(value, dict) else {}
    return next((members[name] for name in names if members.get(name) is not None), None)

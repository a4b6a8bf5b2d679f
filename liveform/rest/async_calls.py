"""Builders of operations -> methods of a resource, for ``AsyncClient``; as ``calls.py`` for ``Client``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

import anyio.to_thread

from liveform.rest.calls import method_of, name_methods, with_dialect
from liveform.rest.sending.async_tracebacks import strips_async_traceback
from liveform.rest.sending.files import check_target, write_file
from liveform.tracebacks import strips_traceback

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from typing import Self

    from liveform.rest.dialect import Dialect
    from liveform.rest.operation import Operation, Page, Steps
    from liveform.rest.sending.files import StrPath

P = ParamSpec("P")
T = TypeVar("T")


class AsyncSender(Protocol):
    """What the methods of a resource need of a client."""

    @property
    def dialect(self) -> Dialect:
        """Return how the vendor spells what its pages leave open."""

    async def send(self, operation: Operation[T]) -> T:
        """Send one operation, and return what it reads from the answer."""

    async def run(self, steps: Steps[T]) -> T:
        """Send the operations of a generator, and return its result."""


class AsyncResource:
    """A group of methods of a client, such as ``client.submissions``.

    Args:
        client: what sends the operations.
    """

    __slots__ = ("_client",)

    def __init_subclass__(cls) -> None:
        name_methods(cls)

    def __init__(self, client: AsyncSender) -> None:
        self._client = client

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._client!r})"


def call(
    build: Callable[P, Operation[T]],
) -> Callable[Concatenate[AsyncResource, P], Coroutine[Any, Any, T]]:
    """Return a method that sends the operation that ``build`` makes, and returns what it reads."""
    built = with_dialect(build)

    @strips_async_traceback
    @method_of(build)
    async def method(self: AsyncResource, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._client.send(built(self._client.dialect, *args, **kwargs))

    return method


def pages(
    build: Callable[P, Operation[Page[T]]],
) -> Callable[Concatenate[AsyncResource, P], AsyncIterator[T]]:
    """Return a method that iterates over the items of all pages. A page is asked for when it is needed."""
    built = with_dialect(build)

    @strips_traceback
    @method_of(build)
    def method(self: AsyncResource, /, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[T]:
        return _Items(self._client, built(self._client.dialect, *args, **kwargs))

    return method


def steps(
    build: Callable[P, Steps[T]],
) -> Callable[Concatenate[AsyncResource, P], Coroutine[Any, Any, T]]:
    """Return a method that does work of several calls, and returns its result."""
    built = with_dialect(build)

    @strips_async_traceback
    @method_of(build)
    async def method(self: AsyncResource, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._client.run(built(self._client.dialect, *args, **kwargs))

    return method


def saves(
    build: Callable[P, Operation[bytes]],
) -> Callable[Concatenate[AsyncResource, StrPath, P], Coroutine[Any, Any, None]]:
    """Return a method that writes the bytes of an answer to the file ``path``, its first argument.

    The file appears complete or not at all; an older one of the same name stays until then. It is written
    in a thread, so that the loop does not wait for the disk.
    """
    built = with_dialect(build)

    @strips_async_traceback
    @method_of(build, "path")
    async def method(self: AsyncResource, path: StrPath, /, *args: P.args, **kwargs: P.kwargs) -> None:
        await anyio.to_thread.run_sync(check_target, path)
        content = await self._client.send(built(self._client.dialect, *args, **kwargs))
        await anyio.to_thread.run_sync(write_file, path, content)

    return method


class _Items(AsyncIterator[T]):
    """The items of all pages of a list, from the first operation on."""

    __slots__ = ("_client", "_next", "_waiting")

    def __init__(self, client: AsyncSender, first: Operation[Page[T]]) -> None:
        self._client = client
        self._next: Operation[Page[T]] | None = first
        self._waiting: Iterator[T] = iter(())

    def __aiter__(self) -> Self:
        return self

    @strips_async_traceback
    async def __anext__(self) -> T:
        while True:
            for item in self._waiting:
                return item
            if self._next is None:
                raise StopAsyncIteration
            page = await self._client.send(self._next)
            self._waiting, self._next = iter(page.items), page.next

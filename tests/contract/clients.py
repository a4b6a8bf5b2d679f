"""This module calls ``Client`` and ``AsyncClient`` in the same way."""

from __future__ import annotations

from contextlib import contextmanager
from inspect import isawaitable
from itertools import islice
from typing import TYPE_CHECKING, Any

from anyio.from_thread import start_blocking_portal

from liveform.rest import AsyncClient, Client, Timing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from anyio.from_thread import BlockingPortal

MOST = 1_000


class Caller:
    """Calls methods of a client, and returns lists in place of iterators.

    Args:
        client: a ``Client`` or an ``AsyncClient``.
        portal: runs the coroutines of an ``AsyncClient``.
    """

    def __init__(self, client: Any, portal: BlockingPortal | None = None) -> None:
        self.client = client
        self._portal = portal

    def __call__(self, work: Callable[[Any], Any], *, most: int = MOST) -> Any:
        """Return what ``work`` returns for the client.

        Args:
            work: calls a method of the client.
            most: how many items of an iterator are taken.
        """
        if self._portal is not None:
            return self._portal.call(self._awaited, work, most)
        result = work(self.client)
        return list(islice(result, most)) if hasattr(result, "__next__") else result

    async def _awaited(self, work: Callable[[Any], Any], most: int) -> Any:
        result = work(self.client)
        if isawaitable(result):
            return await result
        return await _taken(result, most) if hasattr(result, "__aiter__") else result


async def _taken(items: AsyncIterator[Any], most: int) -> list[Any]:
    taken: list[Any] = []
    async for item in items:
        taken.append(item)
        if len(taken) == most:
            break
    return taken


class Waits:
    """The waits of a client, which do not take place.

    Attributes:
        slept: the seconds of each wait.
    """

    def __init__(self) -> None:
        self.slept: list[float] = []

    def timing(self, *, is_async: bool) -> Timing:
        """Return the timing of a client of this kind."""
        return Timing(sleep=self._async_sleep if is_async else self.slept.append, random=lambda: 1.0)

    async def _async_sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@contextmanager
def caller(*, is_async: bool, waits: Waits | None = None, **arguments: Any) -> Iterator[Caller]:
    """Yield a caller of a new client with these arguments.

    Args:
        is_async: whether it is an ``AsyncClient``.
        waits: gets the waits, which do not take place then.
        **arguments: of the client.
    """
    if waits is not None:
        arguments["timing"] = waits.timing(is_async=is_async)
    if not is_async:
        with Client(**arguments) as client:
            yield Caller(client)
        return
    with start_blocking_portal("asyncio") as portal:
        one = AsyncClient(**arguments)
        yield Caller(one, portal)
        portal.call(one.aclose)

"""Lists in pages: the answer holds the key of the next page, which the next call sends back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar

from liveform.rest.operation import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from liveform.rest.operation import Answer, Operation
    from liveform.rest.operations.answers import Reader
    from liveform.wire.json_object import JsonValue

T = TypeVar("T")

# New pages show only the query side, so that the member may be spelt otherwise by now (vendor-api row 2.3).
PAGE_KEY_NAMES: Final = ("nextpageKey", "nextPageKey", "nextPage_key")


class KeyHistory(NamedTuple):
    """The keys of the pages so far, of which it keeps one (R. P. Brent, BIT 20, 1980).

    It notices keys that come again, some pages later if the circle is long.

    Attributes:
        kept: the key that later ones are compared with.
        steps: how many keys came after it.
        limit: after how many the next one is kept instead; it doubles.
    """

    kept: Mapping[str, str] | None = None
    steps: int = 0
    limit: int = 1

    def after(self, key: Mapping[str, str]) -> KeyHistory | None:
        """Return the history with ``key`` at its end, or None if the key came before."""
        if key == self.kept:
            return None
        if self.steps + 1 == self.limit:
            return KeyHistory(key, 0, self.limit * 2)
        return KeyHistory(self.kept, self.steps + 1, self.limit)


@dataclass(frozen=True, slots=True)
class PagedList(Generic[T]):
    """What the pages of one list have in common.

    Attributes:
        make: makes the operation of a page, from the query parameters of its key and the way to read it.
        items: reads what a page lists.
        key: reads the query parameters of the next page; None after the last one.
        reader: for the error of a key that comes again.
    """

    make: Callable[[Mapping[str, str], Callable[[Answer], Page[T]]], Operation[Page[T]]]
    items: Callable[[JsonValue], tuple[T, ...]]
    key: Callable[[JsonValue], Mapping[str, str] | None]
    reader: Reader

    def first(self) -> Operation[Page[T]]:
        """Return the operation that asks for the first page."""
        return self._page({}, KeyHistory())

    def _page(self, key: Mapping[str, str], history: KeyHistory) -> Operation[Page[T]]:
        def read(answer: Answer) -> Page[T]:
            items, next_key = self.items(answer.value), self.key(answer.value)
            if next_key is None:
                return Page(items)
            next_history = history.after(next_key)
            if next_history is None:
                raise self.reader.unreadable("the key of the next page came before: the pages have no end")
            return Page(items, self._page(next_key, next_history))

        return self.make(key, read)


def page_key(value: JsonValue, parts: Mapping[str, str], reader: Reader) -> dict[str, str] | None:
    """Return the query parameters of the next page, for a key that is an object in the answer.

    Args:
        value: the answer.
        parts: the name inside the key -> the name of the query parameter.
        reader: for the error of a key that cannot be sent back; to leave it out would end the list early.
    """
    members = value if isinstance(value, dict) else {}
    key = next((members[name] for name in PAGE_KEY_NAMES if members.get(name)), None)
    return None if key is None else flat_key(key, parts, reader)


def flat_key(key: JsonValue, parts: Mapping[str, str], reader: Reader) -> dict[str, str]:
    """Return the same for the object that holds the parts of the key."""
    query = {}
    for name, parameter in parts.items():
        part = reader.members(key).get(name)
        if not isinstance(part, str | int) or isinstance(part, bool):
            raise reader.unreadable(f"the key of the next page has no {name}")
        query[parameter] = str(part)
    return query

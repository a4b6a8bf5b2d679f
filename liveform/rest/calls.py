"""Builders of operations -> methods of a resource, for ``Client``.

A class of ``resources.py`` is a list of such methods: ``get = call(submissions.get)``. Each has the arguments
and the docstring of its builder. ``async_calls.py`` has the same four functions for ``AsyncClient``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import wraps
from inspect import Parameter, Signature, getdoc, isfunction, signature
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, Protocol, TypeVar

from liveform.rest.dialect import takes_dialect
from liveform.rest.sending.files import check_target, write_file
from liveform.tracebacks import strips_traceback

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from liveform.rest.dialect import Dialect
    from liveform.rest.operation import Operation, Page, Steps
    from liveform.rest.sending.files import StrPath

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")


class Sender(Protocol):
    """What the methods of a resource need of a client."""

    @property
    def dialect(self) -> Dialect:
        """Return how the vendor spells what its pages leave open."""

    def send(self, operation: Operation[T]) -> T:
        """Send one operation, and return what it reads from the answer."""

    def run(self, steps: Steps[T]) -> T:
        """Send the operations of a generator, and return its result."""


class Resource:
    """A group of methods of a client, such as ``client.submissions``.

    Args:
        client: what sends the operations.
    """

    __slots__ = ("_client",)

    def __init_subclass__(cls) -> None:
        name_methods(cls)

    def __init__(self, client: Sender) -> None:
        self._client = client

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._client!r})"


def call(build: Callable[P, Operation[T]]) -> Callable[Concatenate[Resource, P], T]:
    """Return a method that sends the operation that ``build`` makes, and returns what it reads."""
    built = with_dialect(build)

    @strips_traceback
    @method_of(build)
    def method(self: Resource, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._client.send(built(self._client.dialect, *args, **kwargs))

    return method


def pages(build: Callable[P, Operation[Page[T]]]) -> Callable[Concatenate[Resource, P], Iterator[T]]:
    """Return a method that iterates over the items of all pages. A page is asked for when it is needed."""
    built = with_dialect(build)

    @strips_traceback
    @method_of(build)
    def method(self: Resource, /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        return _Items(self._client, built(self._client.dialect, *args, **kwargs))

    return method


def steps(build: Callable[P, Steps[T]]) -> Callable[Concatenate[Resource, P], T]:
    """Return a method that does work of several calls, and returns its result."""
    built = with_dialect(build)

    @strips_traceback
    @method_of(build)
    def method(self: Resource, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._client.run(built(self._client.dialect, *args, **kwargs))

    return method


def saves(
    build: Callable[P, Operation[bytes]],
) -> Callable[Concatenate[Resource, StrPath, P], None]:
    """Return a method that writes the bytes of an answer to the file ``path``, its first argument.

    The file appears complete or not at all; an older one of the same name stays until then.
    """
    built = with_dialect(build)

    @strips_traceback
    @method_of(build, "path")
    def method(self: Resource, path: StrPath, /, *args: P.args, **kwargs: P.kwargs) -> None:
        check_target(path)
        write_file(path, self._client.send(built(self._client.dialect, *args, **kwargs)))

    return method


def method_of(build: Callable[..., object], *leading: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator that gives a method the docstring and arguments of its builder.

    Args:
        build: the builder. Its ``dialect`` is left out of the signature, since the client fills it.
        leading: the arguments in front of the builder's, besides ``self``; ``path`` of a method that saves,
            whose docstring says so.
    """

    def decorate(method: Callable[P, R]) -> Callable[P, R]:
        described: Any = wraps(build)(method)
        own = signature(build)
        before = [Parameter(name, Parameter.POSITIONAL_ONLY) for name in ("self", *leading)]
        shown = [one for one in own.parameters.values() if one.name != "dialect"]
        described.__signature__ = Signature([*before, *shown])
        if leading:
            described.__doc__ = saved_doc(getdoc(build) or "")
        return method

    return decorate


def saved_doc(doc: str) -> str:
    """Return the docstring of a method that saves what the method with the docstring ``doc`` returns."""
    first, *others = doc.split("\n\n")
    sections = {section.partition("\n")[0]: section.partition("\n")[2] for section in others}
    rest = [f"{title}\n{lines}".rstrip() for title, lines in sections.items() if title not in _REPLACED]
    arguments = f"Args:\n{_SAVED_ARGUMENT}\n{sections.get('Args:', '')}".rstrip()
    errors = f"Raises:\n{_SAVED_ERROR}\n{sections.get('Raises:', '')}".rstrip()
    return "\n\n".join([first.replace("Read", "Save", 1), _SAVED, *rest, arguments, errors]) + "\n"


_REPLACED: Final = ("Args:", "Returns:", "Raises:")
_SAVED: Final = (
    "The file appears complete or not at all, in the place of an older one, and can be read by its owner\n"
    "alone (mode 0600). Returns None."
)
_SAVED_ARGUMENT: Final = "    path: of the file, as text or ``os.PathLike``; its folder must be there."
_SAVED_ERROR: Final = "    FieldError: no file can be written at ``path``; also before anything is sent."


def name_methods(resource: type) -> None:
    """Give each public method of a resource the name that it has there, such as ``Images.save``."""
    for name, member in vars(resource).items():
        if isfunction(member) and not name.startswith("_"):
            member.__name__, member.__qualname__ = name, f"{resource.__qualname__}.{name}"


def with_dialect(build: Callable[P, R]) -> Callable[Concatenate[Dialect, P], R]:
    """Return ``build`` with the client's dialect as its first argument, which it may ignore."""
    takes = takes_dialect(build)

    def built(dialect: Dialect, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if takes:
            kwargs.setdefault("dialect", dialect)
        return build(*args, **kwargs)

    return built


class _Items(Iterator[T]):
    """The items of all pages of a list, from the first operation on."""

    __slots__ = ("_client", "_next", "_waiting")

    def __init__(self, client: Sender, first: Operation[Page[T]]) -> None:
        self._client = client
        self._next: Operation[Page[T]] | None = first
        self._waiting: Iterator[T] = iter(())

    def __iter__(self) -> Self:
        return self

    @strips_traceback
    def __next__(self) -> T:
        while True:
            for item in self._waiting:
                return item
            if self._next is None:
                raise StopIteration
            page = self._client.send(self._next)
            self._waiting, self._next = iter(page.items), page.next

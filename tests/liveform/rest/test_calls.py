"""Tests of how builders of operations become methods of both clients."""

import inspect
import traceback
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from rest_clients import EMAIL, KEY, KINDS, Answers, caller, content_of, required_backend, value_of

from liveform import FieldError, LiveformError, VendorError
from liveform.rest import Dialect, Operation, Page, Steps, async_calls, calls
from liveform.rest.dialect import USUAL

both = pytest.mark.parametrize("kind", KINDS)
OK = httpx2.Response(200, json={"ok": True})
PICTURE = httpx2.Response(200, content=b"\xff\xd8", headers={"Content-Type": "image/jpeg"})


def get(thing_id: str, *, part: str | None = None) -> Operation[Any]:
    """Read a thing."""
    if "@" in thing_id:
        raise FieldError("thing_id", "must be an id")
    return Operation(
        name="things.get", method="GET", path=f"/thing/{thing_id}", query={"part": part or ""}, read=value_of
    )


def picture(thing_id: str, *, dialect: Dialect = USUAL) -> Operation[bytes]:
    """Read a picture."""
    query = {dialect.image_id: thing_id}
    return Operation(
        name="things.picture", method="GET", path="/picture", query=query, read=content_of, is_file=True
    )


def list_all(*, size: int = 2) -> Operation[Page[int]]:
    """List numbers."""
    return page_from(0, size)


def page_from(start: int, size: int) -> Operation[Page[int]]:
    """Return the operation that asks for the numbers from ``start`` on."""

    def read(_: object) -> Page[int]:
        end = start + size
        if start == 2:
            return Page((), page_from(end, size))  # a page may be empty
        return Page(tuple(range(start, end)), page_from(end, size) if end < 6 else None)

    return Operation(name="things.list", method="GET", path="/things", query={"start": str(start)}, read=read)


def both_of(first: str, second: str) -> Steps[list[Any]]:
    """Read two things."""
    return (yield get(first)), (yield get(second))  # type: ignore[return-value]


class Things(calls.Resource):
    """Things."""

    __slots__ = ()
    get = calls.call(get)
    save = calls.saves(picture)
    picture = calls.call(picture)
    list = calls.pages(list_all)
    two = calls.steps(both_of)


class AsyncThings(async_calls.AsyncResource):
    """Things."""

    __slots__ = ()
    get = async_calls.call(get)
    save = async_calls.saves(picture)
    picture = async_calls.call(picture)
    list = async_calls.pages(list_all)
    two = async_calls.steps(both_of)


def things(client: Any) -> Any:
    """Return the resource of either client."""
    return (Things if hasattr(client, "close") else AsyncThings)(client)


@both
def test_call_sends_what_its_builder_makes(kind: str) -> None:
    """A method has the arguments of its builder, and returns what the operation reads."""
    answers = Answers(OK)
    with caller(kind, answers) as one:
        assert one.result(lambda client: things(client).get("abc", part="kyc")) == {"ok": True}
    assert answers.requests[0].url.path == "/v3/thing/abc"
    assert answers.requests[0].url.params["part"] == "kyc"


@both
def test_client_fills_the_dialect(kind: str) -> None:
    """A builder that depends on an open question gets the answer of the client, unless it is given one."""
    answers = Answers(PICTURE)
    with caller(kind, answers, dialect=Dialect(image_id="theId")) as one:
        assert one.result(lambda client: things(client).picture("abc")) == b"\xff\xd8"
        one.result(lambda client: things(client).picture("abc", dialect=Dialect(image_id="other")))
    assert [list(request.url.params) for request in answers.requests] == [["theId"], ["other"]]


@both
def test_picture_is_saved(kind: str, tmp_path: Path) -> None:
    """A method that saves writes the bytes of the answer to the file."""
    with caller(kind, Answers(PICTURE)) as one:
        assert one.result(lambda client: things(client).save(tmp_path / "face.jpg", "abc")) is None
    assert (tmp_path / "face.jpg").read_bytes() == b"\xff\xd8"


@both
@pytest.mark.parametrize("path", ["missing/face.jpg", ".", "\0", 5])
def test_wrong_path_is_refused_before_the_call(kind: str, path: Any, tmp_path: Path) -> None:
    """A path at which no file can appear is refused, and nothing is sent."""
    answers = Answers(PICTURE)
    target = tmp_path / path if isinstance(path, str) else path
    with caller(kind, answers) as one, pytest.raises(FieldError, match="path: cannot be written"):
        one.result(lambda client: things(client).save(target, "abc"))
    assert answers.requests == []


@both
def test_failed_call_saves_nothing(kind: str, tmp_path: Path) -> None:
    """A call that fails writes no file."""
    with caller(kind, Answers(httpx2.Response(404))) as one, pytest.raises(VendorError):
        one.result(lambda client: things(client).save(tmp_path / "face.jpg", "abc"))
    assert list(tmp_path.iterdir()) == []


def collected(kind: str, client: Any) -> list[int]:
    """Return the items of the list of either client."""
    required_backend(kind)
    if kind == "sync":
        return list(things(client).list())

    async def main() -> list[int]:
        return [number async for number in things(client).list()]

    return anyio.run(main, backend=kind)


@both
def test_list_goes_through_all_pages(kind: str) -> None:
    """A list has the items of every page, also after an empty one, and ends after the last."""
    answers = Answers(OK)
    with caller(kind, answers) as one:
        assert collected(kind, one.client) == [0, 1, 4, 5]
    assert [request.url.params["start"] for request in answers.requests] == ["0", "2", "4"]


def test_list_sends_nothing_until_it_is_needed() -> None:
    """Making a list sends nothing, and each page is asked for when its first item is."""
    answers = Answers(OK)
    with caller("sync", answers) as one:
        items = things(one.client).list()
        assert answers.requests == []
        assert [next(items), next(items)] == [0, 1]
        assert len(answers.requests) == 1
        assert iter(items) is items


@both
def test_failure_of_a_page_leaves_the_list(kind: str) -> None:
    """A page that fails raises its VendorError."""
    with caller(kind, Answers(OK, httpx2.Response(400))) as one, pytest.raises(VendorError):
        collected(kind, one.client)


@both
def test_steps_have_a_result(kind: str) -> None:
    """A method of several calls returns the result of its work."""
    with caller(kind, Answers(OK)) as one:
        assert one.result(lambda client: things(client).two("a", "b")) == ({"ok": True}, {"ok": True})


@pytest.mark.parametrize("cls", [Things, AsyncThings])
def test_method_is_described_as_its_builder(cls: Any) -> None:
    """A method has the docstring and the arguments of its builder, and no ``dialect``."""
    assert inspect.getdoc(cls.get) == "Read a thing."
    assert list(inspect.signature(cls.get).parameters) == ["self", "thing_id", "part"]
    assert list(inspect.signature(cls(None).get).parameters) == ["thing_id", "part"]
    assert list(inspect.signature(cls.picture).parameters) == ["self", "thing_id"]
    assert list(inspect.signature(cls.save).parameters) == ["self", "path", "thing_id"]
    assert cls(7).__repr__() == f"{cls.__name__}(7)"


@both
@pytest.mark.parametrize("name", ["get", "save", "list", "two"])
def test_error_of_a_method_has_no_frame_that_shows_anybody(kind: str, name: str, tmp_path: Path) -> None:
    """No frame of ours that an error leaves through holds an argument or the key."""
    sync = kind == "sync"

    def work(client: Any) -> Any:
        match name:
            case "get":
                return things(client).get(EMAIL)
            case "save":
                return things(client).save(tmp_path / "x", f"id{EMAIL}")
            case "list":
                items = things(client).list()
                return next(items) if sync else items.__anext__()
        return things(client).two(EMAIL, EMAIL)

    answers = Answers(httpx2.Response(400, json={"message": EMAIL}))
    with caller(kind, answers) as one, pytest.raises(LiveformError) as caught:
        one.result(work)
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    frames = [
        repr(frame.f_locals)
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if "/liveform/rest/" in frame.f_code.co_filename and "/tests/" not in frame.f_code.co_filename
    ]
    for shown in (str(error), repr(error), *frames):
        assert EMAIL not in shown
        assert KEY not in shown


def test_unknown_argument_is_a_type_error() -> None:
    """A mistyped argument is a TypeError, as in any Python function."""
    with caller("sync", Answers(OK)) as one, pytest.raises(TypeError):
        things(one.client).get("abc", prt="kyc")

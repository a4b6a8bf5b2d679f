"""Tests of liveform.rest.operations.tokens: one token id, lists and counts, and many at once."""

from __future__ import annotations

import sys
import tracemalloc
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from rest_answers import SECRET, all_pages, read, refused, run, unreadable

from liveform.errors import FieldError, VendorError
from liveform.rest.dialect import Dialect
from liveform.rest.operations import tokens
from liveform.rest.values.token import FailedToken, Token, TokenProgress, TokenRegistration

if TYPE_CHECKING:
    from liveform.rest.operation import Operation

A = "tok_abc123"
PATH = "/submission/tokens"
LIST_NAMES = ("data", "Items", "items", "tokens", "tokenIds", "tokenId", "token_ids")
COUNT_NAMES = ("count", "totalCount", "currentCount", "total", "data", "summary")


def ids(number: int) -> list[str]:
    """Return different token ids."""
    return [f"token-{place:06}" for place in range(number)]


def accepted(operation: Operation[Any]) -> dict[str, Any]:
    """Return the answer of a vendor that takes all."""
    sent = len(sent_ids(operation))
    return {
        "success": True,
        "message": "x",
        "summary": {
            "totalSubmitted": sent,
            "currentCount": 7,
            "processed": sent,
            "deleted": sent,
            "failed": 0,
        },
    }


def sent_ids(operation: Operation[Any]) -> list[str]:
    """Return the token ids that an operation sends."""
    assert operation.body is not None
    found = operation.body["tokenId"]
    assert isinstance(found, list)
    return found


def refusal(code: str | None = None, **more: Any) -> VendorError:
    """Return the error of a failed request."""
    return VendorError("tokens: failed", reason=more.pop("reason", "refused"), code=code, **more)


def failing_at(place: int, error: VendorError) -> Any:
    """Return a vendor whose request number ``place`` fails."""
    numbers = count()

    def answer(operation: Operation[Any]) -> Any:
        if next(numbers) == place:
            raise error
        return accepted(operation)

    return answer


def test_register_sends_at_most_500_at_once() -> None:
    """Any number of token ids goes out in requests of 500 (rows 5.1, 5.9)."""
    result, sent = run(tokens.register(iter(ids(1_201))), accepted)
    assert [len(sent_ids(operation)) for operation in sent] == [500, 500, 201]
    assert [one for operation in sent for one in sent_ids(operation)] == ids(1_201)
    assert {(one.method, one.path, one.transfer, one.repeatable) for one in sent} == {
        ("POST", PATH, True, True)
    }
    assert result == TokenRegistration(registered=1_201, resume_from=1_201, pool_size=7)
    assert result.complete


def test_register_of_nothing_sends_nothing() -> None:
    """Without token ids no request is made."""
    assert run(tokens.register([]), accepted) == (TokenRegistration(), [])


def test_register_sends_duplicates_as_they_are() -> None:
    """A token id that is given twice is registered twice, which the vendor takes."""
    result, _ = run(tokens.register([A, A]), accepted)
    assert result.registered == 2


def test_register_lists_what_cannot_be_right_without_sending_it() -> None:
    """A token id of another form is listed by position and code, and is not sent (vendor page TOKP)."""
    given: list[Any] = [
        A,
        "short12",
        "a" * 65,
        "-starts-wrong",
        "ends-wrong.",
        "white space",
        "ümlaut-id",
        None,
        "a" * 8,
        "Z" * 64,
    ]
    result, (operation,) = run(tokens.register(given), accepted)
    assert sent_ids(operation) == [A, "a" * 8, "Z" * 64]
    assert [(one.position, one.code) for one in result.failed] == [
        (1, "invalid_token_id_length"),
        (2, "invalid_token_id_length"),
        (3, "invalid_token_id_format"),
        (4, "invalid_token_id_format"),
        (5, "invalid_token_id_format"),
        (6, "invalid_token_id_format"),
        (7, "invalid_token_id"),
    ]
    assert [one.token_id for one in result.failed] == [*given[1:7], None]
    assert (result.registered, result.resume_from, result.complete) == (3, 10, False)


def test_register_of_bad_ids_alone_sends_nothing() -> None:
    """A portion without one right token id needs no request."""
    result, sent = run(tokens.register(["x"] * 501), accepted)
    assert (len(sent), len(result.failed), result.resume_from) == (0, 501, 501)


def test_register_lists_what_the_vendor_refuses() -> None:
    """A token id that the vendor refuses is listed with its code; the others are registered (row 6.11)."""
    details = [{"tokenId": "token-000001", "errorCode": "invalid_token_id"}]
    answer = {"success": True, "summary": {"failed": 1}, "details": details}
    result, _ = run(tokens.register(ids(3)), lambda _: answer)
    assert result.failed == (FailedToken(1, "invalid_token_id", "token-000001"),)
    assert (result.registered, result.pool_size) == (2, None)


@pytest.mark.parametrize(
    "answer",
    [
        {"success": True, "summary": {"failed": 2}, "details": ["token-000001"]},
        {"success": True, "summary": {"failed": 2}},
        {"success": False},
    ],
)
def test_register_counts_as_failed_what_may_have_failed(answer: Any) -> None:
    """When the answer counts more failures than it names, none of the others is taken as registered."""
    result, _ = run(tokens.register(ids(3)), lambda _: answer)
    assert [one.position for one in result.failed] == [0, 1, 2]
    assert {one.code for one in result.failed} <= {"failed", "unclear"}
    assert result.registered == 0


def test_register_goes_on_after_a_failed_request() -> None:
    """A request that fails is listed, and the next ones are sent."""
    result, sent = run(tokens.register(ids(1_500)), failing_at(1, refusal(reason="timeout")))
    assert len(sent) == 3
    assert [one.position for one in result.failed] == list(range(500, 1_000))
    assert {one.code for one in result.failed} == {"timeout"}
    assert (result.registered, result.resume_from, result.error) == (1_000, 1_500, None)
    again, _ = run(tokens.register(one.token_id or "" for one in result.failed), accepted)
    assert again.registered == 500


def test_register_that_cannot_read_an_answer_goes_on() -> None:
    """An answer of another shape fails its request and no other."""
    result, _ = run(
        tokens.register(ids(501)),
        lambda operation: [] if len(sent_ids(operation)) == 500 else accepted(operation),
    )
    assert (result.registered, len(result.failed), result.failed[0].code) == (1, 500, "unreadable")


@pytest.mark.parametrize(
    "error",
    [
        refusal("token_limit_exceeded", status=400),
        refusal("invalid_project", status=400),
        refusal("invalid_path", status=400),
        refusal(status=403),
        refusal(status=401),
        refusal(reason="limit"),
    ],
)
def test_register_stops_where_every_request_would_fail(error: VendorError) -> None:
    """A full pool, a refused key and a day's limit end the run at once; it can go on from there."""
    result, sent = run(tokens.register(["bad", *ids(1_499)]), failing_at(1, error))
    assert len(sent) == 2
    assert result.error is error
    assert (result.registered, result.resume_from) == (499, 500)
    assert [one.position for one in result.failed] == [0]
    assert not result.complete
    rest, _ = run(tokens.register(["bad", *ids(1_499)], start=result.resume_from), accepted)
    assert (rest.registered, rest.resume_from, rest.failed) == (1_000, 1_500, ())


def test_register_stops_on_error_if_asked() -> None:
    """With ``stop_on_error`` the first failed request ends the run."""
    result, sent = run(tokens.register(ids(1_500), stop_on_error=True), failing_at(1, refusal("x")))
    assert (len(sent), result.resume_from, result.failed) == (2, 500, ())


def test_register_keeps_no_frames_of_an_error() -> None:
    """The error of a run holds no frames, which would hold the key and the token ids."""
    error = refusal("token_limit_exceeded")
    error.__cause__ = ValueError(SECRET)
    result, _ = run(tokens.register(ids(1)), failing_at(0, error))
    assert result.error is error
    assert [error.__traceback__, error.__cause__, error.__context__] == [None] * 3


@pytest.mark.parametrize("operation", [tokens.register, tokens.delete])
def test_progress_that_cannot_be_called_is_refused_before_anything_is_sent(operation: Any) -> None:
    """A wrong ``progress`` is a FieldError at once, and not a TypeError after the first request."""
    with pytest.raises(FieldError, match="progress"):
        next(operation(ids(1), progress="bar"))


def test_register_tells_its_progress() -> None:
    """After each portion the caller learns how far the run is."""
    seen: list[TokenProgress] = []
    run(tokens.register(["bad", *ids(700)], progress=seen.append), accepted)
    assert seen == [TokenProgress(500, 701, 1), TokenProgress(701, 701, 1)]
    seen.clear()
    run(tokens.register(iter(ids(2)), start=1, progress=seen.append), accepted)
    assert seen == [TokenProgress(2, None, 0)]


def test_register_that_starts_beyond_the_end_sends_nothing() -> None:
    """A ``start`` beyond the last token id leaves nothing to do."""
    result, sent = run(tokens.register(ids(3), start=5), accepted)
    assert (result.registered, result.resume_from, sent) == (0, 5, [])


def test_register_needs_constant_memory() -> None:
    """The memory of a run does not grow with the number of token ids."""

    def peak(number: int) -> int:
        made = (f"token-{place:07}" for place in range(number))
        tracemalloc.start()
        result, _ = run(tokens.register(made), lambda _: {"success": True}, keep=False)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert result.registered == number
        return most

    peak(1_000)
    assert peak(50_000) < 1.5 * peak(5_000)


@pytest.mark.parametrize("given", ["tok_abc123", b"tok_abc123", {A: 1}, 7, None])
@pytest.mark.parametrize("build", [tokens.register, tokens.delete])
def test_register_refuses_what_is_no_list(build: Any, given: Any) -> None:
    """One text is not taken for its letters."""
    assert refused(lambda: run(build(given), accepted)).field == "token_ids"


@pytest.mark.parametrize("start", [-1, 1.0, "0", True, None, sys.maxsize + 1])
def test_register_refuses_a_wrong_start(start: Any) -> None:
    """``start`` is a position."""
    assert refused(lambda: run(tokens.register([], start=start), accepted)).field == "start"


def test_delete_counts_what_is_gone() -> None:
    """Token ids are deleted in requests of 500; unregistered ones are counted apart (row 5.4)."""

    def answer(operation: Operation[Any]) -> Any:
        return {
            "success": True,
            "summary": {"deleted": 1, "notFound": 2, "failed": 0},
            "details": {"notFound": sent_ids(operation)[:2]},
        }

    result, sent = run(tokens.delete(iter(ids(503))), answer)
    assert [(one.method, one.path, len(sent_ids(one)), one.transfer, one.repeatable) for one in sent] == [
        ("DELETE", PATH, 500, True, True),
        ("DELETE", PATH, 3, True, True),
    ]
    assert (result.deleted, result.not_found, result.failed, result.resume_from) == (499, 4, (), 503)
    assert result.complete


@pytest.mark.parametrize("summary", [None, {}, {"notFound": None}, {"notFound": -3}, {"notFound": "2"}])
def test_delete_without_counts_takes_all_as_deleted(summary: Any) -> None:
    """An answer without usable counts says nothing against a success."""
    result, _ = run(tokens.delete(ids(3)), lambda _: {"success": True, "summary": summary})
    assert (result.deleted, result.not_found) == (3, 0)


def test_delete_never_counts_more_than_was_sent() -> None:
    """Counts that are too large change no sum."""
    result, _ = run(tokens.delete(ids(3)), lambda _: {"summary": {"notFound": 9}})
    assert (result.deleted, result.not_found) == (0, 3)


@pytest.mark.parametrize("stop_on_error", [False, True])
def test_delete_of_what_is_all_gone_is_complete(stop_on_error: bool) -> None:
    """The vendor refuses a request if none of its token ids is there (row 5.5); they count as not found."""
    gone = failing_at(0, refusal("token_id_not_found", status=400))
    result, _ = run(tokens.delete(ids(501), stop_on_error=stop_on_error), gone)
    assert (result.deleted, result.not_found, result.failed, result.complete) == (1, 500, (), True)


def test_delete_stops_and_resumes_as_register_does() -> None:
    """A failed request is listed, or ends the run if asked."""
    result, sent = run(tokens.delete(ids(1_001)), failing_at(1, refusal("x")))
    assert (len(sent), result.deleted, len(result.failed), result.resume_from) == (3, 501, 500, 1_001)
    result, _ = run(tokens.delete(ids(501), stop_on_error=True), failing_at(1, refusal("x")))
    assert (result.deleted, result.resume_from, result.complete) == (500, 500, False)
    seen: list[TokenProgress] = []
    result, _ = run(tokens.delete(ids(501), start=500, progress=seen.append), accepted)
    assert (result.deleted, seen) == (1, [TokenProgress(501, 501, 0)])


@pytest.mark.parametrize(
    "answer",
    [
        {
            "success": True,
            "tokenId": A,
            "data": {"tokenId": A, "updateTime": "2026-06-24T09:30:00.000Z", "expired": False},
        },
        {"tokenId": A, "updateTime": "2026-06-24T09:30:00.000Z", "expired": False},
    ],
)
def test_get_reads_one_token(answer: Any) -> None:
    """The time and the state stand in ``data``, or beside the token id (row 6.12)."""
    operation = tokens.get(A)
    assert (operation.method, operation.path, operation.query) == ("GET", PATH, {"tokenId": A})
    assert operation.transfer
    assert operation.repeatable
    token = read(operation, answer)
    assert (token.token_id, token.updated_at, token.expired) == (A, "2026-06-24T09:30:00.000Z", False)
    assert A not in repr(token)


@pytest.mark.parametrize("token_id", ["", " ", None, 7])
def test_get_refuses_no_text(token_id: Any) -> None:
    """A token id is text."""
    assert refused(tokens.get, token_id).field == "token_id"


@pytest.mark.parametrize(
    "answer",
    [
        {"data": [{"tokenId": A, "expired": True}]},
        {"Items": [{"tokenId": A, "data": {"expired": True}}]},
        {"success": True, "data": {"tokens": [{"tokenId": A, "expired": True}], "count": 1}},
        [{"tokenId": A, "expired": True}],
        *({name: [{"tokenId": A, "expired": True}]} for name in LIST_NAMES),
        *({"data": {name: [{"tokenId": A, "expired": True}]}} for name in LIST_NAMES),
    ],
)
def test_list_reads_every_likely_shape(answer: Any) -> None:
    """No page shows the list, so that several shapes are read (row 5.7)."""
    ((token,), queries) = all_pages(tokens.list_all(), [answer])
    assert (token.token_id, token.expired, queries) == (A, True, [{}])


def test_list_reads_bare_ids() -> None:
    """A list may hold token ids alone."""
    assert all_pages(tokens.list_all(), [{"tokenIds": [A]}])[0] == [Token.read({"tokenId": A})]


def test_list_goes_through_all_pages() -> None:
    """The page key of the answer goes back under the dialect's names (row 5.8)."""
    answers = [
        {"data": [A], "nextPageKeyId": A, "nextPageKeyTime": "t"},
        {"data": [A], "nextPageKeyId": "other"},
        {"data": [], "nextPageKeyId": None, "nextPageKeyTime": "t"},
    ]
    items, queries = all_pages(tokens.list_all(), answers)
    assert len(items) == 2
    assert queries == [{}, {"nextPageKeyId": A, "nextPageKeyTime": "t"}, {"nextPageKeyId": "other"}]
    dialect = Dialect(tokens_page_id="next_id", tokens_page_time="next_time")
    _, queries = all_pages(tokens.list_all(dialect=dialect), [answers[0], answers[2]])
    assert queries[1] == {"next_id": A, "next_time": "t"}


@pytest.mark.parametrize(
    "answer",
    [
        None,
        1,
        "text",
        {},
        {"data": {}},
        {"data": 1},
        {"data": [1]},
        {"data": [[A]]},
        {"data": [A], "nextPageKeyId": {"id": 1}},
    ],
)
def test_list_of_another_shape_is_unreadable(answer: Any) -> None:
    """What holds no list of token ids ends in a VendorError."""
    unreadable(tokens.list_all(), answer)


@pytest.mark.parametrize(
    "answer",
    [
        7,
        "7",
        {"count": 7},
        {"data": 7},
        {"data": {"count": 7}},
        {"totalCount": "7"},
        {"total": 7},
        {"success": True, "summary": {"currentCount": 7}},
        *({name: 7} for name in COUNT_NAMES),
        *({"data": {name: 7}} for name in COUNT_NAMES),
    ],
)
def test_count_reads_every_likely_shape(answer: Any) -> None:
    """No page shows the answer with the count, so that several shapes are read (row 5.7)."""
    operation = tokens.count()
    assert operation.query == {"type": "count"}
    assert read(operation, answer) == 7


@pytest.mark.parametrize("answer", [0, "0", {"count": 0}, {"data": {"count": "0"}}])
def test_count_of_an_empty_pool_is_0(answer: Any) -> None:
    """A project without token ids has the count 0, and not none."""
    assert read(tokens.count(), answer) == 0


@pytest.mark.parametrize(
    "answer", [None, True, -1, 7.0, "seven", "７", "", {}, {"count": None}, {"count": []}, [7], "9" * 5_000]
)
def test_count_of_another_shape_is_unreadable(answer: Any) -> None:
    """What holds no count ends in a VendorError."""
    unreadable(tokens.count(), answer)


def test_no_repr_shows_a_token_id() -> None:
    """A token id opens a form, so that no repr shows one."""
    result, _ = run(
        tokens.register([f"{SECRET}-a", f"-{SECRET}"]), lambda _: {"success": False, "message": SECRET}
    )
    assert len(result.failed) == 2
    assert SECRET not in repr(result) + repr(result.failed)

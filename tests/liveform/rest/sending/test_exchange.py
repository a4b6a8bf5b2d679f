"""Tests of one call: what follows each try, and the error at the end."""

import ssl
from dataclasses import replace
from typing import Any

import httpcore2
import httpx2
import pytest
from rest_clients import EMAIL, KEY, READ, WRITE, Time

from liveform import VendorError
from liveform.rest.operation import Operation
from liveform.rest.sending.exchange import TRANSPORT_ERRORS, Done, Exchange, Wait, why_it_failed
from liveform.rest.sending.responses import Received
from liveform.rest.sending.retry import Happened
from liveform.rest.sending.setup import checked_setup

JSON = {"content-type": "application/json"}


def exchange(operation: Operation[Any] = READ, **options: Any) -> Exchange[Any]:
    """Return a new call of a client with these options."""
    time = Time()
    return Exchange(operation, checked_setup(KEY, {"timing": time.timing(), **options}, sleep=print))


def caused_by(error: Exception, cause: BaseException | None, *, explicit: bool = True) -> Exception:
    """Return ``error`` with a cause."""
    if explicit:
        error.__cause__ = cause
    else:
        error.__context__ = cause
    return error


EXPIRED = ssl.SSLCertVerificationError(1, "certificate verify failed")


@pytest.mark.parametrize(
    ("error", "happened"),
    [
        (httpx2.ConnectError("x"), Happened.NOT_OPENED),
        (httpx2.ConnectTimeout("x"), Happened.NOT_OPENED),
        (httpx2.PoolTimeout("x"), Happened.NOT_OPENED),
        (httpx2.ProxyError("x"), Happened.NOT_OPENED),
        (httpcore2.ConnectError("x"), Happened.NOT_OPENED),
        (httpcore2.ConnectTimeout("x"), Happened.NOT_OPENED),
        (httpcore2.PoolTimeout("x"), Happened.NOT_OPENED),
        (caused_by(httpcore2.ConnectError("x"), ssl.SSLError("x")), Happened.NOT_OPENED),
        (caused_by(httpcore2.ConnectError("x"), EXPIRED), Happened.CERTIFICATE),
        (caused_by(httpx2.ConnectError("x"), EXPIRED, explicit=False), Happened.CERTIFICATE),
        (httpx2.ReadTimeout("x"), Happened.TIMEOUT),
        (httpx2.WriteTimeout("x"), Happened.TIMEOUT),
        (httpcore2.ReadTimeout("x"), Happened.TIMEOUT),
        (httpcore2.WriteTimeout("x"), Happened.TIMEOUT),
        (TimeoutError(), Happened.TIMEOUT),
        (httpx2.ReadError("x"), Happened.BROKEN),
        (httpx2.WriteError("x"), Happened.BROKEN),
        (httpx2.RemoteProtocolError("x"), Happened.BROKEN),
        (httpx2.LocalProtocolError("x"), Happened.BROKEN),
        (httpx2.DecodingError("x"), Happened.BROKEN),
        (httpx2.UnsupportedProtocol("x"), Happened.BROKEN),
        (httpcore2.ReadError("x"), Happened.BROKEN),
        (httpcore2.RemoteProtocolError("x"), Happened.BROKEN),
        (ConnectionResetError(), Happened.BROKEN),
    ],
)
def test_error_of_a_transport_says_what_happened(error: Exception, happened: Happened) -> None:
    """Each error of httpx2, httpcore2 and the system tells whether a connection was opened."""
    assert isinstance(error, TRANSPORT_ERRORS)
    assert why_it_failed(error) is happened


def test_endless_chain_of_causes_ends() -> None:
    """Errors that are each other's cause are looked at once."""
    error = httpx2.ConnectError("x")
    error.__cause__ = caused_by(OSError(), error)
    assert why_it_failed(error) is Happened.NOT_OPENED


def test_answer_ends_the_call() -> None:
    """An answer that can be read is the result."""
    assert exchange().after(Received(200, JSON, b"[1]")) == Done([1])


@pytest.mark.parametrize(
    ("happened", "reason"),
    [
        (Happened.NOT_OPENED, "unreachable"),
        (Happened.CERTIFICATE, "unreachable"),
        (Happened.BROKEN, "unreachable"),
        (Happened.TIMEOUT, "timeout"),
    ],
)
def test_try_without_answer_is_given_up_with_its_reason(happened: Happened, reason: str) -> None:
    """Without another try, the error says why there is no answer, and for a write whether it may be done."""
    with pytest.raises(VendorError) as caught:
        exchange(WRITE, max_retries=0).after(happened)
    error = caught.value
    assert (error.reason, error.code, error.status, error.retry_after_s) == (reason, reason, None, None)
    assert str(error).startswith("things.create: ")
    assert error.may_have_happened is (happened in (Happened.BROKEN, Happened.TIMEOUT))
    assert ("look before you repeat it" in str(error)) is error.may_have_happened


def test_timeout_names_its_seconds() -> None:
    """The text of a time-out has the seconds that were allowed."""
    with pytest.raises(VendorError, match=r"within 2\.5 s"):
        exchange(WRITE, timeout=2.5).after(Happened.TIMEOUT)


def test_unreadable_answer_may_have_been_done() -> None:
    """A write whose answer cannot be read may have been done; a read has nothing to be done."""
    for operation, may_have in ((WRITE, True), (READ, False)):
        with pytest.raises(VendorError) as caught:
            exchange(operation, max_retries=0).after(Received(200, JSON, b"{"))
        assert (caught.value.reason, caught.value.status) == ("unreadable", 200)
        assert caught.value.may_have_happened is may_have


def test_harmless_call_is_tried_as_often_as_allowed() -> None:
    """Each failure asks for a longer wait, until the retries are used up."""
    call = exchange(max_retries=3)
    assert [call.after(Happened.BROKEN) for _ in range(3)] == [Wait(0.5), Wait(1.0), Wait(2.0)]
    with pytest.raises(VendorError):
        call.after(Happened.BROKEN)


def test_earlier_try_may_have_been_done() -> None:
    """A repeated write that ends in a failure may have been done by the try before, and says so."""
    put = replace(WRITE, repeatable=True)
    for last in (Happened.NOT_OPENED, Received(404, JSON, b"{}")):
        call = exchange(put, max_retries=1)
        call.after(Happened.BROKEN)
        with pytest.raises(VendorError, match="may have been done") as caught:
            call.after(last)
        assert caught.value.may_have_happened


def test_long_retry_after_ends_the_call_at_once() -> None:
    """A wait of more than a minute is left to the caller, who is told how long it is."""
    refused = Received(429, {**JSON, "retry-after": "61"}, b"{}")
    with pytest.raises(VendorError) as caught:
        exchange().after(refused)
    assert (caught.value.reason, caught.value.status, caught.value.retry_after_s) == ("refused", 429, 61)
    assert exchange().after(Received(429, {**JSON, "retry-after": "60"}, b"{}")) == Wait(60)


def test_error_names_the_call_once() -> None:
    """The text starts with the name of the call, also if the operation wrote it there itself."""

    def read(_: object) -> None:
        raise VendorError("things.get: no id", reason="unreadable")

    with pytest.raises(VendorError) as caught:
        exchange(replace(READ, read=read)).after(Received(200, JSON, b"{}"))
    assert str(caught.value) == "things.get: no id"


def test_error_shows_nothing_of_a_person() -> None:
    """Neither the text nor the code of an error holds a value that was sent."""
    body = b'{"errorCode":"Jane","message":"jane.doe@example.com is unknown"}'
    with pytest.raises(VendorError) as caught:
        exchange(replace(WRITE, body={"name": "Jane", "email": EMAIL})).after(Received(400, JSON, body))
    assert caught.value.code == "refused"
    assert "Jane" not in str(caught.value)
    assert EMAIL not in str(caught.value)

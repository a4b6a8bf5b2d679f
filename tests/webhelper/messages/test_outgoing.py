"""Tests that post messages to servers on loopback: good ones, broken ones, and slow ones."""

import json
import logging
import ssl
from pathlib import Path

import pytest
import trustme
from faulty_server import FaultyServer, drip, faulty_server, half, hang_up, http, reset, silence
from messages import LABEL, LINK_ID, MESSAGE_ID, USERID, VISIT_ID, event, one_visit, outcome
from servers import free_port
from sites import NOW, Clock

from webhelper.config.job_rules import outgoing_secrets
from webhelper.links.stores.outbox import MessageKind
from webhelper.messages.attempt import DELIVERED, Attempt
from webhelper.messages.outgoing import Outgoing, read_retry_after
from webhelper.messages.standard_webhooks import verify

SECRET = "whsec_YW4gZXhhbXBsZSBvZiBhIHNlY3JldCBvZiAzMiBiLi4="
SLOW = ("timeout", "no_answer")  # a head without end is cut off by its length, or by the time
OLD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def outgoing(url: str, *, secrets: tuple[str, ...] = (SECRET,), timeout_s: float = 15.0) -> Outgoing:
    """Return what posts to ``url``."""
    return Outgoing(url, outgoing_secrets("secrets", secrets), one_visit(), timeout_s=timeout_s)


def received(server: FaultyServer) -> tuple[dict[str, str], bytes]:
    """Return the headers and the body of the only request."""
    (request,) = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    lines = [line.partition(": ") for line in head.decode().split("\r\n")[1:]]
    return {name.lower(): value for name, _, value in lines}, body


def test_outcome_is_posted_with_everything_that_the_docs_list() -> None:
    """A message is JSON with type, time and data; of personal data it has label and user id alone."""
    with faulty_server(http(204, b"")) as server:
        assert outgoing(f"{server.base_url}/hook").deliver(outcome(previous="rejected"), NOW) == DELIVERED
        headers, body = received(server)
    assert server.requests[0].startswith(b"POST /v3/hook HTTP/1.1\r\n")
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"] == "liveform-webhelper"
    assert json.loads(body) == {
        "type": "outcome.confirmed",
        "timestamp": "2027-01-15T08:00:00Z",
        "data": {
            "project": "shop",
            "link_id": LINK_ID,
            "visit_id": VISIT_ID,
            "label": LABEL,
            "userid": USERID,
            "submission_id": "kz3m1x9q2w8ab",
            "status": "approved",
            "level": "confirmed",
            "source": "webhook",
            "at": "2027-01-15T07:59:58.500000Z",
            "previous": "rejected",
        },
    }


def test_event_is_posted_without_personal_data() -> None:
    """A message about an event has ids and the trigger, and none of the event's members."""
    with faulty_server(http(200)) as server:
        assert outgoing(server.base_url).deliver(event(), NOW) == DELIVERED
        _, body = received(server)
    assert json.loads(body) == {
        "type": "event.received",
        "timestamp": "2027-01-15T08:00:00Z",
        "data": {
            "project": "shop",
            "number": 7,
            "trigger": "approved",
            "submission_id": "kz3m1x9q2w8ab",
            "visit_id": VISIT_ID,
            "occurred_at": "2027-01-15T07:59:58Z",
            "replay": False,
        },
    }


def test_message_about_a_deleted_link_is_posted_without_label_and_userid() -> None:
    """A link that was deleted meanwhile has neither label nor user id any more."""
    with faulty_server(http(200)) as server:
        one = Outgoing(server.base_url, [b"x" * 24], one_visit(is_deleted=True))
        assert one.deliver(outcome(MessageKind.CLAIM_REFUTED), NOW) == DELIVERED
        posted = json.loads(received(server)[1])
    assert posted["type"] == "claim.refuted"
    assert (posted["data"]["label"], posted["data"]["userid"]) == (None, None)
    assert posted["data"]["visit_id"] == VISIT_ID


def test_message_is_signed_by_each_secret_at_the_time_of_the_attempt() -> None:
    """During a change of secrets, receivers with the old and with the new one accept a message."""
    with faulty_server(http(200)) as server:
        assert (
            outgoing(server.base_url, secrets=(SECRET, OLD_SECRET)).deliver(outcome(), NOW + 60) == DELIVERED
        )
        headers, body = received(server)
    assert headers["webhook-timestamp"] == "1800000060"
    for secret in (SECRET, OLD_SECRET):
        assert verify(body, headers, [secret], clock=Clock(NOW + 60)) == MESSAGE_ID


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_2xx_is_delivered(status: int) -> None:
    """Every 2xx counts as delivered."""
    with faulty_server(http(status, b"")) as server:
        assert outgoing(server.base_url).deliver(outcome(), NOW) == DELIVERED


@pytest.mark.parametrize("status", [300, 304, 400, 401, 404, 408, 409, 411, 429, 500, 502, 503, 504, 599])
def test_another_status_is_tried_again(status: int) -> None:
    """Every other status but 410 is a failure that is tried again."""
    with faulty_server(http(status, b"jane@example.com")) as server:
        assert outgoing(server.base_url).deliver(outcome(), NOW) == Attempt(f"http_{status}")


def test_410_ends_all_attempts() -> None:
    """A receiver that answers 410 does not want this message, now or later."""
    with faulty_server(http(410, b"", retry_after="5")) as server:
        assert outgoing(server.base_url).deliver(outcome(), NOW) == Attempt("http_410", True, 5.0)


def test_redirect_is_not_followed() -> None:
    """A redirect is a failure, and where it leads is not called."""
    with (
        faulty_server(http(200)) as elsewhere,
        faulty_server(http(307, location=elsewhere.base_url)) as server,
    ):
        assert outgoing(server.base_url).deliver(outcome(), NOW) == Attempt("http_307")
        assert elsewhere.requests == []


def test_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages go to the URL itself, whatever proxy the environment names."""
    with faulty_server(http(500)) as proxy, faulty_server(http(200)) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.base_url)
        assert outgoing(server.base_url).deliver(outcome(), NOW) == DELIVERED
        assert proxy.requests == []


def test_cookie_of_an_answer_is_not_sent_back() -> None:
    """Two messages have nothing in common that the receiver set."""
    with faulty_server(http(200, set_cookie="a=b; Path=/")) as server:
        one = outgoing(server.base_url)
        assert [one.deliver(outcome(), NOW) for _ in range(2)] == [DELIVERED, DELIVERED]
        assert not any(b"cookie" in request.lower() for request in server.requests)


def test_body_of_an_answer_is_not_read() -> None:
    """An answer with an endless body is an answer: its status counts, and the connection is closed."""
    endless = drip(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n", b"x" * 65_536)
    with faulty_server(endless) as server:
        assert outgoing(server.base_url).deliver(outcome(), NOW) == DELIVERED
        assert server.wait_until_no_connection_is_open()


@pytest.mark.parametrize(
    "answer",
    [silence, drip(b"HTTP/1.1 200 OK\r\n", b"X-More: again\r\n"), drip(b"HTTP/1.1 200 ", b"x")],
    ids=["silence", "headers without end", "a status line without end"],
)
def test_slow_answer_ends_at_the_deadline(answer: object) -> None:
    """An attempt ends in time as a whole, also if the receiver sends something now and then."""
    with faulty_server(answer) as server:  # type: ignore[arg-type]
        assert outgoing(server.base_url, timeout_s=0.1).deliver(outcome(), NOW).problem in SLOW
        assert server.wait_until_no_connection_is_open()


@pytest.mark.parametrize(
    "answer",
    [hang_up, reset, http(200, b"", x="y" * 200_000), lambda peer, _: peer.sendall(b"220 smtp\r\n\r\n")],
    ids=["hangs up", "resets", "a header too long", "another protocol"],
)
def test_broken_answer_is_tried_again(answer: object) -> None:
    """What is no HTTP answer is a failure that is tried again."""
    with faulty_server(answer) as server:  # type: ignore[arg-type]
        assert outgoing(server.base_url).deliver(outcome(), NOW) == Attempt("no_answer")


def test_half_a_body_is_delivered() -> None:
    """The status of an answer counts, also if its body breaks off."""
    with faulty_server(half()) as server:
        assert outgoing(server.base_url).deliver(outcome(), NOW) == DELIVERED


def test_unreachable_receiver_is_tried_again() -> None:
    """A receiver that does not run is tried again, and so is a host that is not known."""
    for url in (f"http://127.0.0.1:{free_port()}/", "https://shop.invalid/"):
        assert outgoing(url).deliver(outcome(), NOW) == Attempt("no_connection")


def test_logs_show_nothing_of_a_message(caplog: pytest.LogCaptureFixture) -> None:
    """At any level, no log has the URL, the body, the signature, or anything of the answer."""
    caplog.set_level(logging.DEBUG)
    for name in ("httpcore2.connection", "httpcore2.http11", "httpx2"):
        caplog.set_level(logging.DEBUG, logger=name)
    with faulty_server(http(500, b"planted-body", x_planted="planted")) as server:
        one = outgoing(f"{server.base_url}/planted-path")
        one.deliver(outcome(submission_id="planted-submission"), NOW)
        headers, _ = received(server)
    logging.getLogger("httpcore2.http11").debug("a line of somebody else")
    shown = "\n".join(str(record.__dict__) for record in caplog.records)
    for secret in ("planted", USERID, LABEL, SECRET, headers["webhook-signature"], server.base_url[7:-3]):
        assert secret not in shown
    assert "a line of somebody else" in shown


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Fri, 15 Jan 2027 08:02:00 GMT", 120.0),
        ("Fri, 15 Jan 2027 08:02:00 -0000", 120.0),
        ("Fri, 15 Jan 2027 07:00:00 GMT", 0.0),
        ("", 0.0),
        ("-1", 0.0),
        ("1.5", 0.0),
        ("soon", 0.0),
        ("²", 0.0),
        ("9" * 10_000, float("9" * 64)),
        ("Fri, 15 Jan 99999 08:00:00 GMT", 0.0),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str, seconds: float) -> None:
    """A Retry-After is a number of seconds or a date; anything else counts as absent."""
    assert read_retry_after(value, NOW) == seconds


def test_retry_after_of_an_answer_is_passed_on() -> None:
    """The wait that a receiver asks for is part of the attempt."""
    with faulty_server(http(503, b"", retry_after="120")) as server:
        assert outgoing(server.base_url).deliver(outcome(), NOW) == Attempt("http_503", retry_after_s=120.0)


def test_receiver_with_https_needs_a_certificate_that_is_trusted() -> None:
    """A receiver whose certificate nobody trusts gets nothing."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with faulty_server(http(200), tls=context, host="localhost") as server:
        assert outgoing(server.base_url).deliver(outcome(), NOW) == Attempt("no_connection")
        assert server.wait_until_no_connection_is_open()
        assert server.requests == []


def test_receiver_with_https_and_a_trusted_certificate_gets_the_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A receiver with a certificate of an authority that the system is told to trust gets the message."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with faulty_server(http(200), tls=context, host="localhost") as server:
        assert outgoing(server.base_url).deliver(outcome(), NOW) == DELIVERED

"""These tests post one body to a program that answers, is slow, or is not there."""

import socket

import httpx2
import pytest

from webhelper.simulator.webhooks.posting import NOT_ALLOWED, Posted, Poster


def poster(answer: httpx2.Response | Exception, **options: object) -> tuple[Poster, list[httpx2.Request]]:
    """Return a poster whose requests are answered so, and the list of its requests."""
    seen: list[httpx2.Request] = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Poster(transport=httpx2.MockTransport(handle), **options), seen  # type: ignore[arg-type]


def test_post_sends_json_and_returns_the_status() -> None:
    """A body goes out by POST as JSON, and the status comes back (rows 9.1 and 9.2)."""
    one, seen = poster(httpx2.Response(204))
    assert one.post("http://127.0.0.1:9/hook", b'{"a":1}') == Posted(204)
    assert (seen[0].method, seen[0].content) == ("POST", b'{"a":1}')
    assert seen[0].headers["Content-Type"] == "application/json"
    assert "x-api-key" not in seen[0].headers


@pytest.mark.parametrize(
    ("status", "delivered"),
    [(199, False), (200, True), (299, True), (300, False), (404, False), (500, False)],
)
def test_only_2xx_is_delivered(status: int, delivered: bool) -> None:
    """An event is delivered if the receiver answers 2xx (FAQ)."""
    assert Posted(status).is_delivered is delivered
    assert not Posted(None, "time-out").is_delivered


def test_post_follows_no_redirect() -> None:
    """A redirect is an answer: the sender does not call where it leads."""
    one, seen = poster(httpx2.Response(302, headers={"Location": "http://127.0.0.1:9/elsewhere"}))
    assert one.post("http://127.0.0.1:9/hook", b"{}") == Posted(302)
    assert len(seen) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "https://127.0.0.1.example.com/",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/",
        "http://user@example.com:80@evil.example.com/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "//127.0.0.1/",
        "http://",
        "http://[::1",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:x/",
        "",
        "hook",
    ],
)
def test_other_hosts_are_not_called(url: str) -> None:
    """The sender calls http and https on loopback hosts, and nothing else."""
    one, seen = poster(httpx2.Response(200))
    assert not one.may_call(url)
    assert one.post(url, b"{}") == NOT_ALLOWED
    assert seen == []


@pytest.mark.parametrize(
    "url", ["http://localhost:5000/x", "https://127.0.0.1/", "http://[::1]:80/", "http://app:8000/hook"]
)
def test_loopback_and_allowed_hosts_are_called(url: str) -> None:
    """The sender calls loopback hosts, and those that the settings allow."""
    one, _ = poster(httpx2.Response(200), allowed_hosts=["app"])
    assert one.post(url, b"{}").is_delivered


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (httpx2.ReadTimeout("secret"), "time-out"),
        (httpx2.ConnectTimeout("secret"), "time-out"),
        (httpx2.ConnectError("secret"), "no connection"),
        (httpx2.RemoteProtocolError("secret"), "no answer"),
        (httpx2.ReadError("secret"), "no answer"),
        (httpx2.InvalidURL("secret"), "no answer"),
    ],
)
def test_failure_is_one_of_few_words(error: Exception, problem: str) -> None:
    """What goes wrong is told in a word of ours, never in the words of the error."""
    one, _ = poster(error)
    assert one.post("http://127.0.0.1:9/hook", b"{}") == Posted(None, problem)


def test_port_that_nobody_listens_on_is_no_connection() -> None:
    """A closed port on this machine ends as no connection."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    assert Poster().post(f"http://127.0.0.1:{port}/", b"{}") == Posted(None, "no connection")

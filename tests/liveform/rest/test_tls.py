"""Tests of certificates, with an authority of their own."""

import ssl
from typing import Any

import pytest
import trustme
from faulty_server import faulty_server, http
from rest_clients import KINDS, READ, WRITE, Time, call

from liveform import VendorError
from liveform.rest.sending.async_transport import AsyncTransport
from liveform.rest.sending.transport import DeadlineTransport

both = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Return an authority that signs certificates."""
    return trustme.CA()


def server_side(authority: trustme.CA, name: str) -> ssl.SSLContext:
    """Return the TLS of a server with a certificate for this name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def transport(kind: str, authority: trustme.CA | None) -> Any:
    """Return a transport that trusts this authority, or none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if authority is not None:
        authority.configure_trust(context)
    return DeadlineTransport(context) if kind == "sync" else AsyncTransport(context)


@both
def test_right_certificate_is_accepted(kind: str, authority: trustme.CA) -> None:
    """A certificate for the name, by an authority that is trusted, lets the call through."""
    with faulty_server(http(), tls=server_side(authority, "localhost"), host="localhost") as server:
        answer = call(kind, READ, base_url=server.base_url, transport=transport(kind, authority))
    assert answer == {"ok": True}


@both
@pytest.mark.parametrize(("name", "trusted"), [("other.example.com", True), ("localhost", False)])
def test_wrong_certificate_is_unreachable_at_once(
    kind: str, authority: trustme.CA, name: str, trusted: bool
) -> None:
    """A certificate for another name, or by nobody known, is not tried again, and no request is sent."""
    time = Time()
    with faulty_server(http(), tls=server_side(authority, name), host="localhost") as server:
        with pytest.raises(VendorError, match="certificate") as caught:
            call(
                kind,
                WRITE,
                base_url=server.base_url,
                transport=transport(kind, authority if trusted else None),
                timing=time.timing(kind),
            )
        assert server.wait_until_no_connection_is_open()
    assert (caught.value.reason, caught.value.may_have_happened) == ("unreachable", False)
    assert server.requests == []
    assert time.slept == []


@both
def test_usual_transport_verifies_certificates(kind: str, authority: trustme.CA) -> None:
    """Without a transport of the caller's, a certificate by an unknown authority is refused."""
    tls = server_side(authority, "localhost")
    with faulty_server(http(), tls=tls, host="localhost") as server, pytest.raises(VendorError) as caught:
        call(kind, READ, base_url=server.base_url)
    assert "certificate" in str(caught.value)
    assert server.requests == []


@both
def test_server_without_tls_is_unreachable(kind: str, authority: trustme.CA) -> None:
    """A server that does not speak TLS gets no request."""
    with faulty_server(http()) as server:
        address = server.base_url.replace("http://127.0.0.1", "https://localhost")
        with pytest.raises(VendorError) as caught:
            call(
                kind,
                WRITE,
                base_url=address,
                transport=transport(kind, authority),
                timeout=0.6,
                max_retries=0,
            )
    assert (caught.value.reason, caught.value.may_have_happened) == ("unreachable", False)
    assert b"x-api-key" not in b"".join(server.requests)

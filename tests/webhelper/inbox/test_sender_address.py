"""These tests tell where a webhook comes from, also behind proxies and whatever a client writes."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhelper.errors import SenderError
from webhelper.inbox.sender_address import check_sender

VENDOR = "52.78.194.237"
OTHER = "203.0.113.7"


def is_taken(
    *, remote: str | None = OTHER, forwarded: str | None = None, proxies: int = 0, senders: str = VENDOR
) -> bool:
    """Return whether a request with this address and X-Forwarded-For is taken."""
    environ = {} if remote is None else {"REMOTE_ADDR": remote}
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    before = dict(environ)
    try:
        check_sender(environ, [ip_network(text) for text in senders.split()], proxies=proxies)
    except SenderError:
        return False
    finally:
        assert environ == before, "the environ is not changed"
    return True


@pytest.mark.parametrize(
    ("remote", "taken"),
    [
        (VENDOR, True),
        (f"::ffff:{VENDOR}", True),
        (f"::FFFF:{VENDOR}", True),
        ("::ffff:344e:c2ed", True),  # the same in hexadecimal
        (f"{VENDOR}:41234", True),
        (f"[::ffff:{VENDOR}]:41234", True),
        ("52.78.194.238", False),
        ("52.78.194.23", False),
        (f"::{VENDOR}", False),  # the deprecated IPv4-compatible form is another address
        ("", False),
        (None, False),
        ("localhost", False),
        ("unknown", False),
        ("_hidden", False),
        ("52.78.194", False),
        ("52.78.194.0237", False),
        ("052.078.194.237", False),
        ("880722669", False),  # the same as one number
        ("0x344ec2ed", False),
        ("52.78.194.237/32", False),
        ("52.78.194.237 ", False),
        ("\u0665\u0662.78.194.237", False),  # Arabic digits
        (f"{VENDOR}:", False),
        (f"{VENDOR}:123456", False),
        (f"[{VENDOR}", False),
        ("[]", False),
        (f"{VENDOR}\n", False),
        (f"{VENDOR}%eth0", False),
        (f"::ffff:{VENDOR}%eth0", True),
        (f"::ffff:{VENDOR}%" + "x" * 79, True),
        (f"::ffff:{VENDOR}%" + "x" * 80, False),  # 101 characters
        (f"::ffff:{VENDOR}%", False),
        (f"::ffff:{VENDOR}%eth0%eth0", False),
    ],
)
def test_address_without_proxies_is_the_one_of_the_connection(remote: str | None, taken: bool) -> None:
    """Without proxies the address of the connection counts, and what is no address is refused."""
    assert is_taken(remote=remote) is taken


def test_header_is_ignored_without_proxies() -> None:
    """X-Forwarded-For counts for nothing on a site that has no proxy."""
    assert not is_taken(forwarded=VENDOR)
    assert is_taken(remote=VENDOR, forwarded=OTHER)


@pytest.mark.parametrize(
    ("forwarded", "proxies", "taken"),
    [
        (VENDOR, 1, True),
        (f"{OTHER}, {VENDOR}", 1, True),
        (f"{VENDOR}, {OTHER}", 1, False),  # the client wrote the left one
        (f"{VENDOR},{VENDOR},{OTHER}", 1, False),
        (f"{VENDOR}, {OTHER}", 2, True),
        (f"{VENDOR}, {OTHER}, 10.0.0.1", 2, False),
        (f"{OTHER}, {VENDOR}, 10.0.0.1", 2, True),
        (f"{OTHER},\t{VENDOR} ,10.0.0.1", 2, True),
        (VENDOR, 2, False),  # fewer than there are proxies
        ("", 1, False),
        (None, 1, False),
        (",", 1, False),
        (f"{VENDOR},", 1, False),
        (f"{VENDOR},,", 2, False),
        (f"{VENDOR},junk", 1, False),
        (f"{VENDOR},unknown", 2, True),
        (f'"{OTHER}, {VENDOR}', 1, True),  # a quote that is not closed hides nothing
        (f'"{VENDOR}, {OTHER}"', 1, False),
        (f'"{VENDOR}"', 1, False),
        (f"for={VENDOR}", 1, False),
    ],
)
def test_address_behind_proxies_is_counted_from_the_right(
    forwarded: str | None, proxies: int, taken: bool
) -> None:
    """Behind n proxies, the n-th address from the right counts, and nothing else that the client wrote."""
    assert is_taken(forwarded=forwarded, proxies=proxies) is taken


def test_address_of_the_connection_does_not_count_behind_a_proxy() -> None:
    """Behind a proxy that sends no X-Forwarded-For, everything is refused."""
    assert not is_taken(remote=VENDOR, proxies=1)


@pytest.mark.parametrize(
    ("remote", "senders", "taken"),
    [
        ("10.1.2.3", "10.0.0.0/8 52.78.194.237", True),
        ("11.1.2.3", "10.0.0.0/8 52.78.194.237", False),
        ("2001:db8::7", "2001:db8::/64", True),
        ("2001:DB8:0:0:0:0:0:7", "2001:db8::7", True),
        ("2001:db8:0:1::7", "2001:db8::/64", False),
        ("fe80::1%eth0", "fe80::1", True),
        ("[fe80::1%25eth0]:443", "fe80::1", True),
        ("fe80::2%eth0", "fe80::1", False),
        (OTHER, "0.0.0.0/0", True),
        (f"::ffff:{OTHER}", "::/0", False),  # an IPv4 address, however it is written
        ("2001:db8::7", "0.0.0.0/0", False),
        ("2001:db8::7", "0.0.0.0/0 ::/0", True),
    ],
)
def test_address_is_compared_with_networks_of_both_versions(remote: str, senders: str, taken: bool) -> None:
    """An address is taken if one of the networks has it; a zone does not matter."""
    assert is_taken(remote=remote, senders=senders) is taken


@given(st.text(max_size=200), st.integers(0, 3))
def test_any_text_is_an_address_or_refused(text: str, proxies: int) -> None:
    """No text of a client raises anything but the refusal."""
    is_taken(remote=text, forwarded=text, proxies=proxies)


@given(st.text(max_size=60))
def test_client_cannot_move_the_address_that_the_proxy_saw(text: str) -> None:
    """Whatever a client sends in X-Forwarded-For, what our proxy adds behind it is what counts."""
    assert not is_taken(forwarded=f"{text}, {OTHER}", proxies=1)
    assert is_taken(forwarded=f"{text}, {VENDOR}", proxies=1)

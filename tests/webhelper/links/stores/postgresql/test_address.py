"""These tests read the URL of a database."""

from __future__ import annotations

import pytest

from webhelper.links.stores.postgresql.address import Address, read_address

URL = "postgresql://liveform:pass%40word@db.internal:5432/liveform"


@pytest.mark.parametrize(
    "url", [URL, f"{URL}?sslmode=verify-full", "postgresql:///liveform", "postgresql://a,b/c"]
)
def test_url_of_libpq_is_handed_on(url: str) -> None:
    """What is not ours is left to libpq; a process opens 16 connections, and prepares what it repeats."""
    assert read_address(url) == Address(url, pool_size=16, prepare_threshold=5)


def test_own_parameters_are_taken_out_of_the_url() -> None:
    """pool_size and prepare are ours, and libpq does not see them."""
    address = read_address(f"{URL}?pool_size=4&sslmode=require&prepare=no")
    assert address == Address(f"{URL}?sslmode=require", pool_size=4, prepare_threshold=None)


@pytest.mark.parametrize(
    "query", ["pool_size=0", "pool_size=", "pool_size=1000", "prepare=maybe", "prepare", "&", "colour=red"]
)
def test_own_parameter_that_is_wrong_is_refused(query: str) -> None:
    """A value that means nothing is an error, which does not show the URL."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the wiring says which setting it is
        read_address(f"{URL}?{query}")
    assert "pass" not in str(caught.value)


def test_password_is_not_in_the_repr() -> None:
    """The repr of an address has no URL."""
    assert repr(read_address(URL)) == "Address(...)"

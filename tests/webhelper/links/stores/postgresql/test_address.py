"""These tests read the URL of a database."""

from __future__ import annotations

import pytest
from psycopg.conninfo import conninfo_to_dict

from webhelper.links.stores.postgresql.address import Address, of_schema, read_address

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
    ("query", "read"),
    [
        ("options=-c%20search_path%3Dshop", {"options": "-c search_path=shop"}),
        ("application_name=a%20b&pool_size=4&passfile=%2Fmy%20files%2Fpass", {"application_name": "a b"}),
        ("application_name=a+b", {"application_name": "a+b"}),
        ("application_name=%25%26", {"application_name": "%&"}),
        ("application_name=", {"application_name": ""}),
    ],
)
def test_parameter_of_libpq_is_read_by_libpq(query: str, read: dict[str, str]) -> None:
    """Whatever a parameter of libpq has in its value, libpq finds it as it was written: + is no space."""
    found = conninfo_to_dict(read_address(f"{URL}?{query}").conninfo)
    assert found == conninfo_to_dict(f"{URL}?{query.replace('pool_size=4&', '')}")
    assert read.items() <= found.items()


@pytest.mark.parametrize("query", ["?", "?%70ool_size=16"])
def test_parameter_that_is_empty_or_encoded_is_read(query: str) -> None:
    """A URL may end with its question mark, and names may be percent-encoded."""
    assert read_address(f"{URL}{query}") == Address(URL, pool_size=16)


def test_every_connection_writes_utf8_and_commits_by_itself() -> None:
    """What a URL says of the encoding does not hold."""
    address = read_address(f"{URL}?client_encoding=latin1&prepare=no")
    assert address.arguments == {"autocommit": True, "prepare_threshold": None, "client_encoding": "utf8"}


@pytest.mark.parametrize(
    ("query", "options", "pool_size"),
    [
        ("", "-csearch_path=own", 4),
        ("?", "-csearch_path=own", 4),
        ("?sslmode=require&", "-csearch_path=own", 4),
        ("?pool_size=2", "-csearch_path=own", 2),
        ("?options=-cgeqo%3Doff&sslmode=require", "-cgeqo=off -csearch_path=own", 4),
        ("?options=a&options=-c%20geqo%3Doff", "-c geqo=off -csearch_path=own", 4),
    ],
)
def test_url_of_a_schema_keeps_what_the_url_says(query: str, options: str, pool_size: int) -> None:
    """The schema comes after other options, and few connections are opened unless the URL says how many."""
    address = read_address(of_schema(f"{URL}{query}", "own", pool_size=4))
    assert conninfo_to_dict(address.conninfo)["options"] == options
    assert address.pool_size == pool_size
    assert ("sslmode" in address.conninfo) == ("sslmode" in query)


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

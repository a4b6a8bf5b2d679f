"""This benchmark redirects and redeems with a PostgreSQL server that waits for its disk."""

from __future__ import annotations

import secrets
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Final

import psycopg
from postgresql_server import PostgresqlServer

from liveform import Pipeline, Project
from tests.benchmarks import references
from tests.benchmarks.harness import Effort, Result, side_by_side
from tests.benchmarks.hosting import CONSTANT, GUNICORN, OURS, new_link, on_core, serving
from tests.benchmarks.redirects import alternately
from webhelper.links.form_url import FormUrls
from webhelper.links.link_request import LinkRequest
from webhelper.links.next_urls import NextUrls
from webhelper.links.service import LinkService
from webhelper.links.signing.link_tokens import LinkTokens
from webhelper.links.signing.sealing import Sealer
from webhelper.links.signing.visit_state import VisitStates
from webhelper.links.stores.postgresql.address import read_address
from webhelper.links.stores.postgresql.store import PostgresqlStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_KEYS: Final = ("a-secret-key-for-benchmarks-0123456789",)
_BROWSER: Final = bytes(32)  # the digest of a cookie, which the page in front of the link sets
_MOST_A_SECOND: Final = 6_000  # links are made for so many; no disk is that quick
_USED_BEFORE: Final = 500
_USE: Final = "INSERT INTO ledger (id) VALUES (%s)"


def run(effort: Effort) -> Iterator[Result]:
    """Yield redirects beside a constant answer, and uses beside one INSERT that waits for the disk."""
    with postgresql_server() as server:
        yield _redirects(server, effort)
        yield _uses(server, effort)


@contextmanager
def postgresql_server() -> Iterator[PostgresqlServer]:
    """Start a PostgreSQL server that waits for its disk, and remove it at the end of the block."""
    server = PostgresqlServer(options={})
    try:
        server.start()
        yield server
    finally:
        server.remove()


def _redirects(server: PostgresqlServer, effort: Effort) -> Result:
    with tempfile.TemporaryDirectory() as directory, ExitStack() as stack:
        ours = stack.enter_context(serving(GUNICORN, OURS, Path(directory), store=server.url()))
        constant = stack.enter_context(serving(GUNICORN, CONSTANT, Path(directory)))
        path = new_link(ours, max_uses=None, expires_in=86_400)
        stack.enter_context(on_core(0))
        rates = alternately({"ours": ours, "constant": constant}, path, effort)
    return Result(
        work="redirect of a reusable link, gunicorn gthread, PostgreSQL",
        reference="Flask, a constant 302",
        ours=rates["ours"],
        theirs=rates["constant"],
        goal=0.8,
        unit="/s",
    )


def _uses(server: PostgresqlServer, effort: Effort) -> Result:
    count = 200 + _USED_BEFORE + round(effort.rounds * effort.seconds * _MOST_A_SECOND)
    store = PostgresqlStore(read_address(server.url()), Sealer(_KEYS), retention_days=90)
    service = _service(store)
    request = LinkRequest(
        pipeline=Pipeline.ID_DOCUMENT, project="shop", fields={"userid": "user_12345", "cf1": "store_17"}
    )
    tokens = [service.token(service.create(request, by="benchmarks")[0]) for _ in range(count)]
    ours = iter(tokens)
    for _ in range(_USED_BEFORE):  # of an empty table, the server plans to read the whole
        service.redeem(service.find(next(ours)), _BROWSER)
    server.execute("VACUUM ANALYZE")  # what a site that has run for a day has behind it
    with psycopg.connect(server.url(), autocommit=True) as connection:
        took = side_by_side(
            {
                "ours": lambda: service.redeem(service.find(next(ours)), _BROWSER),
                "ledger": _ledger(connection),
            },
            effort,
        )
    store.close()
    return Result(
        work="redeeming a one-use link, PostgreSQL",
        reference="a bare INSERT with synchronous_commit=on",
        ours=1 / took["ours"],
        theirs=1 / took["ledger"],
        goal=0.6,
        unit="/s",
    )


def _ledger(connection: psycopg.Connection) -> Callable[[], object]:
    """Return what writes the least: one short row of one table, on the disk when it returns."""
    connection.execute("SET synchronous_commit = on")
    connection.execute("CREATE TABLE ledger (id text PRIMARY KEY)")
    return lambda: connection.execute(_USE, (secrets.token_hex(16),))


def _service(store: PostgresqlStore) -> LinkService:
    project = Project(references.PID, key=references.KEY_TEXT, cipher="gcm")
    form_urls = FormUrls({"shop": project}, VisitStates(_KEYS), "cf3")
    return LinkService(
        store=store, tokens=LinkTokens(_KEYS), form_urls=form_urls, next_urls=NextUrls((), ()), clock=time
    )

"""This module makes a link service over any number of links, without a disk write for each."""

from __future__ import annotations

from dataclasses import replace
from time import time
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform import Pipeline, Project
from tests.benchmarks import references
from webhelper.links.form_url import FormUrls
from webhelper.links.models import ID_BYTES, LinkSpec
from webhelper.links.next_urls import NextUrls
from webhelper.links.service import LinkService
from webhelper.links.signing.base32 import from_base32, random_id
from webhelper.links.signing.link_tokens import LinkTokens
from webhelper.links.signing.sealing import Sealer
from webhelper.links.signing.visit_state import VisitStates
from webhelper.links.stores import rows
from webhelper.links.stores.sqlite import packing, statements
from webhelper.links.stores.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_KEYS: Final = ("a-secret-key-for-benchmarks-0123456789",)
_DAY_S: Final = 86_400
_PROJECT: Final = "shop"


class Bench(NamedTuple):
    """A link service with its store, its sealer and its tokens."""

    service: LinkService
    store: SqliteStore
    sealer: Sealer
    tokens: LinkTokens


def open_bench(directory: Path) -> Bench:
    """Return a link service over a file in ``directory``; close its store when done."""
    sealer, tokens = Sealer(_KEYS), LinkTokens(_KEYS)
    store = SqliteStore(directory / "links.db", sealer, retention_days=90)
    project = Project(references.PID, key=references.KEY_TEXT, cipher="gcm")
    form_urls = FormUrls({_PROJECT: project}, VisitStates(_KEYS), "cf3")
    service = LinkService(store=store, tokens=tokens, form_urls=form_urls, next_urls=NextUrls((), ()))
    return Bench(service, store, sealer, tokens)


def add_links(bench: Bench, count: int, *, max_uses: int | None) -> list[str]:
    """Put links into the store in one transaction, and return their tokens."""
    spec = LinkSpec(
        project=_PROJECT,
        pipeline=Pipeline.ID_DOCUMENT,
        fields={"userid": "user_12345", "cf1": "store_17"},
        expires_at=int(time()) + _DAY_S,
        max_uses=max_uses,
        created_by="benchmarks",
    )
    ids = [random_id(ID_BYTES) for _ in range(count)]
    with bench.store._connections.writing() as connection:
        connection.executemany(statements.INSERT_LINK, _columns(spec, ids, bench.sealer))
    packing.catch_up(bench.store._connections)  # a use of a packed link writes one page more
    with bench.store._connections.reading() as connection:
        connection.execute("PRAGMA wal_checkpoint(RESTART)")  # or what is measured next would wait for it
    return [bench.tokens.sign(from_base32(link_id)) for link_id in ids]


def _columns(spec: LinkSpec, ids: list[str], sealer: Sealer) -> Iterator[dict[str, object]]:
    for number, link_id in enumerate(ids):
        yield rows.of_spec(replace(spec, label=f"order {number}"), link_id, sealer, time())

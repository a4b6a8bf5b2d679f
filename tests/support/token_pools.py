"""Pools of token ids for tests: filled at a simulator of the vendor, by one process or by several."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sites import HOLDER, NOW, TOKEN, VENDOR_KEY, link_request, open_store, settings

from liveform import Project
from webhelper import create_app
from webhelper.token_pool.pool import TokenPool
from webhelper.token_pool.vendor import VendorTokenIds

if TYPE_CHECKING:
    from pathlib import Path

    from webhelper.links.models import Link
    from webhelper.links.service import LinkService
    from webhelper.links.stores.base import Store

SHOP = "shop"


def of_vendor(api_url: str, api_key: str) -> Project:
    """Return the project ``shop`` of a simulator, as its settings have it."""
    return Project("shoppid001", api_key=api_key, api_url=api_url)


def make_ready(store: Store, count: int, *, project: str = SHOP, now: float = NOW) -> list[str]:
    """Put token ids into a pool as ready, and return them; no vendor hears of them."""
    token_ids = [f"{project}-ready-{number:05}" for number in range(count)]
    store.token_ids.add(project, token_ids, now=now)
    store.token_ids.registered(project, token_ids, now=now)
    return token_ids


def made_by(service: LinkService, **changes: Any) -> Link:
    """Return a new link."""
    return service.create(link_request(**changes), by=HOLDER)[0]


def fill_up(directory: Path, api_url: str, api_key: str, wanted: int) -> int:
    """Open the store, fill the pool until it wants no more, and return how many requests that took."""
    store = open_store(directory)
    try:
        pool = TokenPool(SHOP, wanted, VendorTokenIds(of_vendor(api_url, api_key)), store)
        requests = 0
        while pool.fill(NOW):
            requests += 1
        return requests
    finally:
        store.close()


def create_links(directory: Path, count: int) -> tuple[list[str], Counter[tuple[Any, ...]]]:
    """Start a site in private mode, ask for so many links by HTTP, and return what came of it.

    Returns:
        The ids of the new links, and how often each other answer came: status, code, and Retry-After.
    """
    in_private_mode = Project("shoppid001", key=VENDOR_KEY, cipher="ecb", api_key=VENDOR_KEY)
    site = settings(
        directory, PROJECTS={SHOP: in_private_mode}, TOKEN_POOLS={SHOP: 3000}, BACKGROUND_JOBS=False
    )
    app = create_app(site, clock=lambda: NOW)
    client = app.test_client(use_cookies=False)
    made: list[str] = []
    refused: Counter[tuple[Any, ...]] = Counter()
    for _ in range(count):
        answer = client.post(
            "/api/links",
            json={"pipeline": "id_document", "project": SHOP},
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
        if answer.status_code == 201:
            made.append(answer.get_json()["id"])
        else:
            code = answer.get_json()["error"]["code"]
            refused[answer.status_code, code, answer.headers.get("Retry-After")] += 1
    app.extensions["webhelper"].links.store.close()
    return made, refused

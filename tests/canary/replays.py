"""Requests that go wrong, made of requests that went well: refused ones, and ones that end in an error."""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import pytest

from webhelper.errors import StoreError
from webhelper.links.stores.postgresql.pool import Pool
from webhelper.links.stores.sqlite.connections import Connections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canaries import Canaries
    from flask import Flask

    from tests.canary.recorder import Exchange
    from tests.canary.story import Story

_QUERY: Final = ("state", "limit", "search", "label", "preset", "lang", "userid", "id", "project", "asked")
_JSON: Final = "application/json"


def refused(good: Exchange, its: Canaries) -> Iterator[Exchange]:
    """Yield requests like a good one of which most are refused; all are full of canaries."""
    yield good.without_credentials()
    yield good.without_credentials().asked(HTTP_ACCEPT=_JSON)
    yield good.asked(HTTP_SEC_FETCH_SITE="cross-site", HTTP_ORIGIN=its["referer"])
    cookies = "; ".join(f"{part}x" for part in good.environ.get("HTTP_COOKIE", "a=b").split("; "))
    yield good.asked(HTTP_COOKIE=cookies, HTTP_AUTHORIZATION=f"Bearer {its['wrong token']}")
    for end in (its["path"], its["email"], its["name"]):
        yield good.asked(PATH_INFO=f"{good.environ['PATH_INFO']}{end}")
        yield good.asked(PATH_INFO=f"{good.environ['PATH_INFO'].rpartition('/')[0]}/{end}")
    yield good.asked(QUERY_STRING=urlencode(dict.fromkeys(_QUERY, its["email"])))
    yield good.asked(QUERY_STRING=urlencode({its["path"]: its["userid"], "lang": "ko"}))
    yield good.asked(QUERY_STRING=f"encrypted={its['form key']}&cf3={its['cf2']}")
    yield good.asked(REQUEST_METHOD="PATCH")
    yield good.asked(HTTP_HOST=f"{its['path']}.example.org")
    if good.method == "POST":
        yield from (good.asked(body) for body in _bodies(good, its))


def _bodies(good: Exchange, its: Canaries) -> Iterator[bytes]:
    """Yield bodies that cannot be read, or have members or values that nobody takes."""
    yield f'{{"{its["email"]}": '.encode()
    yield its.everything().encode()
    for members in ({its["path"]: its["userid"]}, {"fields": {its["email"]: its["name"]}}, [its["email"]]):
        yield json.dumps(members).encode()
    if good.environ.get("CONTENT_TYPE") == _JSON:
        body = json.loads(good.body)
        for name in body:
            yield json.dumps(body | {name: [its["email"]]}).encode()
            yield json.dumps(body | {name: f"{its['email']}\0"}).encode()
    else:
        for name in ("pipeline", "expires_in", "store", "project", "token", "userid", "next"):
            values = {"project": "signup", "label": its["label"], "email": its["email"], name: its["path"]}
            yield urlencode(values).encode()


@contextmanager
def failing_view(app: Flask, endpoint: str, its: Canaries) -> Iterator[None]:
    """Let a view raise an error whose text, cause and frame are full of canaries."""
    view = app.view_functions[endpoint]

    def fail(**values: object) -> Any:
        everything = f"{its.everything()} {values}"
        raise ValueError(everything) from OSError(everything)

    app.view_functions[endpoint] = fail
    try:
        yield
    finally:
        app.view_functions[endpoint] = view


@contextmanager
def failing_store(its: Canaries) -> Iterator[None]:
    """Let every store fail with the error of a driver that quotes everything."""

    def fail(*_: object, **__: object) -> Any:
        raise StoreError from sqlite3.DatabaseError(its.everything())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Connections, "take", fail)
        patch.setattr(Connections, "check_file", fail)
        patch.setattr(Pool, "take", fail)
        yield


class Replays:
    """Asks every good request of a story again, and lets it go wrong.

    Args:
        story: that was told. Staff are signed in anew for each request, for some of them sign out.
    """

    def __init__(self, story: Story) -> None:
        self._story, self._its = story, story.its
        self._app, self._ask = story.site.app, story.site.recorder.ask
        self._good = story.site.recorder.good

    def ask_badly(self) -> list[Exchange]:
        """Return the answers to the refused forms of every good request."""
        return [
            self._ask(bad) for good in self._good for bad in refused(self._story.refreshed(good), self._its)
        ]

    def ask_failing_views(self) -> list[Exchange]:
        """Return the answers to every good request whose view fails, as a page and as JSON."""
        answers = []
        for good in self._good:
            request = self._story.refreshed(good)
            with failing_view(self._app, good.endpoint, self._its):
                answers += [self._ask(request), self._ask(request.asked(HTTP_ACCEPT=_JSON))]
        return answers

    def ask_failing_store(self) -> list[Exchange]:
        """Return the answers to every good request whose store fails with the error of a driver."""
        requests = [self._story.refreshed(good) for good in self._good]
        with failing_store(self._its):
            return [self._ask(request) for request in requests]

    def ask_again(self) -> list[Exchange]:
        """Return the answers to every good request, as things are."""
        return [self._ask(good) for good in self._good]

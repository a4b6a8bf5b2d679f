"""The files of ours that one call enters, and how often it enters one again: what a reader has to follow.

A walk is counted with ``sys.setprofile``, from the calls of functions in ``liveform/`` and ``webhelper/``. A
file is entered at its first call, and entered again at a call that follows a call in another file; a return
is not counted. Each work is done once before it is counted, so that what is made only once is left out.
"""

from __future__ import annotations

import gc
import sys
import tempfile
from itertools import groupby, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Final

import liveform
import webhelper
from liveform import Project
from liveform.batch import build_urls
from tests.benchmarks import references
from tests.benchmarks.harness import Walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.benchmarks.harness import Effort

# The longest that each walk may be: files entered, and entered again. The first house, of 31 modules in a
# row, took 15, 21, 12, 41, 60 and 54.
LIMITS: Final = {
    "form_url": 15,
    "read_return": 21,
    "a row of a batch": 12,
    "GET of a reusable link": 40,  # 38 before links that no store keeps opened on every site
    # 52 and 50 before links had token ids, tokens to wait with, ways into other browsers, texts behind their
    # address, paths in front of it, numbers of kiosks, sessions that end, and ids of requests in the log.
    "GET of a limited link": 76,
    # 66 before each request of the API was counted and held against its scopes, and before few wait to write.
    "POST /api/links": 86,
}
_OURS: Final = (*liveform.__path__, *webhelper.__path__)
_TOKEN: Final = "an-API-token-for-benchmarks-0123456789"
_SETTINGS: Final = {
    "BASE_URL": "https://shop.example.com",
    "SECRET_KEYS": ["a-secret-key-for-benchmarks-0123456789"],
    "API_TOKENS": {"benchmarks": _TOKEN},
}


def run(effort: Effort) -> Iterator[Walk]:
    """Return the walk of each work in ``LIMITS``; a count is the same at every effort."""
    with tempfile.TemporaryDirectory() as directory:
        app = webhelper.create_app(
            _SETTINGS
            | {"PROJECTS": {"shop": _project()}, "STORE": f"sqlite:///{Path(directory) / 'links.db'}"}
        )
        for name, work in (_of_library() | _of_web_helper(app)).items():
            work()
            entered, again = files_of(work)
            yield Walk(name, entered, again, LIMITS[name])
        app.extensions["webhelper"].links.store.close()


def files_of(work: Callable[[], object]) -> tuple[int, int]:
    """Return how many of our files a work enters, and how often it enters one of them again.

    The least of three times: what is looked at every tenth of a second may be due in one of them.
    """
    return min((_files_once(work) for _ in range(3)), key=sum)


def _files_once(work: Callable[[], object]) -> tuple[int, int]:
    called: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        path = frame.f_code.co_filename
        # A template is a file of its own to Jinja, but one page to a reader.
        if event == "call" and path.startswith(_OURS) and path.endswith(".py"):
            called.append(path)

    before = sys.getprofile()
    gc.disable()  # what it collects may be ours, and say good-bye
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
        gc.enable()
    entered = len(set(called))
    return entered, sum(1 for _ in groupby(called)) - entered


def _of_library() -> dict[str, Callable[[], object]]:
    project = _project()
    returned = project.build_return("https://app.example.com/done", references.CLAIMS)
    row = {"email": "jane.doe@example.com", "userid": "user_12345", "ageLimit": "false"}
    rows = build_urls(project, repeat(row))
    return {
        "form_url": lambda: project.form_url(userid="user_12345", cf1="campaign_summer", lang="ko"),
        "read_return": lambda: project.read_return(returned),
        "a row of a batch": lambda: next(rows),
    }


def _of_web_helper(app: Flask) -> dict[str, Callable[[], object]]:
    visitor = app.test_client()  # keeps cookies, as the browser of a visitor who comes back
    reusable = _create(visitor, max_uses=None, expires_in=86_400)
    limited = _create(visitor, max_uses=1)
    return {
        "GET of a reusable link": lambda: _get(visitor, reusable, 302),
        "GET of a limited link": lambda: _get(visitor, limited, 200),
        "POST /api/links": lambda: _create(visitor, max_uses=1),
    }


def _project() -> Project:
    return Project(references.PID, key=references.KEY_TEXT, cipher="ecb")


def _create(client: FlaskClient, **link_request: object) -> str:
    body = {"pipeline": "id_document", "project": "shop", "fields": {"userid": "user_12345"}} | link_request
    answer = client.post("/api/links", json=body, headers={"Authorization": f"Bearer {_TOKEN}"})
    url: str = answer.get_json()["url"]
    return url


def _get(client: FlaskClient, url: str, status: int) -> None:
    answer = client.get(url)
    if answer.status_code != status:
        raise RuntimeError(f"answered {answer.status}")

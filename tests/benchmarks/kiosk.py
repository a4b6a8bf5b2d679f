"""This benchmark measures how long a kiosk waits for news, beside 199 others and opening links.

As static/kiosk.js does: the same request every two seconds, with the tablet's cookie. Each request
comes on a connection of its own, as from a proxy, and its time counts from when it was due.
"""

from __future__ import annotations

import json
import random
import re
import tempfile
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from tests.benchmarks.harness import Effort, Result
from tests.benchmarks.hosting import API_TOKEN, GUNICORN, OURS, call, new_link, on_core, serving
from tests.benchmarks.load import Due, get, latencies

if TYPE_CHECKING:
    from collections.abc import Iterator

_TABLETS: Final = 200
_POLL_S: Final = 2.0  # POLL_MS in static/kiosk.js
_CODES: Final = 2  # that a tablet watches: the one on its screen, and the one before
_REDIRECTS_A_SECOND: Final = 200
_LONGER: Final = 16
_LEAST_S: Final = 1.0
_LIMIT_S: Final = 0.05
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


def run(effort: Effort) -> Iterator[Result]:
    """Yield the result for one gunicorn process on one core."""
    seconds = max(_LEAST_S, effort.rounds * effort.seconds * _LONGER)
    with tempfile.TemporaryDirectory() as directory, serving(GUNICORN, OURS, Path(directory)) as port:
        plan = [*_polls(port, seconds), *_redirects(port, seconds)]
        with on_core(0):
            took = latencies(port, plan)
    percentiles = quantiles(took["poll"], n=100)
    yield Result(
        work=f"kiosk poll, p99 of {_TABLETS} tablets beside {_REDIRECTS_A_SECOND} redirects/s",
        reference=f"{_LIMIT_S * 1000:.0f} ms (the median is {percentiles[49] * 1000:.1f} ms)",
        ours=percentiles[98],
        theirs=_LIMIT_S,
        goal=1,
    )


def _polls(port: int, seconds: float) -> Iterator[Due]:
    cookie = _kiosk_cookie(port)
    chance = random.Random(0)
    for _ in range(_TABLETS):
        ids = [_new_code(port, cookie) for _ in range(_CODES)]
        query = urlencode([("id", code) for code in ids])
        request = get(f"/kiosk/state?{query}", cookie=cookie, close=True)
        at = chance.uniform(0, _POLL_S)
        while at < seconds:
            yield Due(at, "poll", request, b"200")
            at += _POLL_S


def _redirects(port: int, seconds: float) -> Iterator[Due]:
    request = get(new_link(port, max_uses=None, expires_in=86_400), close=True)
    for number in range(round(seconds * _REDIRECTS_A_SECOND)):
        yield Due(number / _REDIRECTS_A_SECOND, "redirect", request, b"302")


def _kiosk_cookie(port: int) -> str:
    """Sign in, set a kiosk up, and return its cookie."""
    headers, _ = call(port, "POST", "/sign-in", body=urlencode({"token": API_TOKEN}), headers=_FORM)
    placement = urlencode({"store": "Counter 3", "project": "default"})
    _, page = call(
        port, "POST", "/kiosks", body=placement, headers={**_FORM, "Cookie": _cookie(headers["Set-Cookie"])}
    )
    start = re.search(r"/kiosk/start/[\w.-]+", page.decode())
    if start is None:
        raise LookupError
    headers, _ = call(port, "POST", start[0])
    return _cookie(headers["Set-Cookie"])


def _new_code(port: int, cookie: str) -> str:
    _, code = call(port, "POST", "/kiosk/codes", headers={"Cookie": cookie})
    link_id: str = json.loads(code)["id"]
    return link_id


def _cookie(header: str) -> str:
    return header.partition(";")[0]

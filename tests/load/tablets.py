"""The tablets on the counters: each shows codes, and asks all the time how far their customers are."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

from tests.load.client import Step
from tests.load.people import expect
from tests.load.site import BASE_URL, PROJECT, TOKENS
from tests.load.wire import message

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from tests.load.amounts import Pace
    from tests.load.client import Actor
    from tests.load.ledger import Ledger
    from tests.load.people import People
    from tests.load.wire import Answer

_START: Final = re.compile(rb"/kiosk/start/[\w.-]+")
_FORM: Final = {
    "Host": "kyc.chain.example",
    "Content-Type": "application/x-www-form-urlencoded",
    "Origin": BASE_URL,
}
_OPENED_AFTER: Final = 2  # polls


class Tablets:
    """Makes the tablets of a chain.

    Args:
        people: those who open the codes.
        ledger: what was acknowledged.
        pace: how often a tablet does what.
        seconds: how long they are on.
    """

    def __init__(self, people: People, ledger: Ledger, pace: Pace, seconds: float) -> None:
        self._people, self._ledger, self._pace, self._seconds = people, ledger, pace, seconds
        self._console = ""
        self._cookies: list[str] = []

    def set_up(self, count: int) -> Actor:
        """Sign in to the console, and make so many tablets kiosks."""
        body = urlencode({"token": TOKENS["tablets"]}).encode()
        answer = yield Step(0, "set-up", message("POST", "/sign-in", _FORM, body))
        expect(answer.status == 303 and answer.cookie, "not signed in", answer)
        console = answer.cookie
        for number in range(count):
            body = urlencode({"store": f"Counter {number}", "project": PROJECT}).encode()
            headers = {**_FORM, "Cookie": console}
            answer = yield Step(0, "set-up", message("POST", "/kiosks", headers, body))
            start = _START.search(answer.body)
            expect(start, "no address for a tablet", answer)
            path = start[0].decode() if start else ""
            answer = yield Step(0, "set-up", message("POST", path, _FORM))
            expect(answer.status == 303, "no kiosk", answer)
            self._cookies.append(answer.cookie)

    def arrivals(self) -> Iterator[tuple[float, Actor]]:
        """Yield the tablets, one after the other, within the time of a code."""
        for number, cookie in enumerate(self._cookies):
            at = number / len(self._cookies) * self._pace.code
            yield at, self._tablet(number, cookie, at)

    def _tablet(self, number: int, cookie: str, at: float) -> Actor:
        headers = {
            "Host": "kyc.chain.example",
            "Accept": "application/json",
            "Cookie": cookie,
            "Origin": BASE_URL,
        }
        watched: list[str] = []
        while at + self._pace.code <= self._seconds:
            link_id, path = yield from self._new_code(headers, at)
            watched = [*watched[-1:], link_id]
            for turn in range(1, int(self._pace.code / self._pace.poll)):
                is_opened = turn > _OPENED_AFTER
                yield from self._poll(headers, at + turn * self._pace.poll, watched, is_opened=is_opened)
                if turn == _OPENED_AFTER:
                    moment = at + (turn + 0.3) * self._pace.poll
                    button = moment + 0.3 * self._pace.poll
                    yield from self._people.visit(path, moment, button, cf1=f"Counter {number}")
            at += self._pace.code

    def _new_code(self, headers: dict[str, str], at: float) -> Generator[Step, Answer, tuple[str, str]]:
        answer = yield Step(at, "code of a tablet", message("POST", "/kiosk/codes", headers))
        expect(answer.status == 201, "no code", answer)
        code = json.loads(answer.body)
        self._ledger.links.add(code["id"])
        svg = message("GET", code["qr_svg"].removeprefix(BASE_URL), headers)
        answer = yield Step(at, "image of a code", svg)
        expect(answer.status == 200 and answer.body.startswith(b"<svg"), "no image", answer)
        return code["id"], urlsplit(code["url"]).path

    def _poll(self, headers: dict[str, str], at: float, watched: list[str], *, is_opened: bool) -> Actor:
        """Ask for the states of the watched codes: the older ones are opened, and the latest, if it was."""
        query = urlencode([("id", one) for one in watched])
        answer = yield Step(at, "poll of a tablet", message("GET", f"/kiosk/state?{query}", headers))
        expect(answer.status == 200, "no states", answer)
        uses = {link["id"]: link["uses"] for link in json.loads(answer.body)["links"]}
        wanted = dict.fromkeys(watched, 1) | {watched[-1]: int(is_opened)}
        expect(uses == wanted, "other states", answer)

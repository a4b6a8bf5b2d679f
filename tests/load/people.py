"""Customers, and the systems of a chain that make links for them: what they ask, and what is right."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from tests.load.client import Step, WrongAnswerError
from tests.load.site import BASE_URL, NEXT_URL, PROJECT, TOKENS, VENDOR_ADDRESS
from tests.load.vendor import Submission
from tests.load.wire import message

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from tests.load.amounts import Pace
    from tests.load.client import Actor
    from tests.load.ledger import Ledger
    from tests.load.vendor import Vendor
    from tests.load.wire import Answer

STORES: Final = 200
_SELLERS: Final = [token for name, token in TOKENS.items() if name != "tablets"]
_ACTION: Final = re.compile(rb'<form method="post" action="([^"]+)"')
_ADDED: Final = (
    "cf3",
    "startValidUntil",
)  # by the site: the state of the visit, and how long the URL is good
_TAKEN: Final = b'{"received":true,"duplicate":false}'
_BROWSER: Final = {
    "Host": "kyc.chain.example",
    "User-Agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile",
    "Accept": "text/html,application/xhtml+xml",
    "Accept-Language": "en",
    "X-Forwarded-For": "203.0.113.7",
}
# What is claimed and then decided: most are approved at once, some after a look, some are not.
_DECISIONS: Final = (*[("approved", "approved")] * 8, ("pending", "approved"), ("rejected", "rejected"))


def expect(is_right: object, what: str, answer: Answer) -> None:
    """Raise ``WrongAnswerError`` with what was wrong in an answer, unless it is right."""
    if not is_right:
        raise WrongAnswerError(f"{what}: {answer.status} {answer.body[:100]!r}")


class People:
    """Makes everybody who comes.

    Args:
        vendor: of the form.
        ledger: what was acknowledged.
        pace: when a customer does what.
    """

    def __init__(self, vendor: Vendor, ledger: Ledger, pace: Pace) -> None:
        self._vendor, self._ledger, self._pace = vendor, ledger, pace
        self.posters: list[tuple[bytes, str]] = []

    def poster(self, number: int, at: float) -> Actor:
        """Make a link of unlimited use."""
        store = f"store_{number % STORES}"
        link = yield from self._new_link(number, at, {"max_uses": None, "fields": {"cf1": store}})
        self.posters.append((message("GET", _path(link), _BROWSER), store))

    def passer_by(self, number: int, at: float) -> Actor:
        """Scan a poster: lead on to the form at once."""
        request, store = self.posters[number * 7919 % len(self.posters)]
        answer = yield Step(at, "redirect of a poster's link", request)
        self._read_form(answer, 302, cf1=store)
        self._ledger.visits += 1

    def customer(self, number: int, at: float, *, opens: bool, returns: bool, is_told: bool) -> Actor:
        """Get a link from a shop, open it, start, come back, and be told of by the vendor, as far as said."""
        fields = {"userid": f"user_{number}", "cf1": f"store_{number % STORES}"}
        link = yield from self._new_link(number, at, {"fields": fields})
        if not opens:
            return
        cookie, form = yield from self.visit(
            _path(link), at + self._pace.page, at + self._pace.button, **fields
        )
        if not returns:
            return
        claimed, decided = _DECISIONS[number % len(_DECISIONS)]
        one = Submission(f"s{number:012}", form, claimed, decided)
        yield from self._come_back(at + self._pace.back, one, cookie)
        if is_told:
            yield from self._tell(at + self._pace.webhook, one)

    def visit(
        self, path: str, page_at: float, button_at: float, **fields: str
    ) -> Generator[Step, Answer, tuple[str, dict[str, str]]]:
        """Open the page of a link and press its button; return the cookie, and the fields of the form."""
        answer = yield Step(page_at, "page of a link", message("GET", path, _BROWSER))
        action = _ACTION.search(answer.body)
        expect(answer.status == 200 and answer.cookie and action, "no page with a button", answer)
        cookie = answer.cookie
        headers = {**_BROWSER, "Cookie": cookie, "Origin": BASE_URL, "Sec-Fetch-Site": "same-origin"}
        button = message("POST", action[1].decode() if action else "", headers)
        answer = yield Step(button_at, "start of a link", button)
        form = self._read_form(answer, 303, **fields)
        self._ledger.visits += 1
        return cookie, form

    def _new_link(
        self, number: int, at: float, more: Mapping[str, object]
    ) -> Generator[Step, Answer, dict[str, Any]]:
        label = f"order {number}"
        body = {"project": PROJECT, "pipeline": "id_document", "label": label, "next": NEXT_URL, **more}
        headers = {
            "Host": "kyc.chain.example",
            "Authorization": f"Bearer {_SELLERS[number % len(_SELLERS)]}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"order-{number}",
        }
        request = message("POST", "/api/links", headers, json.dumps(body).encode())
        answer = yield Step(at, "create by the API", request)
        expect(answer.status == 201, "no link", answer)
        link: dict[str, Any] = json.loads(answer.body)
        expect((link["state"], link["uses"], link["label"]) == ("active", 0, label), "another link", answer)
        self._ledger.links.add(link["id"])
        return link

    def _come_back(self, at: float, one: Submission, cookie: str) -> Actor:
        headers = {**_BROWSER, "Cookie": cookie}
        answer = yield Step(at, "return", message("GET", self._vendor.return_path(one), headers))
        wanted = f"{NEXT_URL}?result="
        expect(answer.status == 303 and answer.header("location").startswith(wanted), "not taken", answer)
        self._ledger.returned[one.id] = one.claimed

    def _tell(self, at: float, one: Submission) -> Actor:
        headers = {"Host": "kyc.chain.example", "Content-Type": "application/json"}
        headers["X-Forwarded-For"] = VENDOR_ADDRESS
        request = message("POST", f"/webhooks/{PROJECT}", headers, self._vendor.webhook(one))
        answer = yield Step(at, "webhook", request)
        expect(answer.status == 200 and answer.body == _TAKEN, "not taken", answer)
        self._ledger.told[one.id] = one.decided

    def _read_form(self, answer: Answer, status: int, **fields: str) -> dict[str, str]:
        """Return the fields of the form that an answer leads to; they are those of the link, and a state."""
        form = self._vendor.form_fields(answer.header("location")) if answer.status == status else None
        expect(form is not None and form.keys() == {*fields, *_ADDED}, "no form", answer)
        found = form or {}
        expect(all(found[name] == value for name, value in fields.items()), "another's form", answer)
        return found


def _path(link: Mapping[str, str]) -> str:
    return link["url"].removeprefix(BASE_URL)

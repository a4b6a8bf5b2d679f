"""The table of answers: which route may show what, where, to whom, and why.

A canary that is not in a row of its route must not be in an answer, and in a refusal only what is marked so.
A new route needs a row, if only an empty one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from canaries import Canaries

    from tests.canary.recorder import Exchange

BODY, LOCATION, COOKIE, HEADERS = "body", "location", "cookie", "headers"
PARTS: Final = (BODY, LOCATION, COOKIE, HEADERS)
# Whoever asks has sent one of these.
PROGRAM: Final = ("office token", "reader token")
STAFF: Final = ("session cookie",)
TABLET: Final = ("tablet cookie",)
LINK: Final = ("link token",)
RETURN: Final = ("return", "visit state")
CODE: Final = ("hand-over code", "result page", "ticket", "result code")
ANYBODY: Final = ()


class Shown(NamedTuple):
    """What a route may show.

    Attributes:
        part: of the answer; a redirect's body has the same as its Location.
        to: what whoever asks must have sent.
        names: of canaries.
        why: in words.
        when_refused: whether it may be in a refusal too.
    """

    part: str
    to: tuple[str, ...]
    names: tuple[str, ...]
    why: str
    when_refused: bool = False


_UNKNOWN_NAME: Final = Shown(
    BODY, ANYBODY, ("path",), "the name of a member that nobody knows, as it was sent", when_refused=True
)
_FORM: Final = ("form URL", "visit state", "email", "userid", "cf1", "cf2")
_TO_THE_FORM: Final = (
    Shown(
        LOCATION, LINK, _FORM, "the vendor's form needs the fields; a project without a key sends them plain"
    ),
    Shown(COOKIE, LINK, ("browser cookie",), "tells this browser from others"),
)
_OF_LINKS: Final = ("link token", "wait token", "label", "note", "next", "userid prefix")
_MADE_LINKS: Final = (
    Shown(BODY, PROGRAM, _OF_LINKS, "who makes and reads links needs their addresses"),
    _UNKNOWN_NAME,
)
_SESSION: Final = (
    Shown(
        COOKIE,
        ANYBODY,
        ("session cookie",),
        "the session of this browser, renewed",
        when_refused=True,
    ),
)
_KIOSK_NAME: Final = Shown(BODY, STAFF, ("kiosk",), "staff named the tablet")
_LIST: Final = Shown(
    BODY, STAFF, ("label", "kiosk", "search", "userid", "email"), "the list, and what was searched for"
)

ANSWERS: Final[Mapping[str, tuple[Shown, ...]]] = {
    "static": (),
    "openapi": (),
    "health.healthz": (),
    "health.readyz": (),
    "metrics.show": (),
    "inbox.receive": (),
    "api_links.create_link": _MADE_LINKS,
    "api_links.list_links": _MADE_LINKS,
    "api_links.get_link": (
        Shown(BODY, PROGRAM, _OF_LINKS, "as of the list; the user ids of its visits begin with the prefix"),
    ),
    "api_links.revoke_link": (),
    "api_returns.read_return": (
        _UNKNOWN_NAME,
        Shown(
            BODY, RETURN, ("result code", "wait token"), "for the page that has the return, and its cookie"
        ),
        Shown(BODY, PROGRAM, ("email", "userid", "cf1", "cf2", "visit state"), "all claims, with RESULTS"),
    ),
    "api_returns.exchange_result": (
        _UNKNOWN_NAME,
        Shown(BODY, PROGRAM, ("label", "userid"), "whose result it is"),
    ),
    "api_visits.get_visit": (_UNKNOWN_NAME, Shown(BODY, PROGRAM, ("label",), "whose visit it is")),
    "api_waits.get_wait": (),
    "open_link.open_link": (
        *_TO_THE_FORM,
        Shown(BODY, LINK, ("link token",), "the button opens the link"),
        Shown(BODY, LINK, ("hand-over code",), "the browser that has the visit may hand it over"),
        Shown(LOCATION, LINK, ("userid prefix",), "the user id that this visit gets"),
    ),
    "open_link.redeem": (
        *_TO_THE_FORM,
        Shown(BODY, LINK, ("next",), "a link that is over says where to go on", when_refused=True),
    ),
    "qr.svg": (),
    "qr.png": (),
    "qr.poster": (Shown(BODY, LINK, ("link token",), "the address of the image"),),
    "hand_over.show": (
        Shown(BODY, CODE, ("hand-over code", "link token"), "what to open elsewhere, and the way back"),
    ),
    "hand_over.take": (
        Shown(LOCATION, CODE, ("form URL",), "the form of the visit that was handed over"),
        Shown(COOKIE, CODE, ("browser cookie",), "tells this browser from others"),
    ),
    "return_url.receive": (
        Shown(LOCATION, RETURN, ("next", "result code"), "where the link leads on, with a code of one use"),
        Shown(LOCATION, ANYBODY, ("result page",), "a page that says one word; made for this return"),
    ),
    "return_url.result": (),
    "console.sign_in": (
        *_SESSION,
        Shown(LOCATION, STAFF, ("search",), "back to the search that asked for the sign-in"),
    ),
    "console.sign_out": _SESSION,
    "console.home": (
        *_SESSION,
        _LIST,
        Shown(COOKIE, ANYBODY, ("userid",), "the address that is opened after the sign-in, for this browser"),
    ),
    "console.link_states": _SESSION,
    "sign_ins.page": (*_SESSION, _KIOSK_NAME),
    "sign_ins.end": _SESSION,
    "sign_ins.end_all": _SESSION,
    "new_link.show": _SESSION,
    "new_link.create": (
        *_SESSION,
        Shown(
            BODY,
            STAFF,
            ("label", "email", "path"),
            "a form with a mistake keeps what was typed",
            when_refused=True,
        ),
    ),
    "link_page.show": (
        *_SESSION,
        Shown(BODY, STAFF, ("link token", "label", "note", "next"), "staff look at this link"),
    ),
    "link_page.revoke": _SESSION,
    "link_page.ask_vendor": _SESSION,
    "console_webhooks.page": _SESSION,
    "console_webhooks.event": (
        *_SESSION,
        Shown(BODY, STAFF, ("label",), "the link that it is about"),
        Shown(
            BODY,
            STAFF,
            ("email", "userid", "cf1", "cf2", "name", "phone", "visit state", "token id"),
            "the body, if it is asked for, with RESULTS",
        ),
    ),
    "console_webhooks.replay": _SESSION,
    "kiosk_setup.start": (
        *_SESSION,
        _KIOSK_NAME,
        Shown(BODY, STAFF, ("ticket",), "the address that makes a tablet a kiosk, once"),
        Shown(
            BODY,
            STAFF,
            ("label", "kiosk", "userid prefix", "path"),
            "the list, and what was typed",
            when_refused=True,
        ),
    ),
    "kiosk.start": (Shown(BODY, CODE, ("kiosk", "ticket"), "the name of the store, and its button"),),
    "kiosk.become": (Shown(COOKIE, CODE, ("tablet cookie",), "makes the tablet a kiosk"),),
    "kiosk.screen": (
        Shown(BODY, TABLET, ("kiosk",), "the name of the store"),
        Shown(COOKIE, TABLET, ("tablet cookie",), "renewed"),
    ),
    "kiosk.new_code": (Shown(BODY, TABLET, ("link token",), "the code to show"),),
    "kiosk.code_states": (),
}


def parts_of(exchange: Exchange) -> Iterator[tuple[str, str | bytes]]:
    """Yield the parts of an answer, with what is in them."""
    is_redirect = 300 <= exchange.status < 400
    location = exchange.header("Location")
    yield BODY, b"" if is_redirect else exchange.answer
    yield LOCATION, location + (exchange.answer.decode(errors="replace") if is_redirect else "")
    yield COOKIE, exchange.header("Set-Cookie")
    yield HEADERS, exchange.other_headers


def shown_in(exchange: Exchange, canaries: Canaries) -> set[tuple[str, str]]:
    """Return part and name of each canary in an answer."""
    return {(part, name) for part, content in parts_of(exchange) for name in canaries.found_in(content)}


def leaks_in(exchange: Exchange, canaries: Canaries) -> set[tuple[str, str]]:
    """Return part and name of each canary in an answer that its route may not show to whoever asked."""
    shown = shown_in(exchange, canaries)
    if not shown:
        return shown
    sent = canaries.found_in(*exchange.environ.values(), exchange.body)
    allowed = {
        (row.part, name)
        for row in ANSWERS.get(exchange.endpoint, ())
        if (row.when_refused or exchange.status < 400) and (not row.to or sent & set(row.to))
        for name in row.names
    }
    return shown - allowed

"""Tests that run the two attacks of docs/attacks.md, on everything that reads a return, at every position.

Both use that AES-256-ECB, with which the vendor encrypts Return URLs, encrypts each block of 16 bytes by
itself. The attacker has no key, an account of their own, and returns or form URLs of somebody else.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode, urlsafe_b64decode
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sites import NOW, TOKEN, VENDOR_KEY, Clock, settings

from liveform import KycStatus, LiveformError, Project, ReturnClaims, UntrustedInputError
from liveform.webhooks import confirm_return
from webhelper import create_app
from webhelper.simulate import LocalSimulator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from liveform.rest import Client

BLOCK = 16
WITH_TOKEN = {"Authorization": f"Bearer {TOKEN}"}


class Person(NamedTuple):
    """Somebody who did a check, with the browser, the link and the bytes of ``encrypted`` that came back."""

    name: str
    browser: FlaskClient
    link_id: str
    state: str
    encrypted: bytes


@pytest.fixture
def simulator() -> Iterator[LocalSimulator]:
    """Yield the vendor."""
    with LocalSimulator(return_url="https://shop.example.com/return/shop") as running:
        yield running


def site_of(project: Project, tmp_path: Path) -> Flask:
    """Return a site of the web helper with one project."""
    return create_app(settings(tmp_path, PROJECTS={"shop": project}))


@pytest.fixture
def site(simulator: LocalSimulator, tmp_path: Path) -> Iterator[Flask]:
    """Yield a site whose links lead to the simulator."""
    app = site_of(simulator.project, tmp_path)
    yield app
    app.extensions["webhelper"].links.store.close()


def check(site: Flask, simulator: LocalSimulator, name: str, outcome: str) -> Person:
    """Let somebody open a link of their own and do the check, and stop them before the Return URL."""
    browser = site.test_client()
    body = {"pipeline": "id_document", "fields": {"userid": name}, "next": "https://app.example.com/done"}
    link = browser.post("/api/links", json=body, headers=WITH_TOKEN).get_json()
    form_url = browser.post(urlsplit(link["url"]).path).headers["Location"]
    query = parse_qs(urlsplit(simulator.complete(form_url, outcome)).query)
    (encrypted,) = query["encrypted"]
    claims = simulator.project.read_return({"encrypted": encrypted})
    assert (claims.userid, str(claims.kyc_status)) == (name, outcome)
    return Person(name, browser, link["id"], claims.cf3 or "", b64decode(encrypted))


def spliced(one: bytes, other: bytes) -> Iterator[str]:
    """Yield every text of the first blocks of one return and the last blocks of another, also overlapping."""
    for first in range(0, len(one) + 1, BLOCK):
        for second in range(0, len(other) + 1, BLOCK):
            yield b64encode(one[:first] + other[second:]).decode()


def both_ways(one: bytes, other: bytes) -> Iterator[str]:
    """Yield every splice of two returns."""
    yield from spliced(one, other)
    yield from spliced(other, one)


def outcome_of(site: Flask, person: Person) -> dict[str, Any] | None:
    """Return the outcome of somebody's link."""
    link = site.test_client().get(f"/api/links/{person.link_id}", headers=WITH_TOKEN).get_json()
    found: dict[str, Any] | None = link["outcome"]
    return found


def test_spliced_return_is_never_an_approval(  # A3, A4
    simulator: LocalSimulator, site: Flask
) -> None:
    """Whatever is put together of an approved and a rejected return, nobody who was rejected is approved.

    Some read as approved: no reader of the Return URL can notice that. They stay claims of the attacker's own
    visit, and the vendor's API denies each of them. Nothing is noted for the person who was approved.
    """
    alice = check(site, simulator, "user_alice", "approved")
    mallory = check(site, simulator, "user_mally", "rejected")
    read_as_approved = 0
    with simulator.project.client() as client:
        for text in both_ways(alice.encrypted, mallory.encrypted):
            answer = mallory.browser.post("/api/returns", json={"encrypted": text})
            told = answer.get_json()
            if answer.status_code == 200 and told["state_ok"]:
                assert told["claimed"] is True
            try:
                claims = simulator.project.read_return({"encrypted": text}, require_encrypted=True)
            except UntrustedInputError:
                continue
            if claims.kyc_status is KycStatus.APPROVED and claims.userid == mallory.name:
                read_as_approved += 1
                assert not is_confirmed(client, claims, mallory)
    assert read_as_approved > 0  # the attack works where claims are believed
    assert outcome_of(site, alice) is None


def is_confirmed(client: Client, claims: ReturnClaims, person: Person) -> bool:
    """Return whether the vendor's API confirms that this person, with this state, is approved."""
    try:
        confirmed = confirm_return(claims, client, expect={"userid": person.name, "cf3": person.state})
    except LiveformError:
        return False
    return confirmed.status == "approved"


def test_return_of_somebody_else_is_never_ones_own(  # A3, A4, A5
    simulator: LocalSimulator, site: Flask
) -> None:
    """The finished return of another person gives no code in another browser, with a cookie or without."""
    alice = check(site, simulator, "user_alice", "approved")
    mallory = check(site, simulator, "user_mally", "rejected")
    query = urlencode({"encrypted": b64encode(alice.encrypted).decode()})
    for browser in (mallory.browser, site.test_client(), site.test_client(use_cookies=False)):
        assert browser.get(f"/return/shop?{query}").status_code == 403
        told = browser.post("/api/returns", json={"query": query}).get_json()
        assert (told["state_ok"], told["code"]) == (False, None)
    assert outcome_of(site, alice) is None
    assert alice.browser.get(f"/return/shop?{query}").status_code == 303


def test_plain_return_with_ones_own_state_is_never_an_approval(  # A2
    simulator: LocalSimulator, site: Flask
) -> None:
    """Who has learned their own state cannot write a plain return with it."""
    mallory = check(site, simulator, "user_mally", "rejected")
    query = urlencode({"kycStatus": "approved", "userid": mallory.name, "cf3": mallory.state})
    assert mallory.browser.get(f"/return/shop?{query}").status_code == 400
    assert mallory.browser.post("/api/returns", json={"query": query}).status_code == 400
    assert outcome_of(site, mallory) is None
    with pytest.raises(UntrustedInputError):
        simulator.project.read_return(query, require_encrypted=True)


VICTIM = {
    "userid": "vqzx_4711",
    "email": "jkqzw.vxqjk.zzwvq.kqjxz@qzkwx.test",
    "cf1": "zkqv 42 xwzq kkyy qqzz",
}
SHOP = Project("shoppid001", key=VENDOR_KEY, cipher="ecb", return_encrypted=True)


def stolen_texts() -> Iterator[str]:
    """Yield returns of the attacker with each block of the victim's form URL behind each of their own.

    The attacker chose their own user id so that a block ends inside each member in turn.
    """
    victim = b64decode(SHOP.encrypt(VICTIM))
    for length in range(BLOCK):
        for member in ("submissionId", "errorCode", "kycStatus", "email", "cf1", "cf3"):
            members = {"userid": "m" * length, member: "0123456789abcdef", "other": "x"}
            own = b64decode(SHOP.encrypt(members))
            for place in range(BLOCK, len(own), BLOCK):
                for start in range(0, len(victim), BLOCK):
                    block = victim[start : start + BLOCK]
                    yield b64encode(own[:place] + block + own[place:]).decode()


def pieces() -> set[str]:
    """Return every five characters of what the victim's form URL says."""
    return {value[at : at + 5] for value in VICTIM.values() for at in range(len(value) - 4)}


def opened_texts(location: str) -> str:
    """Return an address with what its signed values say, which anybody can read."""
    code = location.rpartition("/")[2].partition(".")[0]
    return location + urlsafe_b64decode(code + "=" * (-len(code) % 4)).decode(errors="replace")


@pytest.fixture
def oracle(tmp_path: Path) -> Iterator[Flask]:
    """Yield a site of an ECB project."""
    app = site_of(SHOP, tmp_path)
    yield app
    app.extensions["webhelper"].links.store.close()


def test_no_block_of_somebody_else_is_decrypted(oracle: Flask) -> None:  # A1
    """No answer holds five characters of a stolen block, and all that decrypts is answered in one shape."""
    client, wanted = oracle.test_client(), pieces()
    shapes, decrypted = set(), 0
    for text in stolen_texts():
        answer = client.post("/api/returns", json={"encrypted": text})
        told = answer.get_json()
        assert not any(piece in answer.text for piece in wanted)
        if answer.status_code == 200:
            decrypted += 1
            shapes.add((tuple(told), *list(told.values())[1:]))
        else:
            assert (answer.status_code, told["error"]["message"]) == (400, "the return cannot be read")
    names = ("status", "state_ok", "code", "wait", "claims", "claimed")
    assert shapes == {(names, False, None, None, None, True)}
    assert decrypted > 0


def test_no_page_tells_a_block_of_somebody_else(oracle: Flask) -> None:  # A1
    """Neither the address nor the page of a result holds five characters of a stolen block."""
    client, wanted = oracle.test_client(), pieces()
    for number, text in enumerate(stolen_texts()):
        if number % 7 == 0:  # each page takes a while
            answer = client.get("/return/shop", query_string={"encrypted": text})
            location = answer.headers.get("Location", "")
            told = answer.text + opened_texts(location)
            told += client.get(location).text if location else ""
            assert not any(piece in told for piece in wanted)


def test_what_a_block_would_say_is_found(oracle: Flask) -> None:
    """The attack works on who gets the claims, so that finding nothing means something."""
    client, wanted = oracle.test_client(), pieces()
    found = set()
    for text in stolen_texts():
        answer = client.post("/api/returns", json={"encrypted": text}, headers=WITH_TOKEN)
        found |= {piece for piece in wanted if piece in json.dumps(answer.get_json().get("claims"))}
    assert len(found) > len(wanted) / 3


def test_read_return_shows_no_text_in_errors_and_reprs() -> None:  # A1
    """The errors of ``read_return`` and the repr of claims, which a site may log, hold no stolen block."""
    wanted = pieces()
    for text in stolen_texts():
        try:
            told = repr(SHOP.read_return({"encrypted": text}))
        except LiveformError as error:
            told = f"{error} {error!r}"
        assert not any(piece in told for piece in wanted)


def test_code_of_a_return_needs_an_api_token(oracle: Flask) -> None:  # A1, A5
    """The claims behind a result code are for the site's server alone."""
    browser = oracle.test_client()
    body = {"pipeline": "id_document", "fields": {"userid": "user_mally"}}
    link = browser.post("/api/links", json=body, headers=WITH_TOKEN).get_json()
    form_url = browser.post(urlsplit(link["url"]).path).headers["Location"]
    state = SHOP.decrypt(parse_qs(urlsplit(form_url).query)["encrypted"][0])["cf3"]
    encrypted = SHOP.encrypt({"kycStatus": "approved", "submissionId": "jane.doe", "cf3": state})
    code = browser.post("/api/returns", json={"encrypted": encrypted}).get_json()["code"]
    assert browser.post("/api/results", json={"code": code}).status_code == 401
    answer = browser.post("/api/results", json={"code": code}, headers=WITH_TOKEN)
    assert answer.get_json()["submission_id"] == "jane.doe"


def test_old_state_of_the_attacker_ends_after_a_day(tmp_path: Path) -> None:  # A3
    """A return is good for a day, also in the browser that redeemed the link."""
    clock = Clock()
    app = create_app(settings(tmp_path, PROJECTS={"shop": SHOP}), clock=clock)
    browser = app.test_client()
    body = {"pipeline": "id_document"}
    link = browser.post("/api/links", json=body, headers=WITH_TOKEN).get_json()
    form_url = browser.post(urlsplit(link["url"]).path).headers["Location"]
    state = SHOP.decrypt(parse_qs(urlsplit(form_url).query)["encrypted"][0])["cf3"]
    encrypted = SHOP.encrypt({"kycStatus": "approved", "cf3": state})
    clock.now = NOW + 86_400
    assert not browser.post("/api/returns", json={"encrypted": encrypted}).get_json()["state_ok"]
    app.extensions["webhelper"].links.store.close()

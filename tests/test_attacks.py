"""Tests that run the attacks of docs/attacks.md, those on returns at every position.

Splice and oracle use that AES-256-ECB, with which the vendor encrypts Return URLs, encrypts each block of 16
bytes by itself. The attacker has no key, an account of their own, and returns or form URLs of somebody else.
"""

from __future__ import annotations

import json
import time
from base64 import b64decode, b64encode, urlsafe_b64decode
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from confirmed_sites import ConfirmedSite
from sites import KEY, NOW, OTHER_KEY, TOKEN, VENDOR_KEY, Clock, settings

from liveform import KycStatus, LiveformError, Project, ReturnClaims, UntrustedInputError
from liveform.webhooks import build_event, confirm_return, read_event
from webhelper import create_app
from webhelper.confirmation.matching import Matcher
from webhelper.links.signing.visit_state import VisitStates
from webhelper.simulate import LocalSimulator, local_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from liveform.rest import Client
    from webhelper.simulate.ready_made import Keys

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


# --- what webhooks add --------------------------------------------------------------------------------------


class Attacked:
    """A site that takes webhooks, with two people who began a check: a customer, and the attacker."""

    def __init__(self, tmp_path: Path, project: Project, **changes: object) -> None:
        self.site = ConfirmedSite(tmp_path, project, time.time, **changes)
        self.customer = self.site.start("user_alice")
        self.attacker = self.site.start("user_mally")

    def approved(self, state: str, submission_id: str = "s-17", **members: object) -> bytes:
        """Return an event that says approved, as anybody can write it."""
        result = {"status": "approved", "updated_at": "2026-06-24T01:02:03.456Z"}
        made = {"submission_id": submission_id, "cf": {"cf3": state}, "kyc_result": result}
        return build_event("approved", made | members, self.site.project)

    def shown(self) -> tuple[str | None, str | None]:
        """Work all events, and return what is shown of the customer and of the attacker."""
        self.site.work()
        return self.site.shown(self.customer.visit_id), self.site.shown(self.attacker.visit_id)


@pytest.fixture
def attacked(tmp_path: Path) -> Iterator[Attacked]:
    """Yield a site of a plain project without an API key, which has to believe the vendor's address."""
    one = Attacked(tmp_path, Project("abc123de45"))
    yield one
    one.site.close()


@pytest.fixture
def guarded(simulator: LocalSimulator, tmp_path: Path) -> Iterator[Attacked]:
    """Yield a site that asks the vendor's API."""
    one = Attacked(tmp_path, simulator.project)
    yield one
    one.site.close()


def test_forged_webhook_from_another_address_is_refused(attacked: Attacked) -> None:
    """Nobody but the vendor's address gets an event in, whatever the headers say."""
    body = attacked.approved(attacked.attacker.state)
    for headers in (
        {},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Real-IP": "127.0.0.1", "Forwarded": "for=127.0.0.1"},
    ):
        answer = attacked.site.post(body, environ_overrides={"REMOTE_ADDR": "203.0.113.7"}, headers=headers)
        assert answer.status_code == 403
    assert attacked.site.events() == []
    assert attacked.shown() == (None, None)


def test_forged_webhook_from_the_right_address_needs_a_state_of_ours(
    attacked: Attacked, tmp_path: Path
) -> None:
    """Whoever gets an event in confirms nothing without a state that this site signed for this user."""
    alice, mallory = attacked.customer.state, attacked.attacker.state
    (tmp_path / "other").mkdir()
    other = ConfirmedSite(tmp_path / "other", Project("abc123de45"), time.time, SECRET_KEYS=[OTHER_KEY])
    texts = ["", "user_mally", mallory[:-1], mallory + "A", mallory.upper(), other.start("user_mally").state]
    texts += [mallory.rpartition(".")[0] + "." + alice.rpartition(".")[2]]  # the customer's signature
    for number, text in enumerate(texts):
        attacked.site.post(attacked.approved(text, f"s-{number}"))
    attacked.site.post(attacked.approved(mallory, "s-98", userid="user_alice"))
    attacked.site.post(attacked.approved(alice, "s-99", userid="user_mally"))
    other.close()
    assert attacked.shown() == (None, None)
    assert len(attacked.site.events()) == len(texts) + 2


def test_forged_webhook_with_ones_own_state_is_believed_without_an_api_key(attacked: Attacked) -> None:
    """The attack works where the address is all that is checked, so that the tests above mean something."""
    attacked.site.post(attacked.approved(attacked.attacker.state))
    assert attacked.shown() == (None, "approved confirmed webhook")


def test_forged_webhook_is_not_believed_where_the_api_is_asked(
    guarded: Attacked, simulator: LocalSimulator
) -> None:
    """With an API key, no made-up submission, no rejected one and no other person's approves anybody."""
    simulator.complete(guarded.customer.form_url, "approved")
    theirs = json.loads(simulator.events[-1])["submission_id"]
    simulator.complete(guarded.attacker.form_url, "rejected")
    own = json.loads(simulator.events[-1])["submission_id"]
    for submission_id in ("s-17", own, theirs):
        guarded.site.post(guarded.approved(guarded.attacker.state, submission_id, userid="user_mally"))
    assert guarded.shown() == ("approved confirmed api", "rejected confirmed api")


def test_event_of_another_project_is_worth_nothing(tmp_path: Path) -> None:
    """A state, and with Secure Data Transfer an event, holds for its own project alone."""
    shops = {
        name: Project(f"{name}pid01", api_key=f"an-API-key-of-{name}", secure_data_transfer=True)
        for name in ("red", "blue")
    }
    site = ConfirmedSite(tmp_path, shops["red"], time.time, PROJECTS=shops)
    red = site.start("user_mally", project="red")
    body = build_event("approved", {"submission_id": "s-17", "cf": {"cf3": red.state}}, shops["red"])
    assert site.post(body, "blue").status_code == 400
    assert site.post(build_event("approved", {}, shops["blue"]), "red").status_code == 400
    moved = build_event("approved", {"submission_id": "s-17", "cf": {"cf3": red.state}}, shops["blue"])
    assert site.post(moved, "blue").status_code == 200
    matcher = Matcher(VisitStates([KEY], time.time), "cf3", site.store.inbox)
    assert matcher.visit_of_event("blue", read_event(moved, shops["blue"])) is None
    site.close()


def test_event_that_is_posted_again_changes_nothing(guarded: Attacked, simulator: LocalSimulator) -> None:
    """An old approval that is replayed after the rejection is a duplicate, and not worked again."""
    simulator.complete(guarded.attacker.form_url, "pending")
    pending = simulator.events[-1]
    guarded.site.post(pending)
    assert guarded.shown()[1] == "pending confirmed api"
    simulator.review(json.loads(pending)["submission_id"], "rejected")
    guarded.site.post(simulator.events[-1])
    assert guarded.shown()[1] == "rejected confirmed api"
    for _ in range(3):
        assert guarded.site.post(pending).get_json() == {"received": True, "duplicate": True}
    assert guarded.shown()[1] == "rejected confirmed api"


def typed_url(simulator: LocalSimulator, state: str, userid: str) -> str:
    """Return a form URL that somebody typed: plain, with a state that they saw somewhere."""
    return Project(simulator.project.pid, base_url=simulator.base_url).form_url(userid=userid, cf3=state)


def test_stolen_state_beside_ones_own_user_id_is_worth_nothing(
    guarded: Attacked, simulator: LocalSimulator
) -> None:
    """Whoever types the customer's state into a form URL of their own confirms neither of the two."""
    simulator.complete(typed_url(simulator, guarded.customer.state, "user_mally"), "approved")
    for body in simulator.events:
        guarded.site.post(body)
    assert guarded.shown() == (None, None)


def test_stolen_state_and_user_id_are_believed_of_a_plain_form_url(
    guarded: Attacked, simulator: LocalSimulator
) -> None:
    """What is left: who knows state and user id can do the check in the customer's place."""
    simulator.complete(typed_url(simulator, guarded.customer.state, "user_alice"), "rejected")
    for body in simulator.events:
        guarded.site.post(body)
    assert guarded.shown() == ("rejected confirmed api", None)


def encryption_only(keys: Keys, base_url: str, **_: object) -> Project:
    """Return the simulated project as it is in Encryption-only mode."""
    return Project(
        keys.pid,
        key=keys.key,
        cipher="gcm",
        encryption_only=True,
        base_url=base_url,
        api_key=keys.api_key,
        api_url=f"{base_url}/v3",
    )


def test_encryption_only_mode_takes_no_state_from_a_typed_form_url(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In Encryption-only mode the vendor ignores what is typed, so that a stolen state reaches nobody."""
    monkeypatch.setattr(local_server, "project_of", encryption_only)
    with LocalSimulator() as simulator:
        guarded = Attacked(tmp_path, simulator.project)
        simulator.complete(typed_url(simulator, guarded.customer.state, "user_alice"), "rejected")
        simulator.complete(guarded.customer.form_url, "approved")
        for body in simulator.events:
            guarded.site.post(body)
        assert guarded.shown() == ("approved confirmed api", None)
        guarded.site.close()


def test_claim_of_somebody_elses_submission_is_not_confirmed(
    guarded: Attacked, simulator: LocalSimulator
) -> None:
    """Whoever claims the customer's submission in a return of their own gets no confirmation of it."""
    back = simulator.complete(guarded.customer.form_url, "approved")
    theirs = simulator.project.read_return(back).submission_id
    claims = {"kycStatus": "approved", "submissionId": theirs, "cf3": guarded.attacker.state}
    guarded.site.come_back(guarded.attacker, simulator.project.build_return("https://x.test/", claims))
    path = f"/api/visits/{guarded.attacker.visit_id}?confirm=true"
    told = guarded.site.call("GET", path).get_json()
    assert (told["api_check"], told["outcome"]["level"]) == ("other_visit", "claimed")

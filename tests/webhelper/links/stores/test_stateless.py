"""These tests use links that carry everything themselves, and refuse what cannot be kept that way."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sites import HOLDER, KEY, NOW, OTHER_KEY, Clock, link_request, link_service, new_visit
from vector_files import signed_values, vector_name

from liveform import ExpiredError, FieldError, LiveformError, Pipeline
from webhelper.errors import NotKeptError, UnknownLinkError
from webhelper.links.models import LinkSpec, LinkState
from webhelper.links.outcomes import Outcome, Result
from webhelper.links.service import LinkService
from webhelper.links.signing.link_tokens import MAX_TOKEN_CHARS
from webhelper.links.signing.sealing import Sealer
from webhelper.links.stores.base import IdempotencyKey
from webhelper.links.stores.inbox import InboxStore
from webhelper.links.stores.leases import LeaseStore
from webhelper.links.stores.lists import Filter, OpenVisits
from webhelper.links.stores.outbox import OutboxStore
from webhelper.links.stores.sessions import SessionStore
from webhelper.links.stores.stateless import StatelessStore
from webhelper.links.stores.token_ids import TokenIdStore
from webhelper.links.visit_ids import link_id_of

STORE = StatelessStore(Sealer([KEY]))
OUTCOME = Outcome(result=Result.APPROVED, submission_id="s", error_code=None, at=NOW)


@pytest.fixture
def service() -> LinkService:
    """Return a link service that works without a store."""
    return link_service(Path(), Clock(), STORE)


@pytest.mark.parametrize("entry", signed_values("sealed links"), ids=vector_name)
def test_sealed_link_of_a_known_order_has_the_known_token(
    entry: dict[str, Any], counted_bytes: None, tmp_path: Path
) -> None:
    """A link of a site without a store has the same token in every version."""
    store = StatelessStore(Sealer(entry["secret_keys"]))
    service = link_service(tmp_path, Clock(entry["now"]), store, keys=entry["secret_keys"])
    ordered = link_request(
        project=entry["project"],
        pipeline=Pipeline(entry["pipeline"]),
        fields=entry["fields"],
        expires_in=entry["expires_at"] - entry["now"],
        max_uses=None,
    )
    link, _ = service.create(ordered, by=HOLDER)
    found = service.find(entry["token"])
    assert service.token(link) == entry["token"]
    assert found == link
    assert (found.id, found.created_at) == (entry["id"], entry["now"])
    assert (found.spec.project, found.spec.pipeline.value) == (entry["project"], entry["pipeline"])
    assert (found.spec.fields, found.spec.expires_at) == (entry["fields"], entry["expires_at"])


def test_sealed_link_holds_its_order(service: LinkService) -> None:
    """A sealed link carries its fields, project and expiry."""
    fields = {"userid": "jane", "email": "jane@example.com", "cf1": "매장", "allowedCountries": "USA,KOR"}
    link, is_new = service.create(link_request(max_uses=None, fields=fields, expires_in=60), by=HOLDER)
    found = service.find(service.token(link))
    assert is_new
    assert found == link
    assert dict(found.spec.fields) == fields
    assert (found.spec.project, found.spec.expires_at) == ("shop", int(NOW) + 60)
    assert (found.spec.max_uses, found.uses, found.created_at) == (None, 0, NOW)
    assert len(found.id) == 16


def test_sealed_link_hides_what_it_carries(service: LinkService) -> None:
    """The payload of a sealed link shows neither its user id nor its project."""
    link, _ = service.create(link_request(max_uses=None, fields={"userid": "jane"}), by=HOLDER)
    assert b"jane" not in link.payload
    assert b"shop" not in link.payload


def test_sealed_links_of_one_order_differ(service: LinkService) -> None:
    """Twenty sealed links of the same link request have different ids and payloads."""
    links = [service.create(link_request(max_uses=None), by=HOLDER)[0] for _ in range(20)]
    assert len({link.id for link in links}) == len({link.payload for link in links}) == 20


@pytest.mark.parametrize(
    ("changes", "idempotency_key", "name"),
    [
        ({"max_uses": 1}, None, "max_uses"),
        ({"max_uses": 5}, None, "max_uses"),
        ({"unique_userid": "guest-"}, None, "unique_userid"),
        ({"label": "Poster"}, None, "label"),
        ({"next": "https://app.example.com/"}, None, "next"),
        ({}, IdempotencyKey("tests", "key", b"digest"), "Idempotency-Key"),
    ],
)
def test_sealed_link_with_what_cannot_be_kept_is_refused_by_name(
    changes: dict[str, Any], idempotency_key: IdempotencyKey | None, name: str, service: LinkService
) -> None:
    """An option that needs a store is refused by its name, and only that one is named."""
    with pytest.raises(NotKeptError) as caught:
        service.create(
            link_request(**{"max_uses": None} | changes), by=HOLDER, idempotency_key=idempotency_key
        )
    assert name in str(caught.value)
    others = {"max_uses", "unique_userid", "label", "next", "Idempotency-Key"} - {name}
    assert not any(other in str(caught.value) for other in others)


def test_sealed_link_is_refused_with_all_that_cannot_be_kept_at_once(service: LinkService) -> None:
    """Several options that need a store are refused together, with what to send instead."""
    with pytest.raises(NotKeptError, match=r"max_uses \(send null: .*\), label, unique_userid"):
        service.create(link_request(unique_userid="g-", label="x"), by=HOLDER)


@pytest.mark.parametrize(("after", "expired"), [(0, False), (899.9, False), (900, True), (10**9, True)])
def test_sealed_link_opens_until_it_expires(after: float, expired: bool, service: LinkService) -> None:
    """A sealed link opens any number of times within its 900 seconds, and not after them."""
    link, _ = service.create(link_request(max_uses=None), by=HOLDER)
    if expired:
        assert link.state(NOW + after) is LinkState.EXPIRED
        with pytest.raises(ExpiredError):
            STORE.visit(link, new_visit(link, at=NOW + after), browser=None)
    else:
        visits = [STORE.visit(link, new_visit(link, at=NOW + after), browser=None) for _ in range(3)]
        assert len({visit.id for visit in visits}) == 3
        assert {visit.link_id for visit in visits} == {link.id}


@pytest.mark.parametrize("position", range(8))
def test_sealed_link_changed_is_unknown(position: int, service: LinkService) -> None:
    """A sealed link with a changed bit of its payload is unknown."""
    link, _ = service.create(link_request(max_uses=None), by=HOLDER)
    payload = bytearray(link.payload)
    payload[position * len(payload) // 8] ^= 1
    with pytest.raises(UnknownLinkError):
        STORE.find(bytes(payload))


@given(st.binary(max_size=200))
def test_sealed_link_of_any_bytes_is_unknown(payload: bytes) -> None:
    """Any bytes that are not a sealed link are unknown."""
    with pytest.raises(UnknownLinkError):
        STORE.find(payload)


def test_sealed_link_of_another_context_is_unknown() -> None:
    """Data that is sealed for the SQLite store does not open as a link."""
    with pytest.raises(UnknownLinkError):
        STORE.find(Sealer([KEY]).seal(b'["shop","id_document",1,{},1]', b"link"))


def test_sealed_link_keys_rotate_newest_first(service: LinkService) -> None:
    """A sealed link opens while its key is among the keys, and is unknown without it."""
    link, _ = service.create(link_request(max_uses=None), by=HOLDER)
    assert StatelessStore(Sealer([OTHER_KEY, KEY])).find(link.payload) == link
    with pytest.raises(UnknownLinkError):
        StatelessStore(Sealer([OTHER_KEY])).find(link.payload)


def longest_that_fits(service: LinkService) -> int:
    """Return the number of characters that cf1 may have."""
    link, _ = service.create(link_request(max_uses=None, fields={"cf1": "x"}), by=HOLDER)
    return (MAX_TOKEN_CHARS - 14) * 5 // 8 - len(link.payload) + 1


def test_sealed_link_of_the_largest_size_is_read_and_one_more_is_refused(service: LinkService) -> None:
    """A sealed link of the largest token is read, and one more character is refused at creation."""
    most = longest_that_fits(service)
    link, _ = service.create(link_request(max_uses=None, fields={"cf1": "x" * most}), by=HOLDER)
    token = service.token(link)
    assert len(token) == MAX_TOKEN_CHARS
    assert service.find(token) == link
    with pytest.raises(FieldError, match="too long") as caught:
        service.create(link_request(max_uses=None, fields={"cf1": "x" * (most + 1)}), by=HOLDER)
    assert caught.value.field == "fields"


def test_sealed_link_counts_bytes_and_not_characters(service: LinkService) -> None:
    """A Korean character takes three bytes of a sealed link, and not six for its escape."""
    third = longest_that_fits(service) // 3
    link, _ = service.create(link_request(max_uses=None, fields={"cf1": "가" * third}), by=HOLDER)
    assert len(service.token(link)) <= MAX_TOKEN_CHARS


@pytest.mark.parametrize(
    "call",
    [
        lambda: STORE.get("A" * 16),
        lambda: STORE.page(Filter(), now=NOW, limit=10),
        lambda: STORE.revoke("A" * 16, now=NOW),
        lambda: STORE.exchange("A" * 37, now=NOW),
    ],
    ids=["get", "page", "revoke", "exchange"],
)
def test_sealed_store_refuses_what_needs_something_kept(call: Any) -> None:
    """A site without a store refuses listing, looking up, revoking and using codes."""
    with pytest.raises(NotKeptError, match="keeps no links") as caught:
        call()
    assert isinstance(caught.value, LiveformError)


@pytest.mark.parametrize(
    ("part", "protocol"),
    [
        *(("inbox", InboxStore), ("outbox", OutboxStore), ("token_ids", TokenIdStore)),
        *(("leases", LeaseStore), ("sessions", SessionStore)),
    ],
)
def test_sealed_store_refuses_every_method_of_its_parts(part: str, protocol: type) -> None:
    """A site without a store takes no webhooks, sends no messages, and keeps no token ids and no jobs."""
    methods = [name for name in vars(protocol) if not name.startswith("_")]
    assert methods
    for name in methods:
        with pytest.raises(NotKeptError, match="set STORE"):
            getattr(getattr(STORE, part), name)("any", now=NOW)


def test_sealed_link_draws_no_token_id() -> None:
    """A site without a store cannot draw token ids, and says so."""
    spec = LinkSpec(
        project="shop", pipeline=Pipeline.ID_DOCUMENT, fields={}, expires_at=int(NOW), max_uses=None
    )
    for asked, draws in ((spec, True), (replace(spec, token_id="tok-1"), False)):
        with pytest.raises(NotKeptError, match="token") as caught:
            STORE.create(asked, now=NOW, draws_token_id=draws)
        assert "tok-1" not in str(caught.value)


def test_sealed_store_answers_that_it_knows_nothing(service: LinkService) -> None:
    """A site without a store knows no visits, browsers or outcomes, and is always ready."""
    link, _ = service.create(link_request(max_uses=None), by=HOLDER)
    visit = STORE.visit(link, new_visit(link, at=NOW), browser=b"b")
    assert STORE.visit_of(link, b"b", now=NOW) is None
    assert STORE.visits(link.id, limit=10) == []
    assert STORE.record(visit.id, OUTCOME) is None
    assert STORE.visited_link(visit.id) is None
    assert STORE.open_visits(OpenVisits(since=0, limit=10)) == []
    assert STORE.keeps_links is False
    assert STORE.is_ready()
    STORE.close()
    assert link_id_of(visit.id) == link.id


def test_sealed_payload_is_small(service: LinkService) -> None:
    """The payload of a sealed link has neither spaces nor names, to keep the QR code small."""
    link, _ = service.create(link_request(max_uses=None, fields={"cf1": "17"}), by=HOLDER)
    text = Sealer([KEY]).open(link.payload, b"sealed link")
    assert json.loads(text) == ["shop", "id_document", int(NOW) + 900, {"cf1": "17"}, int(NOW)]
    assert b" " not in text

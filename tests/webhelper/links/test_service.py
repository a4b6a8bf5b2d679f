"""These tests create, find, look up and redeem links with the link service, over one store."""

from copy import copy
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sites import (
    HOLDER,
    KEY,
    NOW,
    OTHER_KEY,
    Clock,
    StoreName,
    link_request,
    link_service,
    projects,
)

from liveform import BadSignatureError, ExpiredError, FieldError, Project
from webhelper.errors import RevokedError, UnknownLinkError, UsedUpError
from webhelper.links.form_url import FormUrls
from webhelper.links.models import GRACE_S, ID_BYTES, Link
from webhelper.links.service import LinkService
from webhelper.links.signing.base32 import to_base32
from webhelper.links.signing.link_tokens import LinkTokens
from webhelper.links.signing.sealing import Sealer
from webhelper.links.stores.base import Store
from webhelper.links.stores.lists import Filter
from webhelper.links.stores.sqlite.store import SqliteStore

BROWSER, OTHER_BROWSER = b"b" * 32, b"o" * 32


class Untouchable:
    """A store that fails the test as soon as it is used."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: pytest.fail(f"{name} was called")


def created(service: LinkService, **changes: Any) -> tuple[Link, str]:
    """Return a new link and its token."""
    link, is_new = service.create(link_request(**changes), by=HOLDER)
    assert is_new
    return link, service.token(link)


def look(service: LinkService, token: str, browser: bytes | None = None) -> bool:
    """Whether a browser that opens a token comes back to a use that it had."""
    return service.check_open(service.find(token), browser)


def untouchable_service(tmp_path: Path) -> LinkService:
    """Return a service whose store fails a test that touches it."""
    store: Any = Untouchable()
    return link_service(tmp_path, Clock(), store)


def userid_of(url: str) -> Any:
    """Return the user id that the vendor reads in a URL of the shop."""
    (text,) = parse_qs(urlsplit(url).query)["encrypted"]
    return projects()["shop"].decrypt(text).get("userid")


def test_link_is_created_found_and_redeemed(service: LinkService, clock: Clock) -> None:
    """A link that is created, found and redeemed opens the form with its fields and counts one use."""
    link, token = created(service, fields={"userid": "user_1"})
    assert service.find(token) == link
    assert link.spec.created_by == HOLDER
    clock.advance(5)
    url = service.redeem(service.find(token))
    assert url.startswith("https://form.argosidentity.com/?pid=shoppid001&encrypted=")
    assert userid_of(url) == "user_1"
    after = service.find(token)
    assert (after.uses, after.last_used_at, after.created_at) == (1, NOW + 5, NOW)


@pytest.mark.parametrize("store", ["sqlite", "sealed"])
def test_link_of_each_store_is_found_in_either_case(store: StoreName, tmp_path: Path, clock: Clock) -> None:
    """A token in capitals or in small letters finds the same link, with and without a store."""
    service = link_service(tmp_path, clock, store)
    link, token = created(service, max_uses=None)
    assert service.find(token.lower()) == service.find(token) == link
    service.store.close()


def test_redeemed_url_is_made_fresh_each_time(service: LinkService) -> None:
    """A reusable link gets a new form URL each time it is redeemed."""
    link, _ = created(service, max_uses=None)
    assert len({service.redeem(link) for _ in range(5)}) == 5


def test_url_is_built_once_for_a_store_that_returns_a_copy(
    service: LinkService, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A visit is new by its id: a store may return an equal one, such as a row that it read."""
    visit, built = type(store).visit, []
    url_in = FormUrls.url_in

    def noted(*args: Any, **options: Any) -> str:
        built.append(url_in(*args, **options))
        return built[-1]

    monkeypatch.setattr(store, "visit", lambda *args, **options: copy(visit(store, *args, **options)))
    monkeypatch.setattr(FormUrls, "url_in", noted)
    link, _ = created(service, max_uses=1)
    assert service.redeem(link, BROWSER, language=None) == built[0]
    assert len(built) == 1
    service.redeem(link, BROWSER, language=None)
    assert len(built) == 3  # the trial of a new visit, and the URL of the one that it had


def test_use_is_not_lost_when_the_url_cannot_be_built(tmp_path: Path, clock: Clock, store: Store) -> None:
    """A link counts no use if its form URL cannot be built, as when its project has lost its key."""
    first = link_service(tmp_path, clock, store)
    link, _ = first.create(link_request(fields={"allowedCountries": "KOR"}), by=HOLDER)
    later = link_service(tmp_path, clock, store, of_projects={"shop": Project("shoppid001")})
    with pytest.raises(FieldError, match="allowedCountries"):
        later.redeem(link)
    assert store.get(link.id).uses == 0
    assert first.redeem(link).startswith("https://form.argosidentity.com/")


def test_redeem_with_unique_user_ids_gives_each_opening_its_own(
    service: LinkService, clock: Clock, store: Store
) -> None:
    """A link with ``unique_userid`` sends a new user id for each visit and stores it there."""
    link, _ = created(service, max_uses=None, unique_userid="guest-")
    sent = []
    for _ in range(5):
        sent.append(userid_of(service.redeem(link)))
        clock.advance(1)
    assert len(set(sent)) == 5
    assert all(one.startswith("guest-") for one in sent)
    assert [visit.userid for visit in store.visits(link.id, limit=10)] == sent[::-1]


def test_redeem_again_by_the_same_browser_gives_the_same_user_id(service: LinkService) -> None:
    """A browser that redeems a link again within the grace time gets the same user id."""
    link, _ = created(service, max_uses=3, unique_userid="guest-")
    first, again, other = (
        userid_of(service.redeem(link, browser)) for browser in (BROWSER, BROWSER, OTHER_BROWSER)
    )
    assert first == again != other


def test_token_forged_is_refused_before_the_store_is_touched(tmp_path: Path) -> None:
    """A forged token is refused without a look into the store."""
    service = untouchable_service(tmp_path)
    for token in (
        "",
        "A" * 30,
        LinkTokens([OTHER_KEY]).sign(bytes(ID_BYTES)),
        LinkTokens([KEY]).sign(bytes(ID_BYTES))[:-1] + "7",
    ):
        for do in (service.find, service.authenticate):
            with pytest.raises(BadSignatureError):
                do(token)


@given(st.text(st.characters(), max_size=50))
def test_token_of_any_text_is_refused_before_the_store_is_touched(token: str) -> None:
    """Any text that is not a token of ours is refused without a look into the store."""
    with pytest.raises(BadSignatureError):
        untouchable_service(Path()).find(token)


def test_token_that_is_ours_is_read_without_the_store(tmp_path: Path) -> None:
    """A genuine token gives its payload without a look into the store."""
    payload = bytes(range(ID_BYTES))
    assert untouchable_service(tmp_path).authenticate(LinkTokens([KEY]).sign(payload)) == payload


@pytest.mark.parametrize("payload", [bytes(ID_BYTES), b"\1", b"", b"x" * 200])
def test_token_that_is_ours_but_not_in_the_store_is_unknown(payload: bytes, service: LinkService) -> None:
    """A genuine token whose link is not in the store is unknown."""
    token = LinkTokens([KEY]).sign(payload or b"\0")
    with pytest.raises(UnknownLinkError):
        service.find(token)


def test_link_that_a_store_kept_is_unknown_without_it(tmp_path: Path, clock: Clock) -> None:
    """A link of a site that has given up its store since is unknown."""
    here, there = link_service(tmp_path, clock), link_service(tmp_path, clock, "sealed")
    _, token = created(here, max_uses=None)
    with pytest.raises(UnknownLinkError):
        there.find(token)
    here.store.close()


def test_sealed_link_opens_on_a_site_that_has_a_store_now(tmp_path: Path, clock: Clock) -> None:
    """A link that carries everything asks the store for nothing, and ends when it expires."""
    link, token = created(link_service(tmp_path, clock, "sealed"), max_uses=None)
    service = link_service(tmp_path, clock, cast("Store", Untouchable()))
    assert service.find(token) == link
    assert service.redeem(link, BROWSER).startswith("https://form.argosidentity.com")
    assert service.check_open(link, BROWSER) is False
    clock.now = link.spec.expires_at
    with pytest.raises(ExpiredError):
        service.redeem(link, BROWSER)


def test_link_of_another_site_is_refused(tmp_path: Path, service: LinkService) -> None:
    """A link of a site with another secret key is refused as forged."""
    store = SqliteStore(tmp_path / "other.db", Sealer([OTHER_KEY]), retention_days=90)
    _, token = created(link_service(tmp_path, Clock(), store, keys=[OTHER_KEY]))
    with pytest.raises(BadSignatureError):
        look(service, token)
    store.close()


def test_links_survive_the_rotation_of_keys(tmp_path: Path, clock: Clock, service: LinkService) -> None:
    """A link opens with its sealed fields after a new key is put before the old one."""
    _, token = created(service, fields={"userid": "user_1"})
    service.store.close()
    rotated = link_service(tmp_path, clock, keys=[OTHER_KEY, KEY])
    assert userid_of(rotated.redeem(rotated.find(token))) == "user_1"
    rotated.store.close()


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda service, clock, link: clock.advance(900), ExpiredError),
        (lambda service, clock, link: service.redeem(link), UsedUpError),
        (lambda service, clock, link: service.store.revoke(link.id, now=NOW), RevokedError),
    ],
    ids=["expired", "used up", "revoked"],
)
def test_link_that_cannot_be_opened_says_why(
    spoil: Any, error: type[Exception], service: LinkService, clock: Clock
) -> None:
    """An expired, used or revoked link refuses to be looked at and to be redeemed, with its reason."""
    link, token = created(service)
    spoil(service, clock, link)
    with pytest.raises(error):
        look(service, token, BROWSER)
    with pytest.raises(error):
        service.redeem(link, BROWSER)
    assert service.find(token).id == link.id


def test_look_counts_nothing(service: LinkService) -> None:
    """Looking at a link five times counts no use."""
    _, token = created(service)
    for _ in range(5):
        assert look(service, token, BROWSER) is False
        assert service.find(token).uses == 0


def test_look_again_by_the_same_browser_says_so(service: LinkService, clock: Clock) -> None:
    """A used link can be looked at again by its own browser within the grace time, and by no other."""
    link, token = created(service)
    service.redeem(link, BROWSER)
    clock.advance(GRACE_S - 1)
    assert look(service, token, BROWSER) is True
    for other in (OTHER_BROWSER, None):
        with pytest.raises(UsedUpError):
            look(service, token, other)
    clock.advance(1)
    with pytest.raises(UsedUpError):
        look(service, token, BROWSER)


def test_reusable_link_tells_no_browsers_apart(service: LinkService, store: Store) -> None:
    """A reusable link counts each visit of one browser, and does not remember the browser."""
    link, token = created(service, max_uses=None)
    service.redeem(link, BROWSER)
    service.redeem(link, BROWSER)
    assert look(service, token, BROWSER) is False
    assert store.get(link.id).uses == 2
    assert store.visit_of(link, BROWSER, now=NOW) is None


def test_redeem_of_a_link_whose_project_was_taken_out_is_unknown(
    service: LinkService, tmp_path: Path
) -> None:
    """A link whose project has been removed from the settings cannot be redeemed."""
    link, token = created(service)
    other = link_service(tmp_path, Clock(), service.store, of_projects={"only": Project("abc123de45")})
    with pytest.raises(UnknownLinkError):
        other.redeem(other.find(token))
    assert service.find(token).id == link.id


def test_check_refuses_what_create_would_and_keeps_nothing(service: LinkService, store: Store) -> None:
    """Checking a link request refuses what creating would refuse, and stores no link."""
    service.check(link_request(), by=HOLDER)
    for do in (service.check, service.create):
        with pytest.raises(FieldError):
            do(link_request(fields={"cf3": "x"}), by=HOLDER)
    assert store.page(Filter(), now=NOW, limit=10).links == ()


@pytest.mark.parametrize(
    ("url", "allowed"), [("https://app.example.com/x", True), ("https://old.example.com/x", False)]
)
def test_next_of_an_old_link_is_checked_again(url: str, allowed: bool, service: LinkService) -> None:
    """The link service allows a next only if its host is in RETURN_HOSTS."""
    assert service.is_allowed_next(url) is allowed


def test_service_reads_its_clock_each_time(service: LinkService, clock: Clock) -> None:
    """The link service reads its clock for each link that it creates or looks at."""
    clock.advance(1000)
    link, token = created(service, expires_in=60)
    assert link.spec.expires_at == int(NOW) + 1060
    clock.advance(59.9)
    assert service.find(token) == link
    clock.advance(0.1)
    with pytest.raises(ExpiredError):
        look(service, token)


def test_token_of_a_link_is_its_id_signed(service: LinkService) -> None:
    """A token starts with the link's id, which is its payload in base32."""
    link, token = created(service, fields={"userid": "jane"})
    assert token.startswith(link.id)
    assert to_base32(link.payload) == link.id


def test_url_of_the_trial_is_never_sent(service: LinkService, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checking a link request builds a form URL with a placeholder instead of a visit id."""
    built: list[str] = []
    url = FormUrls.url

    def spy(self: FormUrls, spec: Any, visit: Any, *, browser: Any) -> str:
        built.append(visit.id)
        return url(self, spec, visit, browser=browser)

    monkeypatch.setattr(FormUrls, "url", spy)
    created(service)
    (trial,) = built
    assert trial.startswith("A" * 16)
    assert len(trial) == 37

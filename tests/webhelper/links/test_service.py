"""webhelper.links.service: everything that can be done with links, over one store."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sites import HOLDER, KEY, NOW, OTHER_KEY, Clock, StoreName, desk, open_store, projects, wish

from liveform import BadSignatureError, ExpiredError, FieldError, Project
from webhelper.errors import RevokedError, UnknownLinkError, UsedUpError
from webhelper.links.form_url import Targets
from webhelper.links.models import ID_BYTES, Link
from webhelper.links.service import Desk
from webhelper.links.signing.base32 import to_base32
from webhelper.links.signing.link_tokens import Tokens
from webhelper.links.signing.sealing import Sealer
from webhelper.links.stores.base import GRACE_S, Filter, Store
from webhelper.links.stores.sqlite.store import SqliteStore

BROWSER, OTHER_BROWSER = b"b" * 32, b"o" * 32


class Untouchable:
    """A store that must not be touched."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: pytest.fail(f"{name} was called")


@pytest.fixture
def clock() -> Clock:
    """Stands at NOW."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An SQLite store."""
    one = open_store(tmp_path)
    yield one
    one.close()


@pytest.fixture
def at_desk(tmp_path: Path, clock: Clock, store: Store) -> Desk:
    """A desk over it."""
    return desk(tmp_path, clock, store)


def created(at_desk: Desk, **changes: Any) -> tuple[Link, str]:
    """A new link and its token."""
    link, is_new = at_desk.create(wish(**changes), by=HOLDER)
    assert is_new
    return link, at_desk.token(link)


def untouchable_desk(tmp_path: Path) -> Desk:
    """A desk whose store fails a test that touches it."""
    store: Any = Untouchable()
    return desk(tmp_path, Clock(), store)


def userid_of(url: str) -> Any:
    """The user id that the vendor reads in a URL of the shop."""
    (text,) = parse_qs(urlsplit(url).query)["encrypted"]
    return projects()["shop"].decrypt(text).get("userid")


def test_link_is_created_found_and_redeemed(at_desk: Desk, clock: Clock) -> None:
    """The whole way, counted once."""
    link, token = created(at_desk, fields={"userid": "user_1"})
    assert at_desk.find(token) == link
    assert link.order.created_by == HOLDER
    clock.advance(5)
    url = at_desk.redeem(at_desk.look(token).link)
    assert url.startswith("https://form.argosidentity.com/?pid=shoppid001&encrypted=")
    assert userid_of(url) == "user_1"
    after = at_desk.find(token)
    assert (after.uses, after.last_used_at, after.created_at) == (1, NOW + 5, NOW)


@pytest.mark.parametrize("store", ["sqlite", "sealed"])
def test_link_of_each_store_is_found_in_either_case(store: StoreName, tmp_path: Path, clock: Clock) -> None:
    """Phones and people lower what is in capitals."""
    at_desk = desk(tmp_path, clock, store)
    link, token = created(at_desk, max_uses=None)
    assert at_desk.find(token.lower()) == at_desk.find(token) == link
    at_desk.store.close()


def test_redeemed_url_is_made_fresh_each_time(at_desk: Desk) -> None:
    """Nothing is kept of it: neither the encrypted text nor the state."""
    link, _ = created(at_desk, max_uses=None)
    assert len({at_desk.redeem(link) for _ in range(5)}) == 5


def test_use_is_not_lost_when_the_url_cannot_be_built(tmp_path: Path, clock: Clock, store: Store) -> None:
    """The project lost its key since the link was made: nobody can open it, and nothing is counted."""
    first = desk(tmp_path, clock, store)
    link, _ = first.create(wish(fields={"allowedCountries": "KOR"}), by=HOLDER)
    later = desk(tmp_path, clock, store, of_projects={"shop": Project("shoppid001")})
    with pytest.raises(FieldError, match="allowedCountries"):
        later.redeem(link)
    assert store.get(link.id).uses == 0
    assert first.redeem(link).startswith("https://form.argosidentity.com/")


def test_redeem_with_unique_user_ids_gives_each_opening_its_own(
    at_desk: Desk, clock: Clock, store: Store
) -> None:
    """Recorded, so that each customer can be told apart."""
    link, _ = created(at_desk, max_uses=None, unique_userid="guest-")
    sent = []
    for _ in range(5):
        sent.append(userid_of(at_desk.redeem(link)))
        clock.advance(1)
    assert len(set(sent)) == 5
    assert all(one.startswith("guest-") for one in sent)
    assert [visit.userid for visit in store.visits(link.id, limit=10)] == sent[::-1]


def test_redeem_again_by_the_same_browser_gives_the_same_user_id(at_desk: Desk) -> None:
    """The back button makes no second customer."""
    link, _ = created(at_desk, max_uses=3, unique_userid="guest-")
    first, again, other = (
        userid_of(at_desk.redeem(link, browser)) for browser in (BROWSER, BROWSER, OTHER_BROWSER)
    )
    assert first == again != other


def test_token_forged_is_refused_before_the_store_is_touched(tmp_path: Path) -> None:
    """Guesses cost the server one HMAC, and tell nothing of what is kept."""
    at_desk = untouchable_desk(tmp_path)
    for token in (
        "",
        "A" * 30,
        Tokens([OTHER_KEY]).write(bytes(ID_BYTES)),
        Tokens([KEY]).write(bytes(ID_BYTES))[:-1] + "7",
    ):
        for do in (at_desk.find, at_desk.look, at_desk.authenticate):
            with pytest.raises(BadSignatureError):
                do(token)


@given(st.text(st.characters(), max_size=50))
def test_token_of_any_text_is_refused_before_the_store_is_touched(token: str) -> None:
    """Whatever stands in the address bar."""
    with pytest.raises(BadSignatureError):
        untouchable_desk(Path()).look(token)


def test_token_that_is_ours_is_read_without_the_store(tmp_path: Path) -> None:
    """A QR code can be drawn of it, whatever became of the link."""
    payload = bytes(range(ID_BYTES))
    assert untouchable_desk(tmp_path).authenticate(Tokens([KEY]).write(payload)) == payload


@pytest.mark.parametrize("payload", [bytes(ID_BYTES), b"\1", b"", b"x" * 200])
def test_token_that_is_ours_but_not_in_the_store_is_unknown(payload: bytes, at_desk: Desk) -> None:
    """Deleted after its time; or of another site with the same key."""
    token = Tokens([KEY]).write(payload or b"\0")
    with pytest.raises(UnknownLinkError):
        at_desk.find(token)


@pytest.mark.parametrize("store", ["sqlite", "sealed"])
def test_link_of_the_other_kind_of_store_is_unknown(store: StoreName, tmp_path: Path, clock: Clock) -> None:
    """A site that changed its STORE and kept its keys."""
    other: StoreName = "sealed" if store == "sqlite" else "sqlite"
    here, there = desk(tmp_path, clock, store), desk(tmp_path, clock, other)
    _, token = created(here, max_uses=None)
    with pytest.raises(UnknownLinkError):
        there.find(token)
    here.store.close()
    there.store.close()


def test_link_of_another_site_is_refused(tmp_path: Path, at_desk: Desk) -> None:
    """Another secret key, another site."""
    store = SqliteStore(tmp_path / "other.db", Sealer([OTHER_KEY]), retention_days=90)
    _, token = created(desk(tmp_path, Clock(), store, keys=[OTHER_KEY]))
    with pytest.raises(BadSignatureError):
        at_desk.look(token)
    store.close()


def test_links_survive_the_rotation_of_keys(tmp_path: Path, clock: Clock, at_desk: Desk) -> None:
    """The new key in front: old links open, with what is sealed in them."""
    _, token = created(at_desk, fields={"userid": "user_1"})
    at_desk.store.close()
    rotated = desk(tmp_path, clock, keys=[OTHER_KEY, KEY])
    assert userid_of(rotated.redeem(rotated.find(token))) == "user_1"
    rotated.store.close()


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda at_desk, clock, link: clock.advance(900), ExpiredError),
        (lambda at_desk, clock, link: at_desk.redeem(link), UsedUpError),
        (lambda at_desk, clock, link: at_desk.store.revoke(link.id, now=NOW), RevokedError),
    ],
    ids=["expired", "used up", "revoked"],
)
def test_link_that_cannot_be_opened_says_why(
    spoil: Any, error: type[Exception], at_desk: Desk, clock: Clock
) -> None:
    """To who looks, and to who looked before and presses the button now."""
    link, token = created(at_desk)
    spoil(at_desk, clock, link)
    with pytest.raises(error):
        at_desk.look(token, BROWSER)
    with pytest.raises(error):
        at_desk.redeem(link, BROWSER)
    assert at_desk.find(token).id == link.id


def test_look_counts_nothing(at_desk: Desk) -> None:
    """Mail scanners and previews look, too."""
    _, token = created(at_desk)
    for _ in range(5):
        opening = at_desk.look(token, BROWSER)
        assert (opening.link.uses, opening.again) == (0, False)


def test_look_again_by_the_same_browser_says_so(at_desk: Desk, clock: Clock) -> None:
    """Within the grace time, though the link is used up; another browser is refused."""
    link, token = created(at_desk)
    at_desk.redeem(link, BROWSER)
    clock.advance(GRACE_S - 1)
    assert at_desk.look(token, BROWSER).again is True
    for other in (OTHER_BROWSER, None):
        with pytest.raises(UsedUpError):
            at_desk.look(token, other)
    clock.advance(1)
    with pytest.raises(UsedUpError):
        at_desk.look(token, BROWSER)


def test_reusable_link_tells_no_browsers_apart(at_desk: Desk, store: Store) -> None:
    """Each opening is a visit of its own, and no browser is remembered."""
    link, token = created(at_desk, max_uses=None)
    at_desk.redeem(link, BROWSER)
    at_desk.redeem(link, BROWSER)
    assert at_desk.look(token, BROWSER).again is False
    assert store.get(link.id).uses == 2
    assert store.visit_of(link, BROWSER, now=NOW) is None


def test_redeem_of_a_link_whose_project_was_taken_out_is_unknown(at_desk: Desk, tmp_path: Path) -> None:
    """It leads nowhere; the settings have changed under it."""
    link, token = created(at_desk)
    other = desk(tmp_path, Clock(), at_desk.store, of_projects={"only": Project("abc123de45")})
    with pytest.raises(UnknownLinkError):
        other.redeem(other.find(token))
    assert at_desk.find(token).id == link.id


def test_check_refuses_what_create_would_and_keeps_nothing(at_desk: Desk, store: Store) -> None:
    """A kiosk is set up with a wish that works, before there is a link."""
    at_desk.check(wish(), by=HOLDER)
    for do in (at_desk.check, at_desk.create):
        with pytest.raises(FieldError):
            do(wish(fields={"cf3": "x"}), by=HOLDER)
    assert store.page(Filter(), now=NOW, limit=10).links == ()


@pytest.mark.parametrize(
    ("url", "allowed"), [("https://app.example.com/x", True), ("https://old.example.com/x", False)]
)
def test_next_of_an_old_link_is_checked_again(url: str, allowed: bool, at_desk: Desk) -> None:
    """A host that was taken out of RETURN_HOSTS is no way on any more."""
    assert at_desk.is_allowed_next(url) is allowed


def test_desk_reads_its_clock_each_time(at_desk: Desk, clock: Clock) -> None:
    """Nothing is remembered from when it was made."""
    clock.advance(1000)
    link, token = created(at_desk, expires_in=60)
    assert link.order.expires_at == int(NOW) + 1060
    clock.advance(59.9)
    assert at_desk.look(token).link == link
    clock.advance(0.1)
    with pytest.raises(ExpiredError):
        at_desk.look(token)


def test_token_of_a_link_is_its_id_signed(at_desk: Desk) -> None:
    """So that an address in the browser's history names no order."""
    link, token = created(at_desk, fields={"userid": "jane"})
    assert token.startswith(link.id)
    assert to_base32(link.payload) == link.id


def test_url_of_the_trial_is_never_sent(at_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is built to check an order carries the id of no visit."""
    built: list[str] = []
    url = Targets.url

    def spy(self: Targets, order: Any, visit: Any) -> str:
        built.append(visit.id)
        return url(self, order, visit)

    monkeypatch.setattr(Targets, "url", spy)
    created(at_desk)
    assert built == ["A" * 16]

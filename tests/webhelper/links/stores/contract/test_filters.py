"""These tests find links by state, label, text and user id, at every size of the store."""

from __future__ import annotations

import unicodedata
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from sites import KEY, NOW, OTHER_KEY, new_visit
from store_values import link_spec, put_many

from webhelper.links.models import LinkState
from webhelper.links.stores.lists import Filter
from webhelper.links.stores.sqlite.schema import BLOCK_LINKS

if TYPE_CHECKING:
    from collections.abc import Callable

    from stores import Stores

    from webhelper.links.models import Link
    from webhelper.links.stores.base import Store

PACKED = 5 * BLOCK_LINKS


def add(store: Store, **changes: Any) -> Link:
    """Return a new link that the store keeps."""
    return store.create(link_spec(**changes), now=NOW)[0]


def ids(store: Store, *, now: float = NOW, **wanted: Any) -> list[str]:
    """Return the ids of the links of a list."""
    return [link.id for link in store.page(Filter(**wanted), now=now, limit=2 * PACKED).links]


@pytest.fixture(params=[0, PACKED], ids=["few links", "packed blocks"])
def pack(request: pytest.FixtureRequest, store: Store) -> Callable[[], object]:
    """Return what puts no or many links behind those of the test; behind many, these are packed."""
    return lambda: put_many(store, [link_spec(label="zz")] * request.param)


# None is a part of an id by chance: ids have no space and no 1, and are not searched for less than four.
@pytest.mark.parametrize(
    "text", ["order 4", "ORDER 47", "r 47", "4711", "o", "1", "Order 4711", "ｏｒｄｅｒ 4"]
)
def test_part_of_a_label_is_found_without_case(
    store: Store, pack: Callable[[], object], text: str
) -> None:  # C1
    """A part of a label finds the link, in whatever case, however short and wherever it stands."""
    link, _ = add(store, label="order 4711"), add(store, label="2")
    pack()
    assert ids(store, text=text) == [link.id]


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("포스터 3층", "스터"),
        ("포스터 3층", unicodedata.normalize("NFD", "포스터")),
        (unicodedata.normalize("NFD", "매장"), "매장"),
        ("Straße", "STRASSE"),
        ("ΛΌΓΟΣ", "λόγος"),
        ("100 %", "%"),
        ("a_b", "_"),
        ("'; --", "'"),
        ("a\\b", "\\"),
    ],
)
def test_label_in_any_script_is_found(
    store: Store, pack: Callable[[], object], label: str, text: str
) -> None:  # C1
    """Composed or not, in any script and with any sign, a label is found; signs stand for themselves."""
    link, _ = add(store, label=label), add(store, label="another")
    pack()
    assert ids(store, text=text) == [link.id]


@pytest.mark.parametrize(
    "text", ["order 4712", "orde r", "4711 order", "\n", "order\n", "\0", "x" * 300, "\ud800"]
)
def test_text_that_no_link_has_finds_nothing(store: Store, pack: Callable[[], object], text: str) -> None:
    """A text that no label has finds nothing, whatever its characters."""
    add(store, label="order 4711")
    pack()
    assert ids(store, text=text) == []


def test_part_of_an_id_is_found_from_four_characters_on(
    store: Store, pack: Callable[[], object]
) -> None:  # C1
    """Four characters of an id find the link, in whatever case; fewer are in too many ids to say anything."""
    link, _ = add(store), add(store)
    pack()
    known = ids(store)
    for text in (link.id, link.id.lower(), link.id[:8], link.id[5:], link.id[6:10]):
        with_it = [one for one in known if text.upper() in one]  # ids are random: another one may have it too
        assert link.id in with_it
        assert ids(store, text=text) == with_it
    assert ids(store, text=link.id[:3]) == []


def test_user_id_is_found_when_it_is_complete(store: Store, pack: Callable[[], object]) -> None:  # C1
    """A whole user id finds its links without case, the newest first; a part of it finds nothing."""
    first, second = (add(store, fields={"userid": "Jane.Doe@example.com"}) for _ in range(2))
    add(store, fields={"userid": "jane.doe@example.co"})
    pack()
    assert ids(store, text="jane.doe@EXAMPLE.com") == [second.id, first.id]
    assert ids(store, text="jane.doe") == []


def test_user_id_that_was_made_for_a_visit_is_found(store: Store, pack: Callable[[], object]) -> None:  # C1
    """The user id of a visit finds the link that was opened, once."""
    poster = add(store, max_uses=None, unique_userid="poster-")
    for userid in ("poster-1", "poster-2", "POSTER-1"):
        store.visit(poster, new_visit(poster, userid=userid), browser=None)
    pack()
    assert ids(store, text="Poster-1") == [poster.id]
    assert ids(store, text="poster-3") == []


def test_user_id_is_not_in_the_file(store: Store, stores: Stores) -> None:
    """The file has no user id, neither in plain nor as a digest that others could make."""
    link = add(store, max_uses=None, fields={"userid": "user_12345"}, unique_userid="guest-")
    store.visit(link, new_visit(link, userid="guest-1"), browser=None)
    store.close()
    content = stores.contents()
    for userid in (b"user_12345", b"guest-1"):
        assert userid not in content
        assert sha256(userid).digest()[:8] not in content


def test_user_id_is_found_after_a_change_of_keys(stores: Stores) -> None:
    """As long as the old key is in the settings, it finds what was stored under it, beside what is new."""
    with_old = stores.open(keys=[OTHER_KEY])
    old = add(with_old, fields={"userid": "user_1"})
    with_old.close()
    store = stores.open(keys=[KEY, OTHER_KEY])
    new = add(store, fields={"userid": "USER_1"})
    assert ids(store, text="user_1") == [new.id, old.id]
    store.close()


@pytest.mark.parametrize("state", [None, *LinkState])
def test_code_that_nobody_opened_is_listed_only_when_asked_for(  # K8
    store: Store, state: LinkState | None
) -> None:
    """A kiosk's code is not listed, in whatever state, until somebody opens it or asks for such codes."""
    opened, unopened = (
        store.create(link_spec(created_by="kiosk a", label="kiosk a"), now=NOW, gets_number=True)[0]
        for _ in range(2)
    )
    store.visit(opened, new_visit(opened), browser=None)
    now = NOW
    if state is LinkState.REVOKED:
        for link in (opened, unopened):
            store.revoke(link.id, now=NOW)
    elif state is LinkState.EXPIRED:
        now = NOW + 900
    shown = {one.id for one in (opened, unopened) if state in (None, store.get(one.id).state(now))}
    for text in (None, "kiosk"):
        assert set(ids(store, state=state, text=text, now=now)) == shown - {unopened.id}
        assert set(ids(store, unopened=True, state=state, text=text, now=now)) == shown


def test_every_filter_together_shows_what_fits_all(store: Store, pack: Callable[[], object]) -> None:
    """State, label, text and user id narrow the list together."""
    wanted = add(store, label="shop a", fields={"userid": "user_1"})
    for changes in (
        {"label": "shop a"},
        {"label": "shop b", "fields": {"userid": "user_1"}},
        {"label": "shop a", "fields": {"userid": "user_1"}, "expires_at": int(NOW)},
    ):
        add(store, **changes)
    pack()
    assert ids(store, state=LinkState.ACTIVE, label="shop a", text="user_1") == [wanted.id]


def test_list_of_some_projects_has_no_link_of_another(store: Store, pack: Callable[[], object]) -> None:
    """Whoever may see some projects finds their links alone; without any, none."""
    first, second, _ = (add(store, project=name, label="x") for name in ("shop", "signup", "bank"))
    pack()
    both = Filter(label="x", projects=frozenset({"shop", "signup"}))
    assert [link.id for link in store.page(both, now=NOW, limit=9).links] == [second.id, first.id]
    assert store.page(Filter(projects=frozenset()), now=NOW, limit=9).links == ()

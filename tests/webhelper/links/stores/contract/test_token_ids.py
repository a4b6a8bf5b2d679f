"""These tests keep the vendor's token ids, and give each link of a project in private mode its own."""

from typing import Any

import pytest
from racing import in_threads, outcome_of
from sites import HOLDER, KEY, NOW, OTHER_KEY, new_visit
from store_values import link_spec, purge_old
from stores import Stores
from vector_files import signed_values, vector_name

from webhelper.errors import EmptyPoolError, UnknownLinkError, UsedUpError
from webhelper.links.models import TOKEN_ID_GRACE_S, Link
from webhelper.links.stores.base import IdempotencyKey, Store
from webhelper.links.stores.lists import Filter
from webhelper.links.stores.token_ids import PoolCount

DAY_S = 86_400
KNOWN = pytest.mark.parametrize("entry", signed_values("token ids"), ids=vector_name)
BROWSER = b"b" * 32


def fill(store: Store, *token_ids: str, project: str = "shop") -> None:
    """Keep token ids, and make them ready."""
    store.token_ids.add(project, token_ids, now=NOW)
    store.token_ids.registered(project, token_ids, now=NOW)


def drawn(store: Store, *, now: float = NOW, key: str | None = None, **changes: Any) -> Link:
    """Return a new link that drew a token id."""
    idempotency_key = None if key is None else IdempotencyKey(HOLDER, key, b"body")
    spec = link_spec(**changes)
    return store.create(spec, now=now, idempotency_key=idempotency_key, draws_token_id=True)[0]


def unused(store: Store, now: float = NOW, limit: int = 99) -> list[str]:
    """Return the token ids of the shop that nobody needs."""
    return sorted(store.token_ids.unused("shop", now=now, limit=limit))


# The pool


def test_token_id_is_new_until_it_is_registered(store: Store) -> None:
    """Token ids are kept before they are registered, the oldest first, and ready afterwards."""
    store.token_ids.add("shop", ["tok-1", "tok-2", "tok-3"], now=NOW)
    assert store.token_ids.count("shop") == PoolCount(new=3, ready=0, drawn=0, expired=0)
    assert store.token_ids.new("shop", limit=2) == ["tok-1", "tok-2"]
    store.token_ids.registered("shop", ["tok-1", "tok-3", "unknown"], now=NOW)
    assert store.token_ids.count("shop") == PoolCount(new=1, ready=2, drawn=0, expired=0)
    assert store.token_ids.new("shop", limit=9) == ["tok-2"]


def test_token_id_added_again_is_the_same(store: Store) -> None:
    """A token id that is added twice is one, and keeps what it has become."""
    fill(store, "tok-1")
    store.token_ids.add("shop", ["tok-1"], now=NOW)
    assert store.token_ids.count("shop") == PoolCount(new=0, ready=1, drawn=0, expired=0)


def test_pools_of_projects_are_apart(store: Store) -> None:
    """A token id of one project is unknown to another, which may have the same one."""
    fill(store, "tok-1")
    store.token_ids.add("signup", ["tok-1"], now=NOW)
    assert store.token_ids.count("signup") == PoolCount(new=1, ready=0, drawn=0, expired=0)
    store.token_ids.forget("signup", ["tok-1"])
    assert store.token_ids.count("shop").ready == 1
    assert store.token_ids.expire("signup", "tok-1", now=NOW) is None
    with pytest.raises(EmptyPoolError):
        drawn(store, project="signup")


def test_file_holds_no_token_id(store: Store, stores: Stores) -> None:
    """The database and its WAL hold no token id in plain, not even of a link that drew it."""
    fill(store, "tok-plain-1", "tok-plain-2")
    link = drawn(store)
    content = stores.contents()
    assert link.id.encode() in content
    assert b"tok-plain" not in content
    assert "tok-plain" not in repr(link)


@KNOWN
def test_token_id_of_a_known_nonce_is_the_known_row(
    entry: dict[str, Any], store: Store, stores: Stores, counted_bytes: None
) -> None:
    """The store writes the same digest and sealed bytes in every later version."""
    store.token_ids.add(entry["project"], [entry["token_id"]], now=NOW)
    (row,) = stores.execute("SELECT digest, sealed, sealed_by FROM token_ids")
    assert [column.hex() for column in row] == [
        entry["digest_hex"],
        entry["sealed_hex"],
        entry["sealed_by_hex"],
    ]


@KNOWN
def test_token_id_that_is_stored_already_is_found(
    entry: dict[str, Any], store: Store, stores: Stores
) -> None:
    """A token id that an earlier version kept is read, and found by its digest."""
    columns = [bytes.fromhex(entry[f"{name}_hex"]) for name in ("digest", "sealed", "sealed_by")]
    insert = "INSERT INTO token_ids (project, at, digest, sealed, sealed_by) VALUES (?, ?, ?, ?, ?)"
    stores.execute(insert, entry["project"], NOW, *columns)
    assert store.token_ids.new(entry["project"], limit=9) == [entry["token_id"]]
    store.token_ids.forget(entry["project"], [entry["token_id"]])
    assert store.token_ids.new(entry["project"], limit=9) == []


# Drawing


def test_link_draws_the_oldest_token_id(store: Store) -> None:
    """A link has the token id that it drew, now and when it is read again."""
    fill(store, "tok-1", "tok-2")
    link = drawn(store)
    assert link.spec.token_id == store.get(link.id).spec.token_id == "tok-1"
    assert drawn(store).spec.token_id == "tok-2"
    assert store.token_ids.count("shop") == PoolCount(new=0, ready=0, drawn=2, expired=0)


def test_link_that_does_not_draw_has_no_token_id(store: Store) -> None:
    """A link that asks for no token id leaves the pool alone."""
    fill(store, "tok-1")
    assert store.create(link_spec(), now=NOW)[0].spec.token_id is None
    assert store.token_ids.count("shop").ready == 1


def test_link_is_not_made_without_a_token_id(store: Store) -> None:
    """With an empty pool there is no link, and its Idempotency-Key is free for the next try."""
    store.token_ids.add("shop", ["tok-1"], now=NOW)  # not registered
    with pytest.raises(EmptyPoolError):
        drawn(store, key="key")
    assert store.page(Filter(), now=NOW, limit=9).links == ()
    store.token_ids.registered("shop", ["tok-1"], now=NOW)
    assert drawn(store, key="key").spec.token_id == "tok-1"


def test_request_repeated_draws_nothing(store: Store) -> None:
    """A repeated request gets the first link with its token id, also when the pool is empty."""
    fill(store, "tok-1")
    first, again = (drawn(store, key="key") for _ in range(2))
    assert again == first
    assert again.spec.token_id == "tok-1"


def test_token_id_that_no_key_opens_any_more_is_as_good_as_not_here(store: Store, stores: Stores) -> None:
    """Token ids whose key is not in the settings are neither counted nor drawn, and are back with it."""
    fill(store, "tok-1", "tok-2")
    store.token_ids.add("shop", ["tok-3"], now=NOW)
    store.token_ids.expire("shop", "tok-2", now=NOW)
    other = stores.open(keys=[OTHER_KEY])
    with pytest.raises(EmptyPoolError):
        drawn(other)
    assert other.token_ids.count("shop") == PoolCount(new=0, ready=0, drawn=0, expired=0)
    assert other.token_ids.new("shop", limit=9) == unused(other) == []
    fill(other, "tok-4")
    assert drawn(other).spec.token_id == "tok-4"
    other.close()
    assert store.token_ids.count("shop") == PoolCount(new=1, ready=1, drawn=0, expired=1)
    assert drawn(store).spec.token_id == "tok-1"


def test_token_ids_outlive_a_change_of_keys(store: Store, stores: Stores) -> None:
    """With a newer key in front, token ids of the older one are drawn first, expired and forgotten."""
    fill(store, "tok-1", "tok-2", "tok-3")
    store.token_ids.add("shop", ["tok-4"], now=NOW)
    newer = stores.open(keys=[OTHER_KEY, KEY])
    newer.token_ids.add("shop", ["tok-5"], now=NOW)
    assert newer.token_ids.new("shop", limit=9) == ["tok-4", "tok-5"]
    assert newer.token_ids.new("shop", limit=1) == ["tok-4"]
    newer.token_ids.registered("shop", ["tok-4", "tok-5"], now=NOW)
    link = drawn(newer)
    assert newer.token_ids.expire("shop", "tok-1", now=NOW) == link.id
    newer.token_ids.expire("shop", "tok-5", now=NOW)
    newer.token_ids.forget("shop", ["tok-2"])
    assert newer.token_ids.count("shop") == PoolCount(new=0, ready=2, drawn=0, expired=2)
    assert unused(newer) == ["tok-1", "tok-5"]
    assert len(unused(newer, limit=1)) == 1
    newer.close()


def test_token_id_is_drawn_by_one_of_many_threads(store: Store) -> None:
    """Of eight threads, as many get a link as there are token ids."""
    fill(store, "tok-1", "tok-2", "tok-3")
    outcomes = in_threads(8, lambda _: outcome_of(lambda: drawn(store)))
    assert sorted(outcomes) == ["no_token_id"] * 5 + ["won"] * 3


@pytest.mark.parametrize(("after", "comes_back"), [(TOKEN_ID_GRACE_S - 0.001, True), (180, False)])
def test_browser_comes_back_to_a_token_id_for_three_minutes(
    after: float, comes_back: bool, store: Store
) -> None:
    """A browser comes back to a link in private mode for just under 180 seconds."""
    fill(store, "tok-1")
    link = drawn(store)
    first = store.visit(link, new_visit(link), browser=BROWSER)
    assert (store.visit_of(link, BROWSER, now=NOW + after) is not None) is comes_back
    if comes_back:
        assert store.visit(link, new_visit(link, at=NOW + after), browser=BROWSER).id == first.id
    else:
        with pytest.raises(UsedUpError):
            store.visit(link, new_visit(link, at=NOW + after), browser=BROWSER)


# Those that nobody needs


def test_token_id_that_the_vendor_expired_is_not_drawn(store: Store) -> None:
    """An expired token id is not drawn, names the link that drew it, and is unused until it is forgotten."""
    fill(store, "tok-1", "tok-2")
    link = drawn(store)
    assert store.token_ids.expire("shop", "tok-1", now=NOW) == link.id
    assert store.token_ids.expire("shop", "tok-2", now=NOW) is None
    assert store.token_ids.expire("shop", "unknown", now=NOW) is None
    with pytest.raises(EmptyPoolError):
        drawn(store)
    assert unused(store) == ["tok-1", "tok-2"]
    assert len(unused(store, limit=1)) == 1
    store.token_ids.forget("shop", ["tok-1", "tok-2"])
    assert unused(store) == []
    assert store.token_ids.count("shop") == PoolCount(new=0, ready=0, drawn=0, expired=0)


def test_token_id_of_a_link_that_died_unused_is_unused(store: Store) -> None:
    """The token id of a link that expired or was revoked without a use is unused; no other is."""
    fill(store, "tok-alive", "tok-expired", "tok-revoked", "tok-used", "tok-used-up", "tok-ready")
    drawn(store)
    drawn(store, expires_at=int(NOW) + 60)
    store.revoke(drawn(store).id, now=NOW)
    used, used_up = drawn(store, expires_at=int(NOW) + 60), drawn(store)
    for link in (used, used_up):
        store.visit(link, new_visit(link), browser=BROWSER)
    store.revoke(used_up.id, now=NOW)
    assert unused(store, NOW + 59.999) == ["tok-revoked"]
    assert unused(store, NOW + 60) == ["tok-expired", "tok-revoked"]
    assert store.token_ids.count("shop") == PoolCount(new=0, ready=1, drawn=5, expired=0)


def test_token_id_of_a_deleted_link_is_unused(store: Store) -> None:
    """The token ids of links that their retention deletes are known as unused until they are forgotten."""
    fill(store, "tok-1", "tok-2")
    links = [drawn(store), drawn(store)]
    store.visit(links[0], new_visit(links[0]), browser=BROWSER)
    purge_old(store, now=NOW + 91 * DAY_S)
    for link in links:
        with pytest.raises(UnknownLinkError):
            store.get(link.id)
    assert unused(store, NOW + 91 * DAY_S) == ["tok-1", "tok-2"]
    store.token_ids.forget("shop", ["tok-1", "tok-2"])
    assert store.token_ids.count("shop") == PoolCount(new=0, ready=0, drawn=0, expired=0)


def test_token_id_of_a_link_that_was_deleted_at_once_is_left_for_a_day(stores: Stores) -> None:
    """A site that keeps no dead links leaves a token id alone for a day, for somebody may be using it."""
    store = stores.open(retention_days=0)
    fill(store, "tok-1")
    link = drawn(store, expires_at=int(NOW) + 60)
    store.visit(link, new_visit(link, at=NOW + 59), browser=BROWSER)
    purge_old(store, now=NOW + 3600)
    assert unused(store, NOW + DAY_S - 0.001) == []
    assert unused(store, NOW + DAY_S) == ["tok-1"]
    store.close()


@pytest.mark.parametrize(("after", "is_unused"), [(DAY_S - 0.001, False), (DAY_S, True)])
def test_token_id_of_a_used_link_is_unused_after_a_day(after: float, is_unused: bool, store: Store) -> None:
    """A token id is left alone for a day after its link was used, and can be expired all the time."""
    fill(store, "tok-1", "tok-2")
    link = drawn(store, expires_at=int(NOW) + 10 * DAY_S)
    store.visit(link, new_visit(link, at=NOW + 60), browser=BROWSER)
    store.create(link_spec(), now=NOW + 3601)
    assert store.token_ids.count("shop") == PoolCount(new=0, ready=1, drawn=1, expired=0)
    assert unused(store, NOW + 60 + after) == (["tok-1"] if is_unused else [])
    assert store.token_ids.expire("shop", "tok-1", now=NOW) == link.id
    assert unused(store) == ["tok-1"]

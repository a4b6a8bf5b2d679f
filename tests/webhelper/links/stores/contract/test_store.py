"""These tests keep links in each engine, where each use counts once whoever races for it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from racing import in_threads, outcome_of, processes, redeem, use_once
from sites import HOLDER, NOW, OTHER_KEY, Clock, link_request, link_service, new_visit
from store_values import link_spec, purge_old, use_code
from stores import Stores
from vector_files import signed_values, vector_name

from liveform import ExpiredError, Pipeline, UntrustedInputError
from webhelper.errors import KeyReusedError, RevokedError, StoreError, UnknownLinkError, UsedUpError
from webhelper.links.models import GRACE_S, Link, LinkSpec, LinkState, Visit
from webhelper.links.outcomes import Outcome, Result
from webhelper.links.stores.base import (
    IDEMPOTENCY_S,
    MOST_RETURNS,
    IdempotencyKey,
    Store,
    VisitedLink,
)
from webhelper.links.stores.lists import Filter
from webhelper.links.visit_ids import new_visit_id

BROWSER, OTHER_BROWSER = b"b" * 32, b"o" * 32
DAY_S = 86_400
NOBODY = "Z" * 16


def add(store: Store, *, now: float = NOW, **changes: Any) -> Link:
    """Return a new link that the store keeps."""
    link, is_new = store.create(link_spec(**changes), now=now)
    assert is_new
    return link


def visit(
    store: Store, link: Link, *, now: float = NOW, userid: str | None = None, browser: bytes | None = None
) -> str:
    """Open a link, and return the id of the visit."""
    return store.visit(link, new_visit(link, at=now, userid=userid), browser=browser).id


def claim(at: float = NOW, result: Result | None = Result.APPROVED, **changes: Any) -> Outcome:
    """Return an outcome as a return claims it."""
    return Outcome(**{"result": result, "submission_id": "sub-1", "error_code": None, "at": at} | changes)


def ids(store: Store, wanted: Filter = Filter(), now: float = NOW) -> list[str]:  # noqa: B008 - a value
    """Return the ids of all links of a list, on one page."""
    return [link.id for link in store.page(wanted, now=now, limit=1000).links]


def racer(store: Store, link: Link) -> Callable[[int], str]:
    """Return a caller that opens a link with its own browser, and gives ``"won"`` or an error code."""
    return lambda number: outcome_of(lambda: visit(store, link, browser=bytes([number])))


# Links


def test_link_comes_back_as_it_was_ordered(store: Store) -> None:
    """A link comes back with its whole link spec, by its id and by its payload."""
    ordered = link_spec(
        fields={"userid": "u", "cf1": "매장", "ageLimit": False, "nested": [1, None, {"a": 1.5}]},
        max_uses=7,
        label="Poster",
        unique_userid="guest-",
        next="https://app.example.com/",
    )
    link, is_new = store.create(ordered, now=NOW + 0.25)
    assert is_new
    assert link.spec == ordered
    assert (link.uses, link.created_at, link.last_used_at, link.revoked_at) == (0, NOW + 0.25, None, None)
    assert store.get(link.id) == store.find(link.payload) == link


def test_link_survives_a_restart(store: Store, stores: Stores) -> None:
    """A new store on the same file finds links, uses, visits and outcomes."""
    link = add(store, max_uses=2, fields={"userid": "u"})
    came = visit(store, link, userid="guest-1", browser=BROWSER)
    store.record(came, claim())
    before = store.get(link.id), store.visits(link.id, limit=5), store.visited_link(came)
    store.close()
    again = stores.open()
    assert (again.get(link.id), again.visits(link.id, limit=5), again.visited_link(came)) == before
    assert again.visit_of(link, BROWSER, now=NOW + 1) is not None


@pytest.mark.parametrize("link_id", [NOBODY, "", "a" * 16, "A' OR '1'='1", "%", "x" * 10_000, "\0"])
def test_link_unknown_is_unknown_to_every_method(link_id: str, store: Store) -> None:
    """An unknown link id, whatever its characters, is unknown to every method."""
    link = replace(add(store), id=link_id)
    for call in (
        lambda: store.get(link_id),
        lambda: store.revoke(link_id, now=NOW),
        lambda: store.visit(link, new_visit(link, at=NOW), browser=None),
        lambda: store.visit(link, new_visit(link, at=NOW), browser=BROWSER),
    ):
        with pytest.raises(UnknownLinkError):
            call()
    assert store.visits(link_id, limit=5) == []
    assert store.visit_of(link, BROWSER, now=NOW) is None
    assert store.visited_link(link_id) is None
    assert store.record(link_id, claim()) is None
    assert len(ids(store)) == 1


@pytest.mark.parametrize("payload", [b"", b"\0" * 10, b"x" * 1000])
def test_link_of_a_payload_that_is_not_here_is_unknown(payload: bytes, store: Store) -> None:
    """A payload of any size whose link is not in the store is unknown."""
    with pytest.raises(UnknownLinkError):
        store.find(payload)


# Rows that stand in files already


ROWS = pytest.mark.parametrize("entry", signed_values("rows"), ids=vector_name)
GONE = {"result", "submission_id", "error_code", "returned_at"}  # since version 5; empty in these rows
ADDED = {"counts": None}  # in version 6


def columns(row: dict[str, Any]) -> dict[str, object]:
    """Return the columns of a row in ``signed-values.json``, as the database has them."""
    return {
        name.removesuffix("_hex"): bytes.fromhex(value) if name.endswith("_hex") else value
        for name, value in row.items()
        if name not in GONE or value is not None
    }


def order_of(entry: dict[str, Any]) -> LinkSpec:
    """Return the link spec that the link of an entry was made of."""
    row = entry["link"]
    return LinkSpec(
        project=row["project"],
        pipeline=Pipeline(row["pipeline"]),
        fields=entry["fields"],
        expires_at=row["expires_at"],
        max_uses=row["max_uses"],
        label=row["label"],
        unique_userid=entry["unique_userid"],
        next=entry["next"],
        created_by=row["created_by"],
    )


@pytest.mark.parametrize("entry", signed_values("rows")[-1:], ids=vector_name)
def test_row_of_a_known_link_and_visit_is_the_known_row(
    entry: dict[str, Any], store: Store, stores: Stores, counted_bytes: None
) -> None:
    """The store writes the same columns and sealed bytes in every later version."""
    now = entry["now"]
    link, _ = store.create(order_of(entry), now=now)
    made = Visit(id=new_visit_id(link.id, now), link_id=link.id, at=now, userid=entry["userid"])
    store.visit(link, made, browser=bytes.fromhex(entry["visit"]["browser_hex"]))
    for table, row in (("links", ADDED | entry["link"]), ("visits", entry["visit"])):
        known = columns(row)
        assert stores.execute(f"SELECT {', '.join(known)} FROM {table}") == [tuple(known.values())]


@ROWS
def test_row_that_is_stored_already_is_read(entry: dict[str, Any], store: Store, stores: Stores) -> None:
    """The store reads links and visits of a database that an earlier version wrote."""
    for table, row in (("links", ADDED | entry["link"]), ("visits", entry["visit"])):
        values = columns(row)
        marks = ", ".join("?" * len(values))
        stores.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", *values.values())
    link = store.get(entry["link"]["id"])
    assert link.spec == order_of(entry)
    assert (link.uses, link.created_at, link.last_used_at) == (1, entry["now"], entry["now"])
    expected = Visit(id=entry["visit"]["id"], link_id=link.id, at=entry["now"], userid=entry["userid"])
    assert list(store.visits(link.id, limit=9)) == [expected]
    assert store.visit_of(link, bytes.fromhex(entry["visit"]["browser_hex"]), now=NOW) == expected


# Counting


@pytest.mark.parametrize("max_uses", [1, 2, 5])
def test_limited_link_opens_as_often_as_it_may(max_uses: int, store: Store) -> None:
    """A link opens as often as its ``max_uses`` says, and never again."""
    link = add(store, max_uses=max_uses)
    for number in range(max_uses):
        visit(store, link, now=NOW + number)
    for _ in range(2):
        with pytest.raises(UsedUpError):
            visit(store, link)
    after = store.get(link.id)
    assert (after.uses, after.last_used_at, after.state(NOW)) == (
        max_uses,
        NOW + max_uses - 1,
        LinkState.USED_UP,
    )
    assert len(store.visits(link.id, limit=99)) == max_uses


def test_reusable_link_counts_without_end(store: Store) -> None:
    """A reusable link counts each of 20 visits as a use."""
    link = add(store, max_uses=None)
    assert len({visit(store, link) for _ in range(20)}) == 20
    assert store.get(link.id).uses == 20


@pytest.mark.parametrize(
    ("now", "opens"),
    [(0.0, True), (NOW + 899.999, True), (NOW + 900, False), (NOW + 900.001, False), (NOW + 10**10, False)],
)
def test_link_opens_until_it_expires(now: float, opens: bool, store: Store) -> None:
    """A link of 900 seconds opens after 899.999 seconds and not after 900."""
    link = add(store)
    if opens:
        visit(store, link, now=now)
    else:
        with pytest.raises(ExpiredError):
            visit(store, link, now=now)
    assert store.get(link.id).uses == opens


def test_link_revoked_does_not_open(store: Store) -> None:
    """A revoked link does not open, and revoking it again keeps the first time."""
    limited, reusable = add(store), add(store, max_uses=None)
    for link in (limited, reusable):
        store.revoke(link.id, now=NOW + 1)
        store.revoke(link.id, now=NOW + 2)
        assert store.get(link.id).revoked_at == NOW + 1
    for link in (limited, store.find(reusable.payload)):
        with pytest.raises(RevokedError):
            visit(store, link, now=NOW + 3)


def test_link_says_the_reason_that_nothing_can_change(store: Store) -> None:
    """A link is revoked before expired before used up, when it opens and in lists."""
    link = add(store)
    visit(store, link)
    reasons: list[tuple[float, type[Exception], LinkState]] = [
        (NOW, UsedUpError, LinkState.USED_UP),
        (NOW + 900, ExpiredError, LinkState.EXPIRED),
    ]
    for now, error, state in reasons:
        with pytest.raises(error):
            visit(store, link, now=now)
        assert ids(store, Filter(state=state), now) == [link.id]
    store.revoke(link.id, now=NOW)
    for now, _, _ in reasons:
        with pytest.raises(RevokedError):
            visit(store, link, now=now)
        assert ids(store, Filter(state=LinkState.REVOKED), now) == [link.id]


def test_count_is_that_of_the_store_and_not_of_the_caller(store: Store) -> None:
    """A use is counted by the store's number, not by the older one that the caller has read."""
    link = add(store)
    visit(store, link)
    assert link.uses == 0
    with pytest.raises(UsedUpError):
        visit(store, link)


def test_one_use_is_won_by_exactly_one_of_many_threads(store: Store) -> None:
    """A link of one use opens for exactly one of 16 threads, 25 times in a row."""
    for _ in range(25):
        link = add(store)
        outcomes = in_threads(16, racer(store, link))
        assert sorted(outcomes) == ["used_up"] * 15 + ["won"]
        assert store.get(link.id).uses == len(store.visits(link.id, limit=99)) == 1


@pytest.mark.parametrize("max_uses", [3, 16, 40])
def test_uses_are_won_by_as_many_threads_as_there_are(max_uses: int, store: Store) -> None:
    """A link opens for as many of 16 threads as it has uses."""
    link = add(store, max_uses=max_uses)
    outcomes = in_threads(16, lambda _: outcome_of(lambda: visit(store, link)))
    assert outcomes.count("won") == min(max_uses, 16) == store.get(link.id).uses


def test_reusable_link_loses_no_use_among_threads(store: Store) -> None:
    """A reusable link counts the visits of all 16 threads."""
    link = add(store, max_uses=None)
    assert len(set(in_threads(16, lambda _: visit(store, link)))) == 16
    assert store.get(link.id).uses == 16


@pytest.mark.parametrize("max_uses", [1, 3])
def test_uses_are_won_by_as_many_processes_as_there_are(max_uses: int, store: Store, stores: Stores) -> None:
    """A link opens for as many of 5 processes as it has uses."""
    service = link_service(stores.place, Clock(), store)
    with processes(5) as start:
        for _ in range(10):
            link = service.create(link_request(max_uses=max_uses), by=HOLDER)[0]
            outcomes = start(redeem, stores.place, service.token(link))
            assert sorted(outcomes) == ["used_up"] * (5 - max_uses) + ["won"] * max_uses
            assert store.get(link.id).uses == max_uses


def test_one_browser_in_many_processes_is_counted_once(store: Store, stores: Stores) -> None:
    """A browser that comes to four processes at once counts one use."""
    service = link_service(stores.place, Clock(), store)
    link = service.create(link_request(), by=HOLDER)[0]
    with processes(4) as start:
        assert start(redeem, stores.place, service.token(link), BROWSER) == ["won"] * 4
    assert store.get(link.id).uses == 1


# The same browser, again


@pytest.mark.parametrize(
    ("after", "comes_back"),
    [(0, True), (1, True), (GRACE_S - 0.001, True), (GRACE_S, False), (GRACE_S + 0.001, False), (-60, True)],
)
def test_browser_comes_back_within_the_grace_time(after: float, comes_back: bool, store: Store) -> None:
    """A browser gets its visit again for just under 600 seconds, and after that the link is used up."""
    link = add(store)
    first = visit(store, link, browser=BROWSER)
    seen = store.visit_of(link, BROWSER, now=NOW + after)
    assert (seen is not None and seen.id == first) is comes_back
    if comes_back:
        assert visit(store, link, now=NOW + after, browser=BROWSER) == first
    else:
        with pytest.raises(UsedUpError):
            visit(store, link, now=NOW + after, browser=BROWSER)
    assert store.get(link.id).uses == 1


def test_grace_time_is_not_prolonged_by_coming_back(store: Store) -> None:
    """The grace time runs from the counted use, and coming back does not prolong it."""
    link = add(store)
    for after in (0, GRACE_S // 2, GRACE_S - 1):
        visit(store, link, now=NOW + after, browser=BROWSER)
    with pytest.raises(UsedUpError):
        visit(store, link, now=NOW + GRACE_S, browser=BROWSER)


def test_browser_that_comes_back_too_late_takes_another_use(store: Store) -> None:
    """A browser that comes back after the grace time uses the link again, if a use is left."""
    link = add(store, max_uses=2)
    first = visit(store, link, browser=BROWSER)
    second = visit(store, link, now=NOW + GRACE_S, browser=BROWSER)
    assert first != second
    assert visit(store, link, now=NOW + GRACE_S + 1, browser=BROWSER) == second
    assert store.get(link.id).uses == 2


@pytest.mark.parametrize("browser", [OTHER_BROWSER, BROWSER[:-1], BROWSER + b"b", b"", None])
def test_another_browser_does_not_come_back(browser: bytes | None, store: Store) -> None:
    """Another browser, or one without a digest, finds the link used up."""
    link = add(store)
    visit(store, link, browser=BROWSER)
    with pytest.raises(UsedUpError):
        visit(store, link, browser=browser)


def test_browser_that_cannot_be_told_apart_never_comes_back(store: Store) -> None:
    """A browser without a digest does not get its visit again."""
    link = add(store)
    visit(store, link)
    with pytest.raises(UsedUpError):
        visit(store, link)


def test_browser_comes_back_to_its_own_link_only(store: Store) -> None:
    """A browser that used one link does not get into another used link."""
    one, other = add(store), add(store)
    visit(store, one, browser=BROWSER)
    visit(store, other, browser=OTHER_BROWSER)
    assert store.visit_of(other, BROWSER, now=NOW) is None
    with pytest.raises(UsedUpError):
        visit(store, other, browser=BROWSER)


def test_browser_does_not_come_back_to_a_revoked_link(store: Store) -> None:
    """A browser does not get its visit again once the link is revoked."""
    link = add(store)
    visit(store, link, browser=BROWSER)
    store.revoke(link.id, now=NOW + 1)
    assert store.visit_of(link, BROWSER, now=NOW + 1) is None
    with pytest.raises(RevokedError):
        visit(store, link, now=NOW + 1, browser=BROWSER)


@pytest.mark.parametrize(("after", "comes_back"), [(59.999, True), (60, False), (60.001, False)])
def test_browser_does_not_come_back_to_an_expired_link(after: float, comes_back: bool, store: Store) -> None:
    """A browser does not get its visit again once the link has expired, even in the grace time."""
    link = add(store, expires_at=int(NOW) + 60)
    visit(store, link, browser=BROWSER)
    assert (store.visit_of(link, BROWSER, now=NOW + after) is not None) is comes_back
    if not comes_back:
        with pytest.raises(ExpiredError):
            visit(store, link, now=NOW + after, browser=BROWSER)


def test_double_click_counts_once(store: Store) -> None:
    """Four requests of one browser at the same moment get the same visit and count one use."""
    for _ in range(20):
        link = add(store, max_uses=5)
        assert len(set(in_threads(4, lambda _, link=link: visit(store, link, browser=BROWSER)))) == 1  # type: ignore[misc]
        assert store.get(link.id).uses == 1


# Lists


def pages(store: Store, limit: int, between: Callable[[], object] = lambda: None) -> list[str]:
    """Return the ids of all links page by page; ``between`` is called after each page."""
    found: list[str] = []
    cursor = None
    while True:
        page = store.page(Filter(), now=NOW, limit=limit, cursor=cursor)
        assert len(page.links) <= limit
        found += [link.id for link in page.links]
        if page.next_cursor is None:
            return found
        assert len(page.links) == limit
        cursor = page.next_cursor
        between()


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8, 100])
def test_list_pages_show_each_link_once_the_newest_first(limit: int, store: Store) -> None:
    """The pages of a list hold each of seven links once, newest first, at every page size."""
    made = [add(store).id for _ in range(7)]
    assert pages(store, limit) == made[::-1]


def test_list_page_that_is_exactly_full_and_the_last_has_no_next_cursor(store: Store) -> None:
    """A page has a next cursor only if another link comes after it."""
    older, newer = add(store), add(store)
    assert store.page(Filter(), now=NOW, limit=2) == ((newer, older), None)
    first = store.page(Filter(), now=NOW, limit=1)
    assert first.links == (newer,)
    assert first.next_cursor is not None
    assert store.page(Filter(), now=NOW, limit=1, cursor=first.next_cursor) == ((older,), None)


def test_list_pages_have_no_gap_and_no_double_while_links_are_added(store: Store) -> None:
    """A list that is read while links are added shows the older links once each."""
    made = [add(store).id for _ in range(9)]
    assert pages(store, 2, between=lambda: [add(store) for _ in range(3)]) == made[::-1]


def test_list_pages_have_no_gap_while_links_are_deleted(store: Store) -> None:
    """A cursor stays valid when the links after it have been deleted."""
    old = [add(store, expires_at=int(NOW) - 91 * DAY_S).id for _ in range(2)]
    made = [add(store).id for _ in range(4)]
    assert set(old) < set(ids(store))
    first = store.page(Filter(), now=NOW, limit=4)
    purge_old(store, now=NOW + DAY_S)
    rest = store.page(Filter(), now=NOW, limit=4, cursor=first.next_cursor)
    assert [link.id for link in first.links] == made[::-1]
    assert (rest.links, rest.next_cursor) == ((), None)


def test_list_of_nothing_is_one_empty_page(store: Store) -> None:
    """An empty store has one empty page, whatever the cursor is."""
    for cursor in (None, 1, 2**53):
        assert store.page(Filter(), now=NOW, limit=5, cursor=cursor) == ((), None)


def test_list_is_filtered_by_state(store: Store) -> None:
    """A link is in the list of its own state, and in none of the other four."""
    store.token_ids.add("shop", ["token-id-1"], now=NOW)
    store.token_ids.registered("shop", ["token-id-1"], now=NOW)
    ended, _ = store.create(link_spec(), now=NOW, draws_token_id=True)
    store.token_ids.expire("shop", "token-id-1", now=NOW)
    active, reusable, expired, used_up, revoked = (
        add(store),
        add(store, max_uses=None),
        add(store, expires_at=int(NOW)),
        add(store),
        add(store),
    )
    visit(store, used_up)
    visit(store, reusable)
    store.revoke(revoked.id, now=NOW)
    assert {state: ids(store, Filter(state=state)) for state in LinkState} == {
        LinkState.ACTIVE: [reusable.id, active.id],
        LinkState.EXPIRED: [expired.id],
        LinkState.USED_UP: [used_up.id],
        LinkState.REVOKED: [revoked.id],
        LinkState.TOKEN_ID_EXPIRED: [ended.id],
    }
    assert all(
        store.get(one).state(NOW) is state for state in LinkState for one in ids(store, Filter(state=state))
    )


@given(
    st.lists(
        st.tuples(st.integers(-2, 2), st.sampled_from([None, 1, 2]), st.integers(0, 2), st.booleans()),
        min_size=1,
        max_size=4,
    )
)
@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_list_state_is_the_state_of_the_link(
    stores: Stores, links: list[tuple[int, int | None, int, bool]]
) -> None:
    """The state in lists agrees with the link's own state, whatever happened to it."""
    stores.empty()
    store = stores.open()
    for expires_in, max_uses, uses, is_revoked in links:
        link = add(store, now=NOW - 9, expires_at=int(NOW) + expires_in, max_uses=max_uses)
        for _ in range(uses):
            outcome_of(lambda link=link: visit(store, link, now=NOW - 5))  # type: ignore[misc]
        if is_revoked:
            store.revoke(link.id, now=NOW)
    for state in LinkState:
        found = ids(store, Filter(state=state))
        assert found == [one for one in ids(store) if store.get(one).state(NOW) is state]


def test_list_is_filtered_by_label(store: Store) -> None:
    """A list filtered by label shows links of exactly that label, and by state too if asked."""
    poster = [add(store, label="Poster") for _ in range(3)]
    add(store, label="poster")
    add(store, label="Poster 2")
    add(store)
    store.revoke(poster[0].id, now=NOW)
    assert ids(store, Filter(label="Poster")) == [one.id for one in poster[::-1]]
    assert ids(store, Filter(LinkState.REVOKED, "Poster")) == [poster[0].id]
    for label in ("", "%", "Poster' OR 1=1 --", "POSTER"):
        assert ids(store, Filter(label=label)) == []


# Repeated requests


def idempotency_key(key: str = "key", *, scope: str = HOLDER, body: bytes = b"body") -> IdempotencyKey:
    """Return what the API makes of an Idempotency-Key."""
    return IdempotencyKey(scope, key, body)


def test_request_repeated_answers_the_first_link(store: Store) -> None:
    """A repeated request gets the first link in its present state, and creates no other."""
    first, is_new = store.create(link_spec(), now=NOW, idempotency_key=idempotency_key())
    visit(store, first)
    again, is_new_again = store.create(link_spec(), now=NOW + 5, idempotency_key=idempotency_key())
    assert (is_new, is_new_again) == (True, False)
    assert (again.id, again.uses) == (first.id, 1)
    assert ids(store) == [first.id]


def test_request_with_the_key_of_another_body_is_refused(store: Store) -> None:
    """An Idempotency-Key that comes with another body is refused, and creates no link."""
    first, _ = store.create(link_spec(), now=NOW, idempotency_key=idempotency_key())
    with pytest.raises(KeyReusedError):
        store.create(link_spec(), now=NOW, idempotency_key=idempotency_key(body=b"other"))
    assert ids(store) == [first.id]


@pytest.mark.parametrize(
    "other", [idempotency_key("other"), idempotency_key("KEY"), idempotency_key(scope="till"), None]
)
def test_request_of_another_key_or_holder_makes_its_own_link(
    other: IdempotencyKey | None, store: Store
) -> None:
    """A request with another Idempotency-Key, holder or none creates its own link."""
    first, _ = store.create(link_spec(), now=NOW, idempotency_key=idempotency_key())
    second, is_new = store.create(link_spec(), now=NOW, idempotency_key=other)
    assert is_new
    assert ids(store) == [second.id, first.id]


def test_request_repeated_by_many_threads_at_once_makes_one_link(store: Store) -> None:
    """A request that eight threads repeat at once creates one link."""
    for number in range(10):
        key = idempotency_key(str(number))
        answers = in_threads(8, lambda _, key=key: store.create(link_spec(), now=NOW, idempotency_key=key))  # type: ignore[misc]
        assert len({link.id for link, _ in answers}) == 1
        assert [is_new for _, is_new in answers].count(True) == 1
    assert len(ids(store)) == 10


@pytest.mark.parametrize(
    ("after", "is_new"), [(IDEMPOTENCY_S - 1, False), (IDEMPOTENCY_S, False), (IDEMPOTENCY_S + 1, True)]
)
def test_request_is_remembered_for_a_day(after: float, is_new: bool, store: Store) -> None:
    """An Idempotency-Key is remembered for a day, and is a new one after it."""
    store.create(link_spec(expires_at=int(NOW) + 10 * DAY_S), now=NOW, idempotency_key=idempotency_key())
    for is_first in (is_new, False):
        assert store.create(link_spec(), now=NOW + after, idempotency_key=idempotency_key())[1] is is_first


def test_request_whose_link_was_deleted_makes_a_new_one(stores: Stores) -> None:
    """A repeated request whose first link has been deleted creates a new link."""
    store = stores.open(retention_days=0)
    first, _ = store.create(link_spec(expires_at=int(NOW) + 1), now=NOW, idempotency_key=idempotency_key())
    purge_old(store, now=NOW + 3601)
    second, is_new = store.create(link_spec(), now=NOW + 3601, idempotency_key=idempotency_key())
    assert is_new
    assert first.id != second.id


# Visits and what their returns claimed


def test_outcome_is_noted_for_its_visit_alone(store: Store) -> None:
    """An outcome is written to its own visit and to no other visit or link."""
    link, other = add(store, max_uses=None), add(store)
    first, second, third = visit(store, link), visit(store, link, now=NOW + 1), visit(store, other)
    visited_link = store.record(second, claim())
    assert isinstance(visited_link, VisitedLink)
    assert (visited_link.link.id, visited_link.visit.id, visited_link.visit.outcome) == (
        link.id,
        second,
        claim(),
    )
    assert visited_link == store.visited_link(second)
    assert [one.outcome for one in store.visits(link.id, limit=5)] == [claim(), None]
    for untouched in (first, third):
        kept = store.visited_link(untouched)
        assert kept is not None
        assert kept.visit.outcome is None
    assert store.get(other.id).outcome is None


@pytest.mark.parametrize(
    "outcome",
    [
        claim(result=result, submission_id=submission_id, error_code=error_code)
        for result in (*Result, None)
        for submission_id, error_code in ((None, None), ("sub", "TK-10001"))
    ],
    ids=str,
)
def test_outcome_of_any_kind_comes_back(outcome: Outcome, store: Store) -> None:
    """An outcome of any kind comes back, even one without status and error."""
    link = add(store)
    store.record(visit(store, link), outcome)
    assert store.get(link.id).outcome == outcome


def test_outcome_that_comes_later_replaces_the_one_before(store: Store) -> None:
    """A later outcome of a visit replaces every part of the earlier one."""
    link = add(store)
    came = visit(store, link)
    store.record(came, claim(result=Result.ERROR, error_code="TK-10001", submission_id=None))
    store.record(came, claim(NOW + 5))
    assert store.get(link.id).outcome == claim(NOW + 5)


def test_returns_of_a_visit_are_all_kept_and_the_latest_decision_is_shown(store: Store) -> None:  # A6
    """Every return that differs is kept in order, and the latest decided one is the visit's outcome."""
    link = add(store)
    came = visit(store, link)
    first, second, third = (
        claim(NOW + 1, Result.PENDING),
        claim(NOW + 2, Result.APPROVED),
        claim(NOW + 3, Result.ERROR, error_code="LO-30005"),
    )
    for outcome in (first, second, third):
        store.record(came, outcome)
    visited_link = store.record(came, claim(NOW + 9, Result.PENDING))
    assert visited_link is not None
    assert visited_link.visit.returns == (first, second, third)
    assert visited_link.visit.outcome == visited_link.link.outcome == second
    assert store.visited_link(came) == visited_link
    assert [one.returns for one in store.visits(link.id, limit=5)] == [(first, second, third)]


def test_decision_of_a_visit_is_replaced_by_a_later_one_alone(store: Store) -> None:  # A6
    """A later decision replaces an earlier one; the earlier one, opened again, does not come back."""
    link = add(store)
    came = visit(store, link)
    store.record(came, claim(NOW + 1, Result.REJECTED))
    store.record(came, claim(NOW + 2, Result.APPROVED))
    store.record(came, claim(NOW + 3, Result.REJECTED))
    assert store.get(link.id).outcome == claim(NOW + 2, Result.APPROVED)


def test_returns_of_visits_are_not_mixed_up(store: Store) -> None:  # A6
    """Each visit of a list has its own returns, also beside a visit that is not listed."""
    link = add(store, max_uses=None)
    made = [visit(store, link, now=NOW + number) for number in range(4)]
    for number, came in enumerate(made[:3]):
        store.record(came, claim(NOW + number, submission_id=f"sub-{number}"))
    shown = store.visits(link.id, limit=3)
    assert [[one.submission_id for one in each.returns] for each in shown] == [[], ["sub-2"], ["sub-1"]]
    assert store.visits(add(store).id, limit=3) == []


def test_returns_of_a_visit_are_kept_up_to_fifty(store: Store) -> None:  # A6
    """A visit keeps fifty returns; more are neither kept nor shown."""
    link = add(store)
    came = visit(store, link)
    for number in range(MOST_RETURNS + 2):
        visited_link = store.record(came, claim(NOW + number, submission_id=f"sub-{number}"))
    assert visited_link is not None
    assert len(visited_link.visit.returns) == MOST_RETURNS == 50
    assert visited_link.visit.outcome == visited_link.visit.returns[-1]


def test_code_of_a_visit_is_exchanged_once(store: Store) -> None:  # A5
    """The result code of a visit is exchanged once, whichever of many threads comes first."""
    link = add(store, max_uses=None)
    first, second = visit(store, link), visit(store, link)
    assert in_threads(8, lambda _: store.exchange(first, now=NOW)).count(True) == 1
    assert [store.exchange(one, now=NOW) for one in (second, second, new_visit(link).id, "x")] == [
        True,
        False,
        False,
        False,
    ]
    exchanged = store.visited_link(first)
    assert exchanged is not None
    assert exchanged.visit.exchanged


def test_returns_go_with_their_link(stores: Stores) -> None:  # A6
    """The returns of a link are deleted with it."""
    store = stores.open(retention_days=0)
    link, _ = store.create(link_spec(expires_at=int(NOW) + 1), now=NOW)
    store.record(visit(store, link), claim())
    purge_old(store, now=NOW + 3601)
    assert stores.execute("SELECT count(*) FROM outcomes") == [(0,)]


@pytest.mark.parametrize("change", ["x", "", "other visit", "other link"])
def test_outcome_of_an_unknown_visit_is_noted_nowhere(change: str, store: Store) -> None:
    """An outcome of an unknown visit is written neither to a visit nor to a link."""
    link, other = add(store), add(store)
    came = visit(store, link)
    unknown = {
        "x": came + "x",
        "": came[:-1],
        "other visit": new_visit(link).id,
        "other link": other.id + came[16:],
    }[change]
    assert store.record(unknown, claim()) is None
    assert [store.get(one.id).outcome for one in (link, other)] == [None, None]
    assert [one.outcome for one in store.visits(link.id, limit=5)] == [None]


def test_visits_are_the_latest_first_and_as_many_as_wanted(store: Store) -> None:
    """Visits come newest first, and no more of them than asked for."""
    link = add(store, max_uses=None)
    made = [visit(store, link, now=NOW + number, userid=f"guest-{number}") for number in range(5)]
    shown = store.visits(link.id, limit=3)
    assert [one.id for one in shown] == made[:1:-1]
    assert [one.userid for one in shown] == ["guest-4", "guest-3", "guest-2"]
    assert [one.at for one in shown] == [NOW + 4, NOW + 3, NOW + 2]


@pytest.mark.parametrize(
    ("fields", "own", "userid"),
    [
        ({"userid": "user_1"}, None, "user_1"),
        ({}, "guest-1", "guest-1"),
        ({}, None, None),
        ({"userid": None}, None, None),
    ],
)
def test_visited_link_says_whose_visit_it_is(
    fields: dict[str, Any], own: str | None, userid: str | None, store: Store
) -> None:
    """A visit has its own user id, or else the one of its link."""
    link = add(store, fields=fields)
    visited_link = store.visited_link(visit(store, link, userid=own))
    assert visited_link is not None
    assert visited_link.userid == userid


# Codes that can be spent once


def test_code_is_spent_once(store: Store) -> None:
    """A code can be used once, and codes that differ in case are two."""
    assert [use_code(store, code, now=NOW) for code in ("a", "a", "b", "A", "a")] == [
        True,
        False,
        True,
        True,
        False,
    ]


def test_code_is_spent_by_exactly_one_of_many_threads(store: Store) -> None:
    """A code works for exactly one of eight threads, 25 times in a row."""
    for number in range(25):
        assert in_threads(8, lambda _, code=str(number): use_code(store, code, now=NOW)).count(True) == 1  # type: ignore[misc]


def test_code_is_spent_by_exactly_one_of_many_processes(store: Store, stores: Stores) -> None:
    """A code works for exactly one of five processes, ten times in a row."""
    with processes(5) as start:
        for number in range(10):
            assert sorted(start(use_once, stores.place, str(number))) == ["spent"] * 4 + ["won"]


# Retention


def test_links_past_their_retention_are_deleted_with_all_that_is_theirs(
    store: Store,
) -> None:
    """A link past its retention is deleted with its visits, and one a second younger is kept."""
    old = add(store, max_uses=None, expires_at=int(NOW) + 60)
    kept = add(store, max_uses=None, expires_at=int(NOW) + 61)
    old_visit, kept_visit = visit(store, old, userid="guest-1"), visit(store, kept)
    purge_old(store, now=NOW + 60.5 + 90 * DAY_S)
    with pytest.raises(UnknownLinkError):
        store.get(old.id)
    assert store.visited_link(old_visit) is None
    assert store.record(old_visit, claim()) is None
    assert store.visits(old.id, limit=5) == []
    assert store.get(kept.id).uses == 1
    assert store.visited_link(kept_visit) is not None


@pytest.mark.parametrize(("after", "kept"), [(-0.5, True), (0, True), (0.5, False), (10**6, False)])
def test_links_are_kept_to_the_end_of_their_retention(after: float, kept: bool, store: Store) -> None:
    """A link is kept until 90 days after its expiry and deleted half a second later."""
    link = add(store)
    store.revoke(link.id, now=NOW)
    purge_old(store, now=NOW + 900 + 90 * DAY_S + after)
    assert (link.id in ids(store)) is kept


def test_spent_codes_are_forgotten_after_a_day(store: Store) -> None:
    """A used code is remembered for a day and then forgotten."""
    use_code(store, "a", now=NOW)
    purge_old(store, now=NOW + DAY_S)
    assert use_code(store, "a", now=NOW + DAY_S) is False
    purge_old(store, now=NOW + DAY_S + 1)
    assert use_code(store, "a", now=NOW + DAY_S + 1) is True


# What lies in the file


def test_file_holds_nothing_personal(store: Store, stores: Stores) -> None:
    """The database and its WAL hold no field, user id or next in plain."""
    secrets = [
        "jane-17",
        "jane@example.com",
        "매장-비밀",
        "guest-prefix",
        "app.example.com",
        "user-of-a-visit",
        "asks for Jane's sister",
    ]
    fields = {"userid": secrets[0], "email": secrets[1], "cf1": secrets[2]}
    link = add(
        store,
        max_uses=3,
        fields=fields,
        unique_userid=secrets[3],
        next=f"https://{secrets[4]}/{secrets[0]}",
        note=secrets[6],
    )
    visit(store, link, userid=secrets[5], browser=BROWSER)
    found: list[str] = []
    for step in ("open", "closed"):
        content = stores.contents()
        assert link.id.encode() in content, step
        assert HOLDER.encode() in content, step
        for secret in secrets:
            forms = (secret.encode(), secret.encode("utf-16-le"), ascii(secret)[1:-1].encode())
            found += [secret for form in forms if form in content]
        store.close()
    assert found == []


def test_file_holds_the_label_in_plain(store: Store, stores: Stores) -> None:
    """The database holds the label in plain, because staff search for it."""
    add(store, label="Poster at the door")
    store.close()
    assert b"Poster at the door" in stores.contents()


def test_file_is_of_no_use_with_other_keys(store: Store, stores: Stores) -> None:
    """A database opens no link with other keys than its own."""
    link = add(store)
    other = stores.open(keys=[OTHER_KEY])
    with pytest.raises(UntrustedInputError):
        other.get(link.id)


def test_list_leaves_out_what_no_key_opens_any_more(store: Store, stores: Stores) -> None:
    """A list leaves out links that none of the keys opens, and shows all others."""
    old = add(store)
    other = stores.open(keys=[OTHER_KEY])
    new = [add(other).id for _ in range(2)]
    first = other.page(Filter(), now=NOW, limit=2)
    assert [link.id for link in first.links] == new[::-1]
    rest = other.page(Filter(), now=NOW, limit=2, cursor=first.next_cursor)
    assert (rest.links, rest.next_cursor) == ((), None)
    assert [link.id for link in store.page(Filter(), now=NOW, limit=9).links] == [old.id]
    with pytest.raises(UnknownLinkError):
        other.get(old.id)


def test_user_id_that_no_key_opens_any_more_is_left_out(store: Store, stores: Stores) -> None:
    """A visit whose user id none of the keys opens is shown without it."""
    link = add(store)
    store.visit(link, new_visit(link, userid="poster-1"), browser=None)
    other = stores.open(keys=[OTHER_KEY])
    assert [visit.userid for visit in other.visits(link.id, limit=9)] == [None]
    assert [visit.userid for visit in store.visits(link.id, limit=9)] == ["poster-1"]


def test_row_copied_over_another_does_not_open(store: Store, stores: Stores) -> None:
    """Sealed data that is copied to another link's row does not open."""
    one, other = add(store, fields={"userid": "jane"}), add(store)
    copy = "UPDATE links SET sealed = (SELECT sealed FROM links WHERE id = ?) WHERE id = ?"
    stores.execute(copy, one.id, other.id)
    with pytest.raises(UntrustedInputError):
        store.get(other.id)


# When it cannot be reached


def test_store_that_works_is_ready(store: Store) -> None:
    """A working store is ready, and the check leaves nothing behind."""
    assert store.is_ready()
    assert store.keeps_links
    assert ids(store) == []


def test_store_whose_tables_are_gone_is_not_ready(store: Store, stores: Stores) -> None:
    """A store without its tables is not ready, and every method raises the same StoreError."""
    link = add(store)
    for table in ("visits", "idempotency_keys", "used_codes", "outcomes", "submissions", "links"):
        stores.execute(f"DROP TABLE {table}")
    assert not store.is_ready()
    calls: list[Callable[[], object]] = [
        lambda: store.get(link.id),
        lambda: store.create(link_spec(), now=NOW),
        lambda: use_code(store, "a", now=NOW),
        lambda: store.exchange(NOBODY, now=NOW),
        lambda: visit(store, link),
        lambda: store.page(Filter(), now=NOW, limit=5),
        lambda: store.revoke(link.id, now=NOW),
        lambda: store.record(NOBODY, claim()),
        lambda: store.visited_link(NOBODY),
        lambda: store.visits(link.id, limit=5),
        lambda: store.visit_of(link, BROWSER, now=NOW),
    ]
    for call in calls:
        with pytest.raises(StoreError) as caught:
            call()
        assert str(caught.value) == "the store cannot be read or written now; try again later"


def test_grace_time_and_memory_of_requests_have_their_lengths() -> None:
    """A browser comes back for 600 seconds, and a request is remembered for 86,400."""
    assert (GRACE_S, IDEMPOTENCY_S) == (600, 86_400)

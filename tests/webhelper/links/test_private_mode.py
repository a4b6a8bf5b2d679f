"""These tests make and open links of a project in private mode, each of which draws a token id."""

from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sites import HOLDER, NOW, Clock, link_request, link_service, projects

from liveform import FieldError, Pipeline
from liveform.form_urls import MAX_URL_CHARS
from webhelper.errors import EmptyPoolError, RevokedError, TokenIdExpiredError, UsedUpError
from webhelper.links.models import GRACE_S, TOKEN_ID_GRACE_S, Link, LinkState
from webhelper.links.outcomes import Outcome, Result
from webhelper.links.private_mode import NoPools
from webhelper.links.service import LinkService
from webhelper.links.stores.base import IdempotencyKey, Store

BROWSER, OTHER_BROWSER = b"b" * 32, b"o" * 32
DAY_S = 86_400


class Pools:
    """Pools that note what they are told; every project but ``open`` has one."""

    projects = frozenset(["plain", "shop", "signup"])

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def drawn(self, project: str) -> None:
        """Note a draw."""
        self.told.append(("drawn", project))

    def found_empty(self, project: str, now: float) -> None:
        """Note that none was ready."""
        assert now == NOW
        self.told.append(("found empty", project))


@pytest.fixture
def pools() -> Pools:
    """Return the pools of the site."""
    return Pools()


@pytest.fixture
def service(tmp_path: Path, clock: Clock, store: Store, pools: Pools) -> LinkService:
    """Return a link service; the project ``shop`` has three token ids ready, and every other one has one."""
    of_projects = projects() | {"open": projects()["shop"]}
    for project in pools.projects:
        token_ids = [f"{project}-token-{number}" for number in range(3 if project == "shop" else 1)]
        store.token_ids.add(project, token_ids, now=NOW)
        store.token_ids.registered(project, token_ids, now=NOW)
    return link_service(tmp_path, clock, store, of_projects=of_projects, pools=pools)


@pytest.fixture
def make(service: LinkService) -> Callable[..., Link]:
    """Return a maker of links."""
    return lambda **changes: service.create(link_request(**changes), by=HOLDER)[0]


def wire(service: LinkService, link: Link, browser: bytes = BROWSER) -> dict[str, Any]:
    """Redeem a link, and return what the vendor reads in the form URL."""
    query = urlsplit(service.redeem(service.store.get(link.id), browser)).query
    plain: dict[str, Any] = {name: value for name, (value,) in parse_qs(query).items()}
    encrypted = plain.pop("encrypted", None)
    return plain if encrypted is None else plain | projects()[link.spec.project].decrypt(encrypted)


def refusal(service: LinkService, **changes: Any) -> FieldError:
    """Return the error with which a link request is refused; no token id is drawn."""
    with pytest.raises(FieldError) as caught:
        service.create(link_request(**changes), by=HOLDER)
    assert service.store.token_ids.count("shop").drawn == 0
    return caught.value


@pytest.mark.parametrize("pipeline", [Pipeline.ID_DOCUMENT, Pipeline.KNOWLEDGE])
@pytest.mark.parametrize(("project", "name"), [("plain", "tokenid"), ("shop", "token"), ("signup", "token")])
def test_form_url_carries_the_token_id_by_the_name_of_its_place(
    service: LinkService, make: Callable[..., Link], pipeline: Pipeline, project: str, name: str
) -> None:
    """The form URL carries the drawn token id: as tokenid in plain, and as token inside encrypted."""
    link = make(project=project, pipeline=pipeline)
    assert link.spec.token_id == f"{project}-token-0"
    assert wire(service, link)[name] == link.spec.token_id


def test_each_link_draws_another_token_id(
    service: LinkService, make: Callable[..., Link], pools: Pools
) -> None:
    """Three links have three token ids, and the pools hear of each draw."""
    assert len({make().spec.token_id for _ in range(3)}) == 3
    assert service.store.token_ids.count("shop")[1:3] == (0, 3)
    assert pools.told == [("drawn", "shop")] * 3


def test_link_is_refused_when_no_token_id_is_ready(
    service: LinkService, make: Callable[..., Link], pools: Pools
) -> None:
    """A pool that is empty makes no link, and the pools are told."""
    make(project="plain")
    with pytest.raises(EmptyPoolError):
        make(project="plain")
    assert pools.told == [("drawn", "plain"), ("found empty", "plain")]


def test_repeated_request_draws_nothing(service: LinkService) -> None:
    """A request that is repeated with its Idempotency-Key returns the link and the token id of the first."""
    key = IdempotencyKey(HOLDER, "order 17", b"digest")
    made = [service.create(link_request(), by=HOLDER, idempotency_key=key) for _ in range(2)]
    assert [is_new for _, is_new in made] == [True, False]
    assert made[0][0].spec.token_id == made[1][0].spec.token_id
    assert service.store.token_ids.count("shop").drawn == 1


@pytest.mark.parametrize("max_uses", [None, 2])
def test_link_of_several_uses_is_refused(service: LinkService, max_uses: int | None) -> None:
    """A link in private mode is for one use; the error says why."""
    error = refusal(service, max_uses=max_uses)
    assert error.field == "max_uses"
    assert "one person" in error.problem
    assert "three minutes" in error.problem


@pytest.mark.parametrize("name", ["tokenId", "tokenid", "token"])
def test_link_request_that_names_a_token_id_is_refused(service: LinkService, name: str) -> None:
    """A link in private mode takes no token id of the caller, by whatever name."""
    error = refusal(service, fields={name: "abcdefgh"})
    assert (error.field, error.problem) == (name, "is drawn from the pool of the project; leave it out")


def test_url_that_is_too_long_with_a_token_id_is_refused_before_one_is_drawn(service: LinkService) -> None:
    """A link whose URL is too long by its token id alone is refused when it is made, and draws none."""

    def fits(chars: int, project: str) -> bool:
        try:
            service.check(link_request(project=project, fields={"cf1": "x" * chars}), by=HOLDER)
        except FieldError:
            return False
        return True

    longest = bisect_left(range(MAX_URL_CHARS), True, key=lambda chars: not fits(chars, "open")) - 1
    assert fits(longest, "open")
    assert not fits(longest, "shop")
    refusal(service, fields={"cf1": "x" * longest})


def test_injection_takes_no_token_id(service: LinkService, make: Callable[..., Link], pools: Pools) -> None:
    """A link for an injection draws none, and may have several uses: the vendor names no token id there."""
    link = make(pipeline=Pipeline.INJECTION, fields={"sid": "sub-1"}, max_uses=None)
    assert link.spec.token_id is None
    assert not {"token", "tokenid", "tokenId"} & wire(service, link).keys()
    assert pools.told == []
    refused = refusal(service, pipeline=Pipeline.INJECTION, fields={"sid": "sub-1", "tokenId": "abcdefgh"})
    assert refused.field == "tokenId"


def test_project_without_a_pool_takes_a_token_id_in_its_fields(
    service: LinkService, make: Callable[..., Link]
) -> None:
    """A link of a project without a pool carries the token id that its request names, and draws none."""
    link = make(project="open", fields={"tokenId": "abcdefgh"}, max_uses=2)
    assert (link.spec.token_id, link.spec.fields) == (None, {"tokenId": "abcdefgh"})


def test_browser_comes_back_for_three_minutes(
    service: LinkService, make: Callable[..., Link], clock: Clock
) -> None:
    """A browser gets the same token id again for three minutes after its use, and is refused then."""
    link = make(expires_in=3600)
    first = wire(service, link)
    assert TOKEN_ID_GRACE_S == 180
    clock.advance(TOKEN_ID_GRACE_S - 1)
    assert service.check_open(service.store.get(link.id), BROWSER)
    assert wire(service, link)["token"] == first["token"]
    clock.advance(1)
    for refused in (service.check_open, service.redeem):
        with pytest.raises(UsedUpError):
            refused(service.store.get(link.id), BROWSER)


def test_second_browser_is_refused_at_once(service: LinkService, make: Callable[..., Link]) -> None:
    """A token id is for one browser, also within the three minutes."""
    link = make()
    wire(service, link)
    with pytest.raises(UsedUpError):
        wire(service, link, OTHER_BROWSER)


@pytest.mark.parametrize("project", ["shop", "open"])
@pytest.mark.parametrize("result", [None, *Result])
def test_browser_that_brought_a_result_back_does_not_open_the_form_again(
    service: LinkService, make: Callable[..., Link], project: str, result: Result | None
) -> None:
    """A token id ends with its submission: after an error page alone the browser may try again."""
    link = make(project=project)
    service.redeem(link, BROWSER)
    (visit,) = service.store.visits(link.id, limit=9)
    service.store.record(visit.id, Outcome(result=result, submission_id=None, error_code=None, at=NOW))
    used = service.store.get(link.id)
    if project == "open" or result in (None, Result.ERROR, Result.UNKNOWN):
        assert service.check_open(used, BROWSER)
        assert service.redeem(used, BROWSER)
        return
    for refused in (service.check_open, service.redeem):
        with pytest.raises(UsedUpError):
            refused(used, BROWSER)


def test_browser_without_private_mode_comes_back_for_ten_minutes(
    service: LinkService, make: Callable[..., Link], clock: Clock
) -> None:
    """The shorter time holds for links in private mode alone."""
    link = make(project="open", expires_in=3600)
    service.redeem(link, BROWSER)
    clock.advance(GRACE_S - 1)
    assert service.check_open(service.store.get(link.id), BROWSER)


class TestExpiredTokenId:
    """These tests open links whose token id has expired at the vendor."""

    def test_unused_link_no_longer_opens(
        self, service: LinkService, make: Callable[..., Link], clock: Clock
    ) -> None:
        """A link is refused from the vendor's news on, with an error and a state of its own."""
        link = make(expires_in=DAY_S)
        clock.advance(60)
        assert service.store.token_ids.expire("shop", str(link.spec.token_id), now=clock()) == link.id
        expired = service.store.get(link.id)
        assert expired.token_id_expired_at == NOW + 60
        assert expired.state(clock()) is LinkState.TOKEN_ID_EXPIRED
        for refused in (service.check_open, service.redeem):
            with pytest.raises(TokenIdExpiredError):
                refused(link, BROWSER) if refused == service.redeem else refused(expired, BROWSER)
        assert service.store.get(link.id).uses == 0

    def test_news_that_come_twice_keep_the_first_time(
        self, service: LinkService, make: Callable[..., Link]
    ) -> None:
        """The vendor may send the event again; the time of the first one stays."""
        link = make()
        for later in (0, 5):
            service.store.token_ids.expire("shop", str(link.spec.token_id), now=NOW + later)
        assert service.store.get(link.id).token_id_expired_at == NOW

    def test_used_link_lets_nobody_come_back(self, service: LinkService, make: Callable[..., Link]) -> None:
        """After its submission a token id expires, and the browser is not sent to a form that refuses it."""
        link = make()
        service.redeem(link, BROWSER)
        service.store.token_ids.expire("shop", str(link.spec.token_id), now=NOW)
        used = service.store.get(link.id)
        assert used.state(NOW) is LinkState.USED_UP
        for refused in (service.check_open, service.redeem):
            with pytest.raises(UsedUpError):
                refused(used, BROWSER)

    def test_other_ends_come_first(
        self, service: LinkService, make: Callable[..., Link], clock: Clock
    ) -> None:
        """A link that was revoked or has expired says so, whatever became of its token id."""
        link = make(expires_in=900)
        service.store.token_ids.expire("shop", str(link.spec.token_id), now=NOW)
        assert service.store.get(link.id).state(NOW + 900) is LinkState.EXPIRED
        service.store.revoke(link.id, now=NOW)
        with pytest.raises(RevokedError):
            service.check_open(service.store.get(link.id))

    def test_expired_one_is_not_drawn(self, service: LinkService, make: Callable[..., Link]) -> None:
        """A token id that expires in the pool is not given to a link."""
        assert service.store.token_ids.expire("plain", "plain-token-0", now=NOW) is None
        with pytest.raises(EmptyPoolError):
            make(project="plain")

    def test_unknown_one_changes_nothing(self, service: LinkService) -> None:
        """The event of a token id of somebody else, or of another project, finds no link."""
        assert service.store.token_ids.expire("shop", "plain-token-0", now=NOW) is None
        assert service.store.token_ids.count("plain").ready == 1


class TestUnused:
    """These tests find the token ids that nobody needs any more."""

    def test_token_id_of_a_used_link_is_needed_for_a_day(
        self, service: LinkService, make: Callable[..., Link]
    ) -> None:
        """A used token id is kept for a day, in which the check ends; then nobody needs it."""
        link = make(expires_in=30 * DAY_S)
        service.redeem(link, BROWSER)
        unused = [service.store.token_ids.unused("shop", now=NOW + s, limit=9) for s in (DAY_S - 1, DAY_S)]
        assert unused == [[], [link.spec.token_id]]

    def test_token_id_of_a_link_that_died_unused_is_not_needed(
        self, service: LinkService, make: Callable[..., Link]
    ) -> None:
        """Nobody needs the token id of a link that was revoked, or expired before its use."""
        expired, revoked, living = (make(expires_in=seconds) for seconds in (900, 3600, 3600))
        service.store.revoke(revoked.id, now=NOW)
        unused = service.store.token_ids.unused("shop", now=NOW + 900, limit=9)
        assert set(unused) == {expired.spec.token_id, revoked.spec.token_id}
        assert living.spec.token_id not in unused


def test_site_without_private_mode_has_no_pools() -> None:
    """Without TOKEN_POOLS no project has a pool, and whatever is told is forgotten."""
    none = NoPools()
    assert "shop" not in none.projects
    none.drawn("shop")
    none.found_empty("shop", NOW)

"""These tests hand a visit over from one browser to another, in the store and above it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from racing import in_threads
from sites import HOLDER, KEY, NOW, Clock, link_request, link_service
from store_values import claimed, confirmed

from liveform import ExpiredError
from webhelper.errors import RevokedError, UnknownLinkError, UsedUpError
from webhelper.links.hand_over import HandOvers
from webhelper.links.models import GRACE_S, Link
from webhelper.links.outcomes import Outcome, Result
from webhelper.links.service import LinkService
from webhelper.links.signing.purposes import Purpose
from webhelper.links.signing.signed_values import SignedValues
from webhelper.links.stores.base import Store

FIRST, SECOND, THIRD = b"1" * 32, b"2" * 32, b"3" * 32


@pytest.fixture
def values(clock: Clock) -> SignedValues:
    """Return what signs the codes."""
    return SignedValues([KEY], clock)


@pytest.fixture
def hand_overs(service: LinkService, values: SignedValues) -> HandOvers:
    """Return the hand-overs of a site."""
    return HandOvers(service, values)


@pytest.fixture
def begun(service: LinkService) -> Callable[..., Link]:
    """Return a maker of links that the first browser has opened."""

    def make(max_uses: int = 1) -> Link:
        link, _ = service.create(link_request(max_uses=max_uses), by=HOLDER)
        service.redeem(link, FIRST)
        return service.store.get(link.id)

    return make


def code_of(hand_overs: HandOvers, link: Link, browser: bytes = FIRST) -> str:
    """Return the code that this browser gets for a link."""
    code = hand_overs.code(link, browser)
    assert code is not None
    return code


def test_visit_goes_to_the_browser_that_takes_it(
    hand_overs: HandOvers, begun: Callable[..., Link], service: LinkService
) -> None:
    """The visit is the same, it is the other browser's from then on, and no use is counted."""
    link = begun()
    hand_over = hand_overs.find(code_of(hand_overs, link))
    assert (hand_over.is_from(FIRST), hand_over.is_from(SECOND), hand_over.is_from(None)) == (
        True,
        False,
        False,
    )
    assert [hand_overs.is_had_by(hand_over, one) for one in (FIRST, SECOND, None)] == [True, False, False]
    hand_overs.take(hand_over, SECOND)
    assert [hand_overs.is_had_by(hand_over, one) for one in (FIRST, SECOND)] == [False, True]
    assert service.store.get(link.id).uses == 1
    (visit,) = service.store.visits(link.id, limit=5)
    assert visit.id == hand_over.visit.id


def test_of_many_browsers_that_take_a_code_at_once_one_gets_it(
    hand_overs: HandOvers, begun: Callable[..., Link]
) -> None:
    """Eight browsers race for one code, and exactly one of them gets the visit."""
    hand_over = hand_overs.find(code_of(hand_overs, begun()))

    def take(number: int) -> bool:
        try:
            hand_overs.take(hand_over, bytes([number]) * 32)
        except UsedUpError:
            return False
        return True

    assert sorted(in_threads(8, take)) == [False] * 7 + [True]


def test_link_with_uses_left_does_not_revive_a_code(
    hand_overs: HandOvers, begun: Callable[..., Link], service: LinkService
) -> None:
    """Of a link of three uses, a code that was taken is used up, though the link is open."""
    link = begun(3)
    hand_over = hand_overs.find(code_of(hand_overs, link))
    hand_overs.take(hand_over, SECOND)
    with pytest.raises(UsedUpError):
        hand_overs.take(hand_over, THIRD)
    assert service.store.get(link.id).uses == 1


def test_browser_without_the_visit_gets_no_code(hand_overs: HandOvers, begun: Callable[..., Link]) -> None:
    """Only the browser that has the visit gets a code for it."""
    link = begun()
    assert [hand_overs.code(link, one) for one in (SECOND, None)] == [None, None]
    hand_overs.take(hand_overs.find(code_of(hand_overs, link)), SECOND)
    assert hand_overs.code(link, FIRST) is None
    assert hand_overs.code(link, SECOND) is not None


@pytest.mark.parametrize(
    ("outcome", "is_open"),
    [
        (claimed(Result.ERROR), True),
        (claimed(None), True),
        (claimed(Result.UNKNOWN), True),
        (claimed(Result.APPROVED), False),
        (claimed(Result.PENDING), False),
        (confirmed(Result.REJECTED), False),
    ],
)
def test_visit_with_a_submission_stays_where_it_is(
    hand_overs: HandOvers,
    begun: Callable[..., Link],
    service: LinkService,
    outcome: Outcome,
    is_open: bool,
) -> None:
    """A visit that led to a submission is handed over no more; one that ended at an error page is."""
    link = begun()
    code = code_of(hand_overs, link)
    (visit,) = service.store.visits(link.id, limit=5)
    service.store.record(visit.id, outcome)
    link = service.store.get(link.id)
    assert (hand_overs.code(link, FIRST) is not None) is is_open
    assert hand_overs.is_possible(link) is is_open
    if is_open:
        hand_overs.take(hand_overs.find(code), SECOND)
    else:
        with pytest.raises(UsedUpError):
            hand_overs.take(hand_overs.find(code), SECOND)


def test_hand_over_is_possible_as_long_as_the_browser_may_come_back(
    hand_overs: HandOvers, begun: Callable[..., Link], service: LinkService, clock: Clock
) -> None:
    """A link that nobody opened, or whose grace time is over, has no visit to hand over."""
    fresh, _ = service.create(link_request(), by=HOLDER)
    assert not hand_overs.is_possible(fresh)
    link = begun()
    clock.advance(GRACE_S - 1)
    assert hand_overs.is_possible(link)
    hand_over = hand_overs.find(code_of(hand_overs, link))
    assert hand_over.ends_at == NOW + GRACE_S
    clock.advance(1)
    assert not hand_overs.is_possible(link)
    with pytest.raises(UsedUpError):
        hand_overs.take(hand_over, SECOND)


def test_dead_link_is_told_apart(
    hand_overs: HandOvers, begun: Callable[..., Link], service: LinkService, clock: Clock
) -> None:
    """A link that was revoked or has expired refuses a hand-over for that reason."""
    revoked, expired = begun(), begun()
    codes = [code_of(hand_overs, link) for link in (revoked, expired)]
    service.store.revoke(revoked.id, now=NOW)
    with pytest.raises(RevokedError):
        hand_overs.take(hand_overs.find(codes[0]), SECOND)
    hand_over = hand_overs.find(codes[1])
    clock.advance(900)
    with pytest.raises(ExpiredError):
        hand_overs.take(hand_over, SECOND)


def test_code_of_a_visit_that_is_not_there_is_refused(hand_overs: HandOvers, values: SignedValues) -> None:
    """A genuine code whose visit has been deleted is unknown."""
    members = {"visit": "A" * 16 + "1a3185c507b0001020304", "browser": "00" * 8}
    with pytest.raises(UnknownLinkError):
        hand_overs.find(values.sign(Purpose.HAND_OVER, members))


def test_store_hands_over_what_is_there(
    store: Store, service: LinkService, begun: Callable[..., Link]
) -> None:
    """Another visit, another holder and another link move nothing in the store."""
    link, other = begun(), begun()
    (visit,) = service.store.visits(link.id, limit=5)
    wrong = [(link, visit.id, SECOND[:8]), (other, visit.id, FIRST[:8]), (link, visit.id[:-1], FIRST[:8])]
    for which, visit_id, holder in wrong:
        assert not store.hand_over(which, visit_id, holder=holder, browser=THIRD, now=NOW)
    assert store.hand_over(link, visit.id, holder=FIRST[:8], browser=THIRD, now=NOW)


def test_site_without_a_store_hands_nothing_over(tmp_path: Path, clock: Clock, values: SignedValues) -> None:
    """A link of a site that keeps none is for any number of uses, in whatever browser."""
    service = link_service(tmp_path, clock, "sealed")
    link, _ = service.create(link_request(max_uses=None), by=HOLDER)
    service.redeem(link, FIRST)
    assert HandOvers(service, values).code(link, FIRST) is None
    assert service.store.hand_over(link, "A" * 16, holder=b"", browser=SECOND, now=NOW) is False

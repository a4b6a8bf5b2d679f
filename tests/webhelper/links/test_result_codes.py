"""These tests make and exchange the result codes of visits."""

from pathlib import Path
from typing import Any

import pytest
from sites import HOLDER, KEY, NOW, OTHER_KEY, Clock, link_request, link_service, new_visit, open_store

from liveform import BadSignatureError, ExpiredError
from webhelper.errors import NotKeptError, UnknownLinkError, UsedUpError
from webhelper.links.models import Visit
from webhelper.links.outcomes import Outcome, Result
from webhelper.links.result_codes import ResultCodes
from webhelper.links.service import LinkService
from webhelper.links.signing.purposes import Purpose
from webhelper.links.signing.signed_values import SignedValues
from webhelper.links.stores.base import Store


@pytest.fixture
def codes(clock: Clock, store: Store) -> ResultCodes:
    """Return the result codes of a site over the store of the test."""
    return ResultCodes(SignedValues([KEY], clock), store, clock)


@pytest.fixture
def visit(service: LinkService, store: Store) -> Visit:
    """Return a visit from which nothing came back yet."""
    link, _ = service.create(link_request(), by=HOLDER)
    return store.visit(link, new_visit(link), browser=b"b")


def come_back(
    store: Store,
    visit: Visit,
    result: Result = Result.PENDING,
    *,
    at: float = NOW,
    submission: str = "s",
    browser: bytes | None = None,
) -> Visit:
    """Return the visit after one more return."""
    outcome = Outcome(result=result, submission_id=submission, error_code=None, at=at)
    visited_link = store.record(visit.id, outcome, browser=browser)
    assert visited_link is not None
    return visited_link.visit


def test_visit_has_one_code(  # A5
    codes: ResultCodes, visit: Visit, store: Store, clock: Clock
) -> None:
    """Every reload and every further return of a visit gives the same code, for ten minutes."""
    made = set()
    for after, result in ((0, Result.PENDING), (60, Result.PENDING), (300, Result.APPROVED), (600, None)):
        clock.now = NOW + 0.5 + after
        made.add(codes.code(come_back(store, visit, result or Result.APPROVED, at=clock.now)))
    assert len(made) == 1
    assert None not in made
    clock.now = NOW + 601
    assert codes.code(come_back(store, visit, at=clock.now)) is None


def test_code_is_none_once_it_was_used(codes: ResultCodes, visit: Visit, store: Store) -> None:  # A5
    """A visit has no code any more once its code was exchanged."""
    code = codes.code(come_back(store, visit))
    assert code is not None
    visited_link, outcome = codes.exchange(code)
    assert (visited_link.visit.id, outcome.result) == (visit.id, Result.PENDING)
    assert codes.code(come_back(store, visit, Result.APPROVED)) is None
    for _ in range(2):
        with pytest.raises(UsedUpError):
            codes.exchange(code)


def test_code_gives_what_is_shown_when_it_is_exchanged(  # A6
    codes: ResultCodes, visit: Visit, store: Store
) -> None:
    """A code gives the latest decision of its visit, not the return that it came with."""
    code = codes.code(come_back(store, visit, Result.PENDING))
    come_back(store, visit, Result.REJECTED)
    assert code is not None
    assert codes.exchange(code)[1].result is Result.REJECTED


def test_visit_without_a_return_has_no_code(codes: ResultCodes, visit: Visit, clock: Clock) -> None:
    """A visit from which nothing came back has no code, and a signed one gives nothing."""
    assert codes.code(visit) is None
    for visit_id in (visit.id, "", "A" * 16):
        code = SignedValues([KEY], clock).sign(Purpose.RESULT, {"visit": visit_id})
        with pytest.raises(UnknownLinkError):
            codes.exchange(code)


@pytest.mark.parametrize(("after", "is_read"), [(600, True), (601, False)])
def test_code_lasts_for_ten_minutes_from_the_first_return(
    after: float, is_read: bool, codes: ResultCodes, visit: Visit, store: Store, clock: Clock
) -> None:
    """A code is exchanged up to 600 seconds after the first return of its visit, and not after."""
    code = codes.code(come_back(store, visit))
    assert code is not None
    clock.advance(after)
    if is_read:
        assert codes.exchange(code)[0].visit.id == visit.id
    else:
        with pytest.raises(ExpiredError):
            codes.exchange(code)


@pytest.mark.parametrize("code", ["", "x", "é", "\ud800"])
def test_code_of_another_text_is_refused(code: str, codes: ResultCodes) -> None:
    """A text that is not one of our codes is refused."""
    with pytest.raises(BadSignatureError):
        codes.exchange(code)


def test_code_of_another_key_is_refused(codes: ResultCodes, visit: Visit, store: Store, clock: Clock) -> None:
    """A code that another site signed is refused."""
    other = ResultCodes(SignedValues([OTHER_KEY], clock), store, clock)
    code = other.code(come_back(store, visit))
    assert code is not None
    with pytest.raises(BadSignatureError):
        codes.exchange(code)


def test_code_of_the_version_before_is_exchanged(
    codes: ResultCodes, visit: Visit, store: Store, clock: Clock
) -> None:
    """A code that also has an id of its own, as earlier versions made it, is exchanged."""
    come_back(store, visit)
    code = SignedValues([KEY], clock).sign(Purpose.RESULT, {"id": "A" * 16, "visit": visit.id})
    assert codes.exchange(code)[0].visit.id == visit.id


def test_code_of_a_browser_that_handed_the_visit_over_gives_nothing(
    codes: ResultCodes, service: LinkService, store: Store
) -> None:
    """A code that came before a hand-over is refused after it, and the other browser's code is exchanged."""
    link, _ = service.create(link_request(max_uses=1), by=HOLDER)
    visit = store.visit(link, new_visit(link), browser=b"1" * 32)
    before = codes.code(come_back(store, visit, Result.ERROR))
    assert store.hand_over(link, visit.id, holder=b"1" * 8, browser=b"2" * 32, now=NOW)
    after = codes.code(come_back(store, visit, Result.APPROVED))
    assert before is not None
    assert after is not None
    with pytest.raises(UsedUpError):
        codes.exchange(before)
    assert codes.exchange(after)[1].result is Result.APPROVED


def handed_over(service: LinkService, store: Store, codes: ResultCodes, *, is_used: bool) -> Visit:
    """Return a visit that was handed over a minute after an error page brought its browser a code."""
    link, _ = service.create(link_request(max_uses=1, expires_in=3600), by=HOLDER)
    visit = store.visit(link, new_visit(link), browser=b"1" * 32)
    code = codes.code(come_back(store, visit, Result.ERROR, browser=b"1" * 32))
    assert code is not None
    if is_used:
        codes.exchange(code)
    assert store.hand_over(link, visit.id, holder=b"1" * 8, browser=b"2" * 32, now=NOW + 60)
    return visit


@pytest.mark.parametrize("is_used", [True, False], ids=["used", "unused"])
def test_code_after_a_hand_over_counts_from_the_first_return_after_it(
    codes: ResultCodes, service: LinkService, store: Store, clock: Clock, is_used: bool
) -> None:
    """Neither an earlier browser's return nor the use of its code takes the new browser's code away."""
    visit = handed_over(service, store, codes, is_used=is_used)
    come_back(store, visit, at=NOW + 70, browser=b"1" * 32)
    clock.now = NOW + 671
    made = come_back(store, visit, Result.APPROVED, at=clock.now, submission="own", browser=b"2" * 32)
    code = codes.code(made)
    assert code is not None
    clock.advance(600)
    assert codes.exchange(code)[1].submission_id == "own"


def test_code_that_is_used_while_the_visit_is_handed_over_uses_up_nothing(
    codes: ResultCodes, service: LinkService, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hand-over between the check of a code and its use refuses the code, and the new browser has one."""
    link, _ = service.create(link_request(max_uses=1), by=HOLDER)
    visit = store.visit(link, new_visit(link), browser=b"1" * 32)
    before, exchange = codes.code(come_back(store, visit, Result.ERROR)), store.exchange

    def late(visit_id: str, **values: Any) -> bool:
        store.hand_over(link, visit_id, holder=b"1" * 8, browser=b"2" * 32, now=NOW)
        return exchange(visit_id, **values)

    with monkeypatch.context() as patch:
        patch.setattr(store, "exchange", late)
        with pytest.raises(UsedUpError):
            codes.exchange(str(before))
    assert codes.code(come_back(store, visit, Result.APPROVED)) is not None


def test_code_of_a_reusable_link_names_no_browser(
    codes: ResultCodes, service: LinkService, store: Store, clock: Clock
) -> None:
    """A visit of a reusable link has no browser that could hand it over, and its code is exchanged."""
    link, _ = service.create(link_request(max_uses=None), by=HOLDER)
    visit = store.visit(link, new_visit(link), browser=b"1" * 32)
    code = codes.code(come_back(store, visit))
    assert code is not None
    assert SignedValues([KEY], clock).verify(Purpose.RESULT, code) == {"visit": visit.id}
    assert codes.exchange(code)[0].visit.id == visit.id


def test_site_without_a_store_keeps_no_codes(tmp_path: Path, clock: Clock) -> None:
    """A site without a store exchanges nothing."""
    store = open_store(tmp_path, "sealed")
    service = link_service(tmp_path, clock, store)
    link, _ = service.create(link_request(max_uses=None), by=HOLDER)
    with pytest.raises(NotKeptError):
        store.exchange(new_visit(link).id, now=NOW)

"""These tests ask how far a check is, with the tokens of links and of visits."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, astuple
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sites import HOLDER, KEY, NOW, OTHER_KEY, Clock, link_request, link_service, new_visit, open_store

from webhelper.errors import StoreError, UnknownLinkError
from webhelper.links.outcomes import Outcome, Result, Source
from webhelper.links.signing.purposes import Purpose
from webhelper.links.signing.signed_values import SignedValues
from webhelper.links.waiting import Stage, Wait, Waits

if TYPE_CHECKING:
    from pathlib import Path

    from webhelper.links.models import Link, Visit
    from webhelper.links.service import LinkService
    from webhelper.links.stores.base import Store

DAY_S = 86_400
WEEK_S = 7 * DAY_S


@pytest.fixture
def values(clock: Clock) -> SignedValues:
    """Return what signs the tokens of the test."""
    return SignedValues([KEY], clock)


@pytest.fixture
def waits(values: SignedValues, store: Store, clock: Clock) -> Waits:
    """Return the waits of a site over the store of the test."""
    return Waits(values, store, clock)


@pytest.fixture
def link(service: LinkService) -> Link:
    """Return a link of one use, which holds for 15 minutes."""
    return service.create(link_request(expires_in=900), by=HOLDER)[0]


def open_link(store: Store, link: Link, *, at: float = NOW) -> Visit:
    """Return the visit of a link that a browser opens."""
    return store.visit(link, new_visit(link, at=at), browser=b"b")


def tell(
    store: Store,
    visit: Visit,
    result: Result | None,
    *,
    source: Source = Source.RETURN,
    at: float = NOW,
    submission_id: str = "s-17",
) -> None:
    """Record what a return, a webhook or the API says of a visit."""
    outcome = Outcome(result=result, submission_id=submission_id, error_code=None, at=at, source=source)
    assert store.record(visit.id, outcome) is not None


def tokens(waits: Waits, link: Link, visit: Visit) -> list[str]:
    """Return the two tokens with which a page can wait for this visit."""
    of_link = waits.token_of_link(link)
    assert of_link is not None
    return [of_link, waits.token_of_visit(visit)]


def shown(wait: Wait) -> tuple[Any, ...]:
    """Return stage, status, level and whether it is final."""
    return wait.stage, wait.status, wait.level, wait.final


def test_link_that_nobody_opened_is_waited_for(waits: Waits, link: Link) -> None:
    """A new link is waiting, without status and level, and a page asks again in 5 seconds."""
    token = waits.token_of_link(link)
    assert token is not None
    assert waits.look(token) == Wait(stage=Stage.WAITING, outcome=None, final=False, next_in_s=5)
    assert shown(waits.look(token)) == ("waiting", None, None, False)


def test_what_is_known_does_not_change_afterwards(waits: Waits, link: Link) -> None:
    """An answer is a value: it cannot be changed."""
    token = waits.token_of_link(link)
    assert token is not None
    with pytest.raises(FrozenInstanceError):
        waits.look(token).final = True  # type: ignore[misc]


@pytest.mark.parametrize("max_uses", [None, 2, 17])
def test_link_of_several_people_has_no_token(
    service: LinkService, waits: Waits, max_uses: int | None
) -> None:
    """A link that several people may open has no token: whose result would it tell?"""
    link, _ = service.create(link_request(max_uses=max_uses), by=HOLDER)
    assert waits.token_of_link(link) is None
    visit = open_link(service.store, link)
    assert waits.look(waits.token_of_visit(visit)).stage is Stage.OPENED


def test_visit_is_followed_from_the_opening_to_the_confirmation(
    waits: Waits, store: Store, link: Link
) -> None:
    """Both tokens tell each step: opened, returned with what is claimed, confirmed with the decision."""
    visit = open_link(store, link)
    both = tokens(waits, link, visit)
    assert {shown(waits.look(token)) for token in both} == {("opened", None, None, False)}
    tell(store, visit, Result.APPROVED)
    assert {shown(waits.look(token)) for token in both} == {("returned", "approved", "claimed", False)}
    tell(store, visit, Result.PENDING, source=Source.WEBHOOK, at=NOW + 1)
    assert {shown(waits.look(token)) for token in both} == {("confirmed", "pending", "confirmed", False)}
    tell(store, visit, Result.REJECTED, source=Source.API, at=NOW + 2)
    assert {shown(waits.look(token)) for token in both} == {("confirmed", "rejected", "confirmed", True)}


@pytest.mark.parametrize(
    ("result", "source", "expected"),
    [
        (Result.PENDING, Source.RETURN, ("returned", "pending", "claimed", False)),
        (Result.REJECTED, Source.RETURN, ("returned", "rejected", "claimed", False)),
        (Result.ERROR, Source.RETURN, ("returned", "error", "claimed", False)),
        (Result.UNKNOWN, Source.RETURN, ("returned", "unknown", "claimed", False)),
        (None, Source.RETURN, ("returned", "unknown", "claimed", False)),
        (Result.APPROVED, Source.WEBHOOK, ("confirmed", "approved", "confirmed", True)),
        (Result.APPROVED, Source.API, ("confirmed", "approved", "confirmed", True)),
        (Result.REJECTED, Source.WEBHOOK, ("confirmed", "rejected", "confirmed", True)),
        (Result.UNKNOWN, Source.WEBHOOK, ("confirmed", "unknown", "confirmed", False)),
    ],
)
def test_each_outcome_is_told_as_what_it_is(
    waits: Waits, store: Store, link: Link, result: Result | None, source: Source, expected: tuple[Any, ...]
) -> None:
    """A claim is returned and never final; what is confirmed is final once it is decided."""
    visit = open_link(store, link)
    tell(store, visit, result, source=source)
    assert [shown(waits.look(token)) for token in tokens(waits, link, visit)] == [expected, expected]


def test_older_news_changes_nothing(waits: Waits, store: Store, link: Link) -> None:
    """A late event with older news, and a later claim, leave the confirmed decision as it is."""
    visit = open_link(store, link)
    tell(store, visit, Result.APPROVED, source=Source.WEBHOOK, at=NOW + 9)
    tell(store, visit, Result.PENDING, source=Source.WEBHOOK, at=NOW + 3)
    tell(store, visit, Result.REJECTED, at=NOW + 20)
    for token in tokens(waits, link, visit):
        assert shown(waits.look(token)) == ("confirmed", "approved", "confirmed", True)


def test_other_submission_after_a_rejection_is_waited_for(waits: Waits, store: Store, link: Link) -> None:
    """A confirmed rejection is final until another submission comes back, and that until it is confirmed."""
    visit = open_link(store, link)
    both = tokens(waits, link, visit)
    tell(store, visit, Result.REJECTED, source=Source.WEBHOOK)
    assert {shown(waits.look(token)) for token in both} == {("confirmed", "rejected", "confirmed", True)}
    tell(store, visit, Result.APPROVED, at=NOW + 60, submission_id="s-18")
    assert {shown(waits.look(token)) for token in both} == {("returned", "unknown", "claimed", False)}
    assert {waits.look(token).next_in_s for token in both} == {5}
    tell(store, visit, Result.APPROVED, source=Source.WEBHOOK, at=NOW + 61, submission_id="s-18")
    assert {shown(waits.look(token)) for token in both} == {("confirmed", "approved", "confirmed", True)}


@pytest.mark.parametrize(
    ("age_s", "stage"),
    [(899, "waiting"), (899.999, "waiting"), (900, "expired"), (DAY_S, "expired")],
)
def test_link_that_expires_unopened_is_the_end(
    waits: Waits, link: Link, clock: Clock, age_s: float, stage: str
) -> None:
    """A link that expired before anybody opened it is no longer waited for."""
    token = waits.token_of_link(link)
    assert token is not None
    clock.advance(age_s)
    assert shown(waits.look(token)) == (stage, None, None, stage == "expired")


def test_link_that_is_revoked_unopened_is_the_end(waits: Waits, store: Store, link: Link) -> None:
    """A link that was revoked before anybody opened it is no longer waited for."""
    token = waits.token_of_link(link)
    assert token is not None
    store.revoke(link.id, now=NOW)
    assert shown(waits.look(token)) == ("revoked", None, None, True)


def test_link_that_ends_while_somebody_is_at_it_is_waited_for(
    waits: Waits, store: Store, link: Link, clock: Clock
) -> None:
    """A form that was opened in time can still come back after the link has expired or was revoked."""
    visit = open_link(store, link)
    store.revoke(link.id, now=NOW)
    clock.advance(DAY_S)
    for token in tokens(waits, link, visit):
        assert shown(waits.look(token)) == ("opened", None, None, False)


@pytest.mark.parametrize(
    ("age_s", "pace"),
    [
        (-60, 5),
        (0, 5),
        (119.999, 5),
        (120, 15),
        (599.999, 15),
        (600, 30),
        (3599.999, 30),
        (3600, 60),
        (WEEK_S - 1, 60),
    ],
)
@pytest.mark.parametrize("step", ["waiting", "opened", "returned", "unknown"])
def test_pace_slows_down_after_the_latest_change(
    service: LinkService, waits: Waits, store: Store, clock: Clock, step: str, age_s: float, pace: int
) -> None:
    """A page asks every 5 seconds for 2 minutes, every 15 for 10, every 30 for an hour, then every 60."""
    link, _ = service.create(link_request(expires_in=10 * DAY_S), by=HOLDER)
    changed_at = NOW
    if step != "waiting":
        changed_at += 5000
        visit = open_link(store, link, at=changed_at)
    if step in ("returned", "unknown"):
        changed_at += 5000
        source = Source.RETURN if step == "returned" else Source.WEBHOOK
        tell(store, visit, Result.UNKNOWN, source=source, at=changed_at)
    clock.now = max(changed_at + age_s, NOW + 1)
    token = waits.token_of_link(link)
    assert token is not None
    assert waits.look(token).next_in_s == pace


@pytest.mark.parametrize(
    ("result", "source", "pace"),
    [
        (Result.PENDING, Source.RETURN, 5),
        (Result.PENDING, Source.WEBHOOK, 60),
        (Result.PENDING, Source.API, 60),
        (Result.APPROVED, Source.RETURN, 5),
        (Result.APPROVED, Source.WEBHOOK, 60),
    ],
)
def test_review_is_asked_for_once_a_minute(
    waits: Waits, store: Store, link: Link, result: Result, source: Source, pace: int
) -> None:
    """A review by people is slow, so a page asks once a minute as soon as one is confirmed."""
    visit = open_link(store, link)
    tell(store, visit, result, source=source)
    assert [waits.look(token).next_in_s for token in tokens(waits, link, visit)] == [pace, pace]


def test_news_without_a_time_keep_the_pace_of_the_opening(waits: Waits, store: Store, link: Link) -> None:
    """An event that has no time of its own does not make the change look old."""
    visit = open_link(store, link)
    tell(store, visit, Result.UNKNOWN, source=Source.WEBHOOK, at=0.0)
    assert waits.look(waits.token_of_visit(visit)).next_in_s == 5


@pytest.mark.parametrize(("age_s", "holds"), [(WEEK_S, True), (WEEK_S + 1, False), (10**9, False)])
def test_token_holds_for_a_week(
    waits: Waits, store: Store, link: Link, clock: Clock, age_s: int, holds: bool
) -> None:
    """A token is good for seven days to the second."""
    both = tokens(waits, link, open_link(store, link))
    clock.advance(age_s)
    for token in both:
        if holds:
            assert waits.look(token).stage is Stage.OPENED
        else:
            with pytest.raises(UnknownLinkError):
                waits.look(token)


def test_everything_that_is_no_token_has_one_error(
    waits: Waits, values: SignedValues, store: Store, link: Link, clock: Clock
) -> None:
    """Forged, of another purpose or key, expired, or of a link that is gone: one error and one text."""
    visit = open_link(store, link)
    token = waits.token_of_visit(visit)
    foreign = Waits(SignedValues([OTHER_KEY], clock), store, clock).token_of_visit(visit)
    old = SignedValues([KEY]).sign(Purpose.WAIT, {"visit": visit.id}, at=NOW - WEEK_S - 1)
    bad = [
        "",
        "x",
        "." * 3,
        token[:-1],
        token + "A",
        "A" + token[1:],
        token.upper(),
        "x" * 3000,
        "\ud800",
        foreign,
        old,
        values.sign(Purpose.RESULT, {"visit": visit.id}),
        values.sign(Purpose.RESULT_PAGE, {"visit": visit.id, "code": None, "result": None}),
        values.sign(Purpose.WAIT, {"visit": "A" * 16 + visit.id[16:]}),
        values.sign(Purpose.WAIT, {"visit": visit.id[:-1] + ("0" if visit.id[-1] != "0" else "1")}),
        values.sign(Purpose.WAIT, {"link": "A" * 16}),
    ]
    for text in bad:
        with pytest.raises(UnknownLinkError) as caught:
            waits.look(text)
        assert str(caught.value) == UnknownLinkError.text
        assert caught.value.__cause__ is None


@given(st.text(st.characters(), max_size=200))
def test_any_text_is_refused(text: str) -> None:
    """Any text that we did not sign is refused before the store is asked."""
    with pytest.raises(UnknownLinkError):
        Waits(SignedValues([KEY]), store=None, clock=Clock()).look(text)  # type: ignore[arg-type]


def test_token_of_an_older_key_holds(store: Store, link: Link, clock: Clock) -> None:
    """A token that an older key signed is read as long as that key is in the settings."""
    old = Waits(SignedValues([OTHER_KEY], clock), store, clock).token_of_link(link)
    assert old is not None
    both = Waits(SignedValues([KEY, OTHER_KEY], clock), store, clock)
    assert both.look(old).stage is Stage.WAITING


def test_answer_has_nothing_of_the_person_or_of_the_vendor(
    service: LinkService, waits: Waits, store: Store
) -> None:
    """Token and words hold no user id, no field, no submission id and nothing of the browser."""
    link, _ = service.create(
        link_request(fields={"userid": "jane_17", "email": "jane@example.com"}), by=HOLDER
    )
    visit = open_link(store, link)
    tell(store, visit, Result.APPROVED, source=Source.API)
    for token in tokens(waits, link, visit):
        wait = waits.look(token)
        text = f"{token} {wait.stage} {wait.status} {wait.level} {astuple(wait)[2:]}"
        assert not any(part in text for part in ("jane", "s-17", "example.com"))


def test_site_without_a_store_has_no_tokens(tmp_path: Path, clock: Clock) -> None:
    """A site that keeps no links gives out no token, and reads none."""
    sealed = open_store(tmp_path, "sealed")
    service = link_service(tmp_path, clock, sealed)
    values = SignedValues([KEY], clock)
    link, _ = service.create(link_request(max_uses=None), by=HOLDER)
    waits = Waits(values, sealed, clock)
    assert waits.token_of_link(link) is None
    for members in ({"link": link.id}, {"visit": new_visit(link).id}):
        with pytest.raises(UnknownLinkError):
            waits.look(values.sign(Purpose.WAIT, members))


def test_store_that_is_down_is_another_error(waits: Waits, store: Store, link: Link, tmp_path: Path) -> None:
    """A store that cannot be read is no reason to give up waiting, so its error is another one."""
    token = waits.token_of_link(link)
    assert token is not None
    store.close()
    (tmp_path / "links.db").unlink()
    (tmp_path / "links.db").mkdir()
    with pytest.raises(StoreError):
        waits.look(token)

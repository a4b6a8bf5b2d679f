"""Tests of a run over open visits: slices, and what ends the questions."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from reconciling import SINCE_YESTERDAY, MadeUpApi, Shop, claimed, refused, said
from sites import NOW

from liveform import FieldError, VendorError
from liveform.rest import Submission
from webhelper.confirmation.asking import Answer
from webhelper.confirmation.comparison import CheckedVisit, Report, Scope, Verdict, Way
from webhelper.links.outcomes import Result, Source

DOWN = VendorError("no connection", reason="unreachable")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Return a shop."""
    made = Shop(tmp_path)
    yield made
    made.store.close()


def counts(report: Report) -> dict[str, int]:
    """Return the counts that are not 0."""
    return {name: number for name, number in report.counts().items() if number}


def test_ten_thousand_open_visits_are_looked_at_in_slices(shop: Shop) -> None:
    """Runs that each go on where the one before ended look at each of 10,000 open visits once."""
    ids = shop.visits(shop.link(userid="user_12345"), 10_000)
    after: str | None = None
    sizes: list[int] = []
    while not sizes or after is not None:
        report = shop.run(Scope(since=NOW, limit=3000, after=after))
        sizes.append(report.asked)
        after = report.next
    assert sizes == [3000, 3000, 3000, 1000]
    assert [one.visit_id for one in shop.checked] == sorted(ids)
    assert shop.api.asked == ["@user_12345"] * 4  # one list a run


def test_report_counts_each_visit_once(shop: Shop) -> None:
    """``asked`` is the number of visits that the vendor was asked about, whatever came of it."""
    first, second, third, fourth, fifth = shop.claims(5)
    shop.visits(shop.link())
    shop.api.answers = {
        "sub0": Answer(first, said(Result.APPROVED, "sub0")),
        "sub1": Answer(second, said(Result.REJECTED, "sub1")),
        "sub2": Answer(third, said(Result.PENDING, "sub2")),
        "sub3": Answer(first, said(Result.APPROVED, "sub3")),
    }
    shop.api.errors = [None, None, None, None, refused(500)]
    assert counts(shop.run()) == {
        "asked": 5,
        "confirmed": 1,
        "changed": 1,
        "still_open": 1,
        "not_found": 1,
        "failed": 1,
        "unknown": 1,
    }
    assert {one.visit_id: one.verdict for one in shop.checked}[fourth] == Verdict.NOT_FOUND
    assert {one.visit_id: one.problem for one in shop.checked}[fifth] == "refused"


def test_failed_visit_is_asked_about_by_the_next_run(shop: Shop) -> None:
    """Of a call that failed nothing is lost: the visit stays open, and the next run confirms it."""
    (visit_id,) = shop.claims(1)
    shop.api.answers["sub0"] = Answer(visit_id, said(Result.APPROVED, "sub0"))
    shop.api.errors = [DOWN]
    report = shop.run()
    assert (counts(report), report.stopped) == ({"asked": 1, "failed": 1}, {})
    assert (shop.checked[0].verdict, shop.checked[0].problem) == (Verdict.FAILED, "unreachable")
    assert counts(shop.run()) == {"asked": 1, "confirmed": 1}
    assert counts(shop.run()) == {}


def test_three_failures_in_a_row_end_the_questions(shop: Shop) -> None:
    """A vendor that fails three times in a row is asked no more; a success begins the count anew."""
    shop.claims(10)
    shop.api.errors = [DOWN, DOWN, None, DOWN, DOWN, DOWN]
    report = shop.run()
    assert counts(report) == {"asked": 6, "failed": 5, "not_found": 1, "left": 4}
    assert report.stopped == {"shop": "unreachable"}
    assert report.next is None
    assert len(shop.api.asked) == 6


@pytest.mark.parametrize(("status", "code"), [(401, "refused"), (403, "Forbidden"), (429, "refused")])
def test_refusal_ends_the_questions_at_once(shop: Shop, status: int, code: str) -> None:
    """After 401, 403 or 429 the project is asked no more in this run."""
    shop.claims(3)
    shop.api.errors = [refused(status, code)]
    report = shop.run()
    assert (counts(report), report.stopped) == ({"asked": 1, "failed": 1, "left": 2}, {"shop": code})


def test_one_projects_failures_are_not_the_others(shop: Shop) -> None:
    """A project whose key is refused does not keep another project from being asked."""
    (other,) = shop.claims(1, "signup")
    shop.claims(3)
    shop.api.answers["sub0"] = Answer(other, said(Result.APPROVED, "sub0"))
    shop.api.ask = ask_shop_in_vain(shop.api)  # type: ignore[method-assign]
    report = shop.run()
    assert counts(report) == {"asked": 2, "confirmed": 1, "failed": 1, "left": 2}
    assert report.stopped == {"shop": "refused"}


def ask_shop_in_vain(api: MadeUpApi) -> Any:
    """Return a method ``ask`` that refuses the project shop."""
    ask = api.ask

    def one(project_name: str, submission_id: str, *, now: float) -> Answer:
        if project_name == "shop":
            raise refused(403)
        return ask(project_name, submission_id, now=now)

    return one


def test_days_share_ends_the_questions(shop: Shop) -> None:
    """When the day's share of calls is used up, nothing more is sent, and the rest is left."""
    shop.claims(5)
    report = shop.run(per_day=3)
    assert counts(report) == {"asked": 4, "not_found": 3, "failed": 1, "left": 1}
    assert report.stopped == {"shop": "limit"}
    assert len(shop.api.asked) == 3


def test_calls_are_spaced(shop: Shop) -> None:
    """Submissions and lists together are asked for twice a second."""
    shop.claims(3)
    shop.visits(shop.link(userid="user_12345"))
    shop.run(per_second=2)
    assert shop.turning.passed == 1.5
    assert len(shop.api.asked) == 4


def test_scope_leaves_out_other_times_and_projects(shop: Shop) -> None:
    """Only visits of the project, from ``since`` to ``until``, are asked about, the bounds among them."""
    link = shop.link(userid="user_12345")
    wanted = [*shop.visits(link, at=NOW - 50), *shop.visits(link, at=NOW + 50)]
    shop.visits(link, at=NOW - 50.001)
    shop.visits(link, at=NOW + 50.001)
    shop.visits(shop.link("signup", userid="user_12345"))
    report = shop.run(Scope(since=NOW - 50, until=NOW + 50, project="shop"))
    assert (report.asked, [one.visit_id for one in shop.checked]) == (2, wanted)


def test_most_read_ends_a_run_that_asks_nobody(shop: Shop) -> None:
    """A run reads at most as many visits as it is told to, and says where the next one goes on."""
    ids = shop.visits(shop.link(), 5)
    report = shop.run(Scope(since=NOW, most_read=3))
    assert (counts(report), report.next) == ({"unknown": 3}, sorted(ids)[2])
    rest = shop.run(Scope(since=NOW, most_read=3, after=report.next))
    assert (counts(rest), rest.next) == ({"unknown": 2}, None)


def test_visit_that_is_not_due_is_not_asked_about(shop: Shop) -> None:
    """A visit that the caller does not want now is neither asked about nor counted."""
    first, second = shop.claims(2)
    report = shop.reconciler().run(SINCE_YESTERDAY, is_due=lambda visit: visit.id == second)
    assert (counts(report), shop.api.asked) == ({"asked": 1, "not_found": 1}, ["sub1"])
    assert first != second


def test_project_without_api_key_is_unknown(tmp_path: Path) -> None:
    """Visits of a project without an API key cannot be asked about, and end no run."""
    shop = Shop(tmp_path, "signup")
    shop.claims(2)
    assert counts(shop.run()) == {"unknown": 2}
    assert shop.api.asked == []
    shop.store.close()


def test_plan_asks_nobody(shop: Shop) -> None:
    """A plan says how each visit would be asked about, and makes no call."""
    by_id = shop.claims(1)
    by_user = shop.visits(shop.link(userid="user_12345"))
    unknown = shop.visits(shop.link())
    shop.visits(shop.link("signup", userid="user_12345"))
    planned = {one.visit.id: way for one, way in shop.reconciler().plan(Scope(since=NOW, project="shop"))}
    assert planned == {by_id[0]: Way.ID, by_user[0]: Way.USER, unknown[0]: Way.NONE}
    assert shop.api.asked == []


def test_made_up_submission_ids_of_a_return_cost_ten_calls_at_most(shop: Shop) -> None:
    """Of a visit that claims many submissions, the ten latest are asked for."""
    (visit_id,) = shop.visits(shop.link())
    for number in range(12):
        shop.store.record(visit_id, claimed(Result.APPROVED, f"sub{number}", at=NOW + number))
    assert counts(shop.run()) == {"asked": 1, "not_found": 1}
    assert shop.api.asked == [f"sub{number}" for number in range(11, 1, -1)]


def test_what_the_vendor_said_is_asked_for_before_what_was_claimed(shop: Shop) -> None:
    """The submission of which the vendor said something comes first, and each comes once."""
    (visit_id,) = shop.visits(shop.link())
    shop.store.record(visit_id, claimed(Result.APPROVED, "claimed"))
    shop.store.record(visit_id, said(Result.PENDING, "known"))
    shop.store.record(visit_id, claimed(Result.APPROVED, None))
    shop.run()
    assert shop.api.asked == ["known", "claimed"]


def test_list_of_a_user_id_is_read_up_to_a_hundred(shop: Shop) -> None:
    """Of a user id that many share, the first 100 of its list are taken, and the ten oldest of them read."""
    shop.visits(shop.link(userid="user_12345"))
    shop.api.listed = [
        Submission(
            submission_id=f"sub{number}", created_at=f"2027-01-15T{8 + number // 60:02}:{number % 60:02}Z"
        )
        for number in range(119, -1, -1)
    ]
    shop.run()
    assert shop.api.asked == ["@user_12345", *(f"sub{number}" for number in range(20, 30))]


def test_listed_submission_without_a_readable_time_comes_last(shop: Shop) -> None:
    """A listed submission without a readable time is read after the others; one without an id is left out."""
    shop.visits(shop.link(userid="user_12345"))
    shop.api.listed = [
        Submission(submission_id="late", created_at="soon"),
        Submission(created_at="2027-01-15T08:00:10.000Z"),
        Submission(submission_id="early", created_at="2027-01-15T08:00:10.000Z"),
    ]
    shop.run()
    assert shop.api.asked == ["@user_12345", "early", "late"]


def test_visit_that_was_deleted_meanwhile_is_left_out(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A visit that was deleted since it was listed is neither asked about nor counted."""
    shop.claims(1)
    monkeypatch.setattr(shop.store, "visited_link", lambda _: None)
    assert (counts(shop.run()), shop.api.asked) == ({}, [])


def test_visit_that_is_deleted_later_is_still_open(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A visit that the store deletes while the vendor answers gets no outcome, and ends no run."""
    (visit_id,) = shop.claims(1)
    shop.api.answers["sub0"] = Answer(visit_id, said(Result.APPROVED, "sub0"))
    monkeypatch.setattr(shop.store, "record", lambda *_: None)
    assert counts(shop.run()) == {"asked": 1, "still_open": 1}


def test_visit_that_is_confirmed_meanwhile_is_not_asked_about(shop: Shop) -> None:
    """A run may take hours: a visit whose webhook came since it was listed costs no call."""
    first, second, third = shop.claims(3)

    def arrive(_: CheckedVisit) -> None:
        outcome = replace(said(Result.APPROVED, "sub1"), source=Source.WEBHOOK)
        shop.store.record(second, outcome)

    report = shop.reconciler().run(SINCE_YESTERDAY, on_checked=arrive)
    assert (counts(report), shop.api.asked) == ({"asked": 2, "not_found": 2}, ["sub0", "sub2"])
    assert first < second < third


def test_answer_counts_before_an_event_whose_clock_is_ahead(shop: Shop) -> None:
    """What the API says now is newer than an event that came before, whatever the vendor's clock showed."""
    (visit_id,) = shop.visits(shop.link())
    event = replace(said(Result.PENDING, "sub0", at=NOW + 200), source=Source.WEBHOOK)
    shop.store.record(visit_id, event)
    shop.api.answers["sub0"] = Answer(visit_id, said(Result.REJECTED, "sub0"))
    assert counts(shop.run()) == {"asked": 1, "confirmed": 1}
    assert counts(shop.run()) == {}


def test_every_verdict_has_a_count() -> None:
    """A report names every verdict, also those that did not come."""
    assert Report(verdicts=Counter([Verdict.UNKNOWN])).counts() == {
        "asked": 0,
        "confirmed": 0,
        "changed": 0,
        "still_open": 0,
        "not_found": 0,
        "unknown": 1,
        "failed": 0,
        "left": 0,
    }


def test_user_id_that_the_api_does_not_take_is_not_found(shop: Shop) -> None:
    """A user id that the client refuses to ask for ends no run."""
    shop.visits(shop.link(userid="user_12345"))
    shop.api.errors = [FieldError("userid", "must be text")]
    assert counts(shop.run()) == {"asked": 1, "not_found": 1}

"""Tests of the background pass: which visits are due, how many a pass asks about, and what it logs."""

import logging
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from reconciling import LostWebhooks, Shop, refused, said
from sites import NOW

from liveform import VendorError
from liveform.rest import Submission
from webhelper.confirmation.asking import Answer
from webhelper.confirmation.calls import CALLS_PER_SECOND
from webhelper.confirmation.reconcile_job import ReconcileJob
from webhelper.links.outcomes import Result
from webhelper.simulate.local_server import LocalSimulator

MINUTE = 60
DAY = 86_400


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Return a shop."""
    made = Shop(tmp_path)
    yield made
    made.store.close()


def job_of(shop: Shop, *, every_s: float = 3600) -> ReconcileJob:
    """Return a new job of a shop."""
    return ReconcileJob(shop.reconciler(), every_s=every_s)


def add_visits_of_many_calls(shop: Shop, visits: int, submissions: int) -> None:
    """Add visits of one user each, who is listed with so many submissions: one call, and one for each."""

    def listed(*, userid: str, page_size: int) -> Iterator[Submission]:
        shop.api.asked.append(f"@{userid}")
        begun = "2099-01-01T00:00:00Z"
        return (Submission(submission_id=f"{userid}_{n}", created_at=begun) for n in range(submissions))

    client: Any = SimpleNamespace(submissions=SimpleNamespace(list=listed))
    shop.api.client = lambda project_name: client  # type: ignore[method-assign]
    for number in range(visits):
        shop.visits(shop.link(userid=f"user_{number}"))


def asked_at(shop: Shop, job: ReconcileJob, *moments: float) -> list[int]:
    """Return how many calls each pass made that began so many seconds after NOW."""
    counts = []
    for moment in moments:
        before = len(shop.api.asked)
        job.background_pass(NOW + moment)
        counts.append(len(shop.api.asked) - before)
    return counts


def test_visit_is_asked_about_from_ten_minutes_on(shop: Shop) -> None:
    """A visit younger than ten minutes is left to its webhook."""
    shop.claims(1)
    assert asked_at(shop, job_of(shop), 600 - 0.001, 600) == [0, 1]


def test_visit_is_asked_about_for_seven_days(shop: Shop) -> None:
    """A visit older than seven days is asked about no more."""
    shop.claims(1)
    assert asked_at(shop, job_of(shop), 7 * DAY) == [1]
    assert asked_at(shop, job_of(shop), 7 * DAY + 0.001) == [0]


def test_visit_is_asked_about_again_when_its_age_has_doubled(shop: Shop) -> None:
    """With a pass each ten minutes, a visit is asked about at 10, 20, 40, 80 and 160 minutes."""
    shop.claims(1)
    passes = [minutes * MINUTE for minutes in range(10, 170, 10)]
    asked = asked_at(shop, job_of(shop), *passes)
    assert [minutes // MINUTE for minutes, calls in zip(passes, asked, strict=True) if calls] == [
        10,
        20,
        40,
        80,
        160,
    ]


def test_visit_of_a_failed_call_is_due_at_the_next_pass(shop: Shop) -> None:
    """A call that failed does not count as asked."""
    shop.claims(1)
    shop.api.errors = [refused(500)]
    assert asked_at(shop, job_of(shop), 600, 601, 602) == [1, 1, 0]


def test_pass_ends_before_the_next_one_begins(shop: Shop) -> None:
    """A pass each minute asks 60 times, half of what two calls a second allow; the next goes on there."""
    ids = shop.claims(130)
    job = job_of(shop, every_s=60)
    assert asked_at(shop, job, 800, 801, 802) == [60, 60, 10]
    assert sorted(shop.api.asked) == sorted(f"sub{number}" for number in range(len(ids)))


@pytest.mark.parametrize(("submissions", "calls"), [(2, [60, 60, 60, 30]), (10, [66, 66, 66, 33])])
def test_pass_over_visits_of_many_calls_ends_before_the_next_one_begins(
    shop: Shop, submissions: int, calls: list[int]
) -> None:
    """Calls are counted, not visits: a pass takes half of its interval, and what its last visit takes."""
    add_visits_of_many_calls(shop, sum(calls) // (1 + submissions), submissions)
    job = ReconcileJob(shop.reconciler(CALLS_PER_SECOND), every_s=60)
    begun = shop.turning.passed
    for moment, made in enumerate(calls, 800):
        assert asked_at(shop, job, moment) == [made]
        assert shop.turning.passed - begun <= 30 + (1 + submissions) / CALLS_PER_SECOND
        begun = shop.turning.passed


def test_pass_asks_about_one_visit_at_least(shop: Shop) -> None:
    """Passes that follow each other at once ask about one visit each."""
    shop.claims(3)
    assert asked_at(shop, job_of(shop, every_s=0.1), 700, 701, 702, 703) == [1, 1, 1, 0]


def test_pass_begins_anew_after_the_last_visit(shop: Shop) -> None:
    """When all visits were looked at, the next pass begins with the first one."""
    shop.claims(2)
    job = job_of(shop)
    assert asked_at(shop, job, 700, 2000) == [2, 2]


def test_memory_of_visits_ends_with_their_age(shop: Shop) -> None:
    """What was asked is forgotten when the visit is older than seven days."""
    shop.claims(2)
    job = job_of(shop)
    job.background_pass(NOW + 700)
    assert len(job._asked_at) == 2
    job.background_pass(NOW + 7 * DAY + 0.5)
    assert len(job._asked_at) == 1


def test_found_outcomes_and_refusals_are_logged_without_ids(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the number of outcomes that no webhook brought, and the code of a refusal: no id."""
    caplog.set_level(logging.INFO)
    first, *_ = shop.claims(3)
    shop.api.answers["sub0"] = Answer(first, said(Result.APPROVED, "sub0"))
    shop.api.errors = [None, VendorError("no", reason="refused", status=429)]
    job_of(shop).background_pass(NOW + 700)
    assert [record.getMessage() for record in caplog.records] == [
        "reconcile: outcomes that the API gave and no webhook: 1",
        "reconcile: the API of shop is asked no more in this pass: refused",
    ]


def test_pass_without_news_logs_nothing(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """A pass that found nothing is silent."""
    caplog.set_level(logging.INFO)
    shop.claims(1)
    job_of(shop).background_pass(NOW + 700)
    assert caplog.records == []


@pytest.mark.parametrize(("minutes", "shown"), [(10, "approved confirmed api"), (0, None)])
def test_site_does_it_in_the_background_if_told_to(
    tmp_path: Path, liveform_simulator: LocalSimulator, minutes: int, shown: str | None
) -> None:
    """With ``RECONCILE_MINUTES`` a site finds by itself what no webhook brought; with 0 it asks nobody."""
    lost = LostWebhooks(tmp_path, liveform_simulator, RECONCILE_MINUTES=minutes)
    started = lost.site.start()
    liveform_simulator.complete(started.form_url)
    lost.clock.advance(600)
    lost.site.services.background.run_pending(lost.clock.now)
    assert lost.site.shown(started.visit_id) == shown
    assert bool(lost.calls()) is bool(minutes)
    lost.site.close()

"""Tests of asking about one visit: what counts as its submission, and what is recorded."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from confirmed_sites import Started
from reconciling import LostWebhooks, claimed

from webhelper.confirmation.comparison import CheckedVisit, Report, Scope
from webhelper.confirmation.visit_check import MOST_SUBMISSIONS
from webhelper.links.outcomes import Result, Source
from webhelper.simulate.local_server import LocalSimulator

GET_ONE = "GET /submission submission_id"
LIST = "GET /submission count,userid"


@pytest.fixture
def lost(tmp_path: Path, liveform_simulator: LocalSimulator) -> Iterator[LostWebhooks]:
    """Return a site whose webhooks never arrive."""
    made = LostWebhooks(tmp_path, liveform_simulator)
    yield made
    made.site.close()


@pytest.fixture
def run(lost: LostWebhooks) -> Callable[[], tuple[str, list[CheckedVisit]]]:
    """Return a function that runs the comparison: its counts that are not 0, and the visits."""

    def call() -> tuple[str, list[CheckedVisit]]:
        checked: list[CheckedVisit] = []
        scope = Scope(since=lost.clock.now - 86_400)
        report = lost.reconciler().run(scope, on_checked=checked.append)
        return counts_of(report), checked

    return call


Run = Callable[[], tuple[str, list[CheckedVisit]]]


def counts_of(report: Report) -> str:
    """Return the counts of a report that are not 0."""
    return ", ".join(f"{number} {name}" for name, number in report.counts().items() if number)


def test_lost_webhook_of_a_returned_visit_is_made_good(lost: LostWebhooks, run: Run) -> None:
    """A visit whose return claims a submission is confirmed by one GET, and is open no more."""
    started = lost.site.start()
    lost.site.come_back(started, lost.simulator.complete(started.form_url))
    assert lost.site.shown(started.visit_id) == "approved claimed return"
    counts, (checked,) = run()
    assert counts == "1 asked, 1 confirmed"
    assert (checked.visit_id, checked.project, checked.way) == (started.visit_id, "shop", "id")
    assert lost.site.shown(started.visit_id) == "approved confirmed api"
    assert lost.calls() == [GET_ONE]
    assert run() == ("", [])


def test_visit_that_never_came_back_is_found_by_its_user_id(lost: LostWebhooks, run: Run) -> None:
    """A visit without return and webhook is found in the list of its user id, and read singly."""
    started = lost.site.start()
    lost.simulator.complete(started.form_url, "rejected")
    counts, (checked,) = run()
    assert (counts, checked.way) == ("1 asked, 1 confirmed", "user")
    assert lost.site.shown(started.visit_id) == "rejected confirmed api"
    assert lost.calls() == [LIST, GET_ONE]


def test_visit_without_submission_and_user_id_is_unknown(lost: LostWebhooks, run: Run) -> None:
    """Without a return and without a user id nobody can ask, and nobody is asked."""
    started = lost.site.start(userid=None)
    lost.simulator.complete(started.form_url)
    counts, (checked,) = run()
    assert (counts, checked.way, checked.outcome) == ("1 unknown", "none", None)
    assert lost.calls() == []


def test_user_without_submission_is_not_found(lost: LostWebhooks, run: Run) -> None:
    """A person who only opened the form has no submission at the vendor."""
    lost.site.start()
    assert run()[0] == "1 asked, 1 not_found"
    assert lost.calls() == [LIST]


def test_forged_submission_id_confirms_nothing(lost: LostWebhooks, run: Run) -> None:
    """A return that claims somebody else's approved submission is not confirmed by it."""
    victim = lost.site.start("victim")
    lost.simulator.complete(victim.form_url)
    forger = lost.site.start("forger")
    lost.claim(forger, *lost.submissions())
    counts, checked = run()
    assert counts == "2 asked, 1 confirmed, 1 not_found"
    verdicts = {one.visit_id: one.verdict for one in checked}
    assert verdicts == {victim.visit_id: "confirmed", forger.visit_id: "not_found"}
    assert lost.outcomes(forger.visit_id) == ["approved claimed return"]


def test_forged_submission_id_that_is_known_is_not_asked_for(lost: LostWebhooks, run: Run) -> None:
    """A claimed submission that is known to be another visit's costs no call."""
    victim = lost.site.start("victim")
    lost.simulator.complete(victim.form_url)
    run()
    forger = lost.site.start(userid=None)
    lost.claim(forger, *lost.submissions())
    before = lost.calls()
    assert run()[0] == "1 unknown"
    assert lost.calls() == before


def test_submission_that_came_back_in_an_earlier_browser_is_found(lost: LostWebhooks, run: Run) -> None:
    """A submission of a browser that handed the visit over is asked about, and the vendor's word counts."""
    started = lost.site.start(userid=None)
    lost.simulator.complete(started.form_url)
    (submission_id,) = lost.submissions()
    earlier = replace(claimed(Result.APPROVED, submission_id), source=Source.EARLIER_BROWSER)
    lost.site.store.record(started.visit_id, earlier)
    assert lost.site.shown(started.visit_id) is None
    assert run()[0] == "1 asked, 1 confirmed"
    assert lost.site.shown(started.visit_id) == "approved confirmed api"


def test_claims_of_earlier_browsers_keep_nobody_from_asking_about_another(
    lost: LostWebhooks, run: Run
) -> None:
    """However many submissions earlier browsers make up, that of the visit's own browser is asked for."""
    started = lost.site.start(userid=None)
    lost.simulator.complete(started.form_url)
    (submission_id,) = lost.submissions()
    lost.claim(started, submission_id)
    for number in range(MOST_SUBMISSIONS):
        made_up = claimed(Result.APPROVED, f"made{number}", at=lost.clock.now + number)
        lost.site.store.record(started.visit_id, replace(made_up, source=Source.EARLIER_BROWSER))
    assert run()[0] == "1 asked, 1 confirmed"
    assert lost.site.shown(started.visit_id) == "approved confirmed api"


def test_state_beside_another_user_id_confirms_nothing(lost: LostWebhooks, run: Run) -> None:
    """A submission that carries the state of a visit and the user id of somebody else is nobody's."""
    started = lost.site.start()
    taken = lost.begin(started, userid="somebody_else")
    lost.simulator.sandbox.finish(taken, "approved")
    lost.claim(started, taken)
    assert run()[0] == "1 asked, 1 not_found"


def test_change_after_the_return_is_found(lost: LostWebhooks, run: Run) -> None:
    """An approval that a return claimed, and that the vendor took back since, is shown as rejected."""
    started = lost.site.start()
    lost.site.come_back(started, lost.simulator.complete(started.form_url))
    (submission_id,) = lost.submissions()
    lost.edit(submission_id, "rejected")
    assert run()[0] == "1 asked, 1 changed"
    assert lost.site.shown(started.visit_id) == "rejected confirmed api"


def test_review_is_found_when_it_is_done(lost: LostWebhooks, run: Run) -> None:
    """A pending visit is open as long as nobody decides, and is confirmed once somebody did."""
    started = lost.site.start()
    lost.site.come_back(started, lost.simulator.complete(started.form_url, "pending"))
    assert run()[0] == "1 asked, 1 still_open"
    assert lost.site.shown(started.visit_id) == "pending confirmed api"
    (submission_id,) = lost.submissions()
    lost.simulator.review(submission_id, "rejected")
    lost.clock.advance(3600)
    assert run()[0] == "1 asked, 1 confirmed"
    assert lost.site.shown(started.visit_id) == "rejected confirmed api"


def test_submission_that_a_webhook_named_is_asked_for(lost: LostWebhooks, run: Run) -> None:
    """A visit of which only ``created`` arrived is asked about by that submission, without a user id."""
    started = lost.site.start(userid=None)
    submission_id = lost.begin(started, userid=None)
    lost.arrive(started, submission_id)
    assert run()[0] == "1 asked, 1 still_open"
    lost.simulator.sandbox.finish(submission_id, "approved")
    counts, (checked,) = run()
    assert (counts, checked.way) == ("1 asked, 1 confirmed", "id")


def test_unfinished_submission_does_not_hide_a_finished_one(lost: LostWebhooks, run: Run) -> None:
    """If the known submission has no status yet, the others of the user id are looked at too."""
    started = lost.site.start()
    lost.arrive(started, lost.begin(started))
    before = len(lost.calls())
    lost.simulator.complete(started.form_url)
    assert run()[0] == "1 asked, 1 confirmed"
    assert lost.calls()[before:] == [GET_ONE, LIST, GET_ONE]


def test_older_submissions_of_a_user_are_not_read(lost: LostWebhooks, run: Run) -> None:
    """A submission that was begun before the visit cannot be its own; five minutes are granted to clocks."""
    started = lost.site.start()
    for minutes, read in ((-6, 0), (-4, 1)):
        lost.simulator.clock.move(minutes=minutes)
        lost.begin(started)
        lost.simulator.clock.move(minutes=-minutes)
        before = len(lost.calls())
        run()
        assert lost.calls()[before:] == [LIST] + [GET_ONE] * read


def test_submission_is_read_once_in_a_run(lost: LostWebhooks, run: Run) -> None:
    """Two visits of one user share the list, and each submission is read once for both."""
    first, second = lost.site.start(), lost.site.start()
    lost.simulator.complete(first.form_url)
    lost.simulator.complete(second.form_url, "rejected")
    assert run()[0] == "2 asked, 2 confirmed"
    assert sorted(lost.calls()) == [LIST, GET_ONE, GET_ONE]
    assert lost.site.shown(first.visit_id) == "approved confirmed api"
    assert lost.site.shown(second.visit_id) == "rejected confirmed api"


def rejected(lost: LostWebhooks, userid: str | None = "user_12345") -> Started:
    """Return a visit that came back, and that the vendor has rejected."""
    started = lost.site.start(userid)
    lost.site.come_back(started, lost.simulator.complete(started.form_url, "rejected"))
    lost.site.post(lost.simulator.events[-1])
    lost.site.work()
    assert lost.site.shown(started.visit_id) == "rejected confirmed api"
    return started


def test_second_try_after_a_rejection_is_found_by_its_return(lost: LostWebhooks, run: Run) -> None:
    """Of a rejected visitor who tries again, the second submission is asked for, and its approval counts."""
    started = rejected(lost, userid=None)
    assert run() == ("", [])
    lost.clock.advance(60)
    lost.site.come_back(started, lost.simulator.complete(started.form_url))
    counts, (checked,) = run()
    assert (counts, checked.way) == ("1 asked, 1 changed", "id")
    assert lost.site.shown(started.visit_id) == "approved confirmed api"
    assert run() == ("", [])


def test_second_rejection_ends_the_questions(lost: LostWebhooks, run: Run) -> None:
    """A second submission that was rejected too is asked for once."""
    started = rejected(lost)
    lost.clock.advance(60)
    lost.site.come_back(started, lost.simulator.complete(started.form_url, "rejected"))
    assert run()[0] == "1 asked, 1 confirmed"
    assert run() == ("", [])


def test_second_try_that_a_return_makes_up_changes_nothing(lost: LostWebhooks, run: Run) -> None:
    """Another user's approved submission stays his; the rejected visit is open, and shown as rejected."""
    started = rejected(lost, "forger")
    victim = lost.site.start("victim")
    lost.site.come_back(victim, lost.simulator.complete(victim.form_url))
    assert run()[0] == "1 asked, 1 confirmed"
    (stolen,) = [one for one in lost.submissions() if lost.owner(one) == "victim"]
    lost.clock.advance(60)
    lost.claim(started, stolen)
    counts, (checked,) = run()
    assert (counts, checked.visit_id) == ("1 asked, 1 still_open", started.visit_id)
    assert lost.site.shown(started.visit_id) == "rejected confirmed api"


def test_second_try_that_a_webhook_named_is_asked_for(lost: LostWebhooks, run: Run) -> None:
    """A rejected visit is open from the ``created`` of another submission until the vendor decides on it."""
    started = rejected(lost)
    lost.clock.advance(60)
    second = lost.begin(started)
    lost.arrive(started, second)
    counts, (checked,) = run()
    assert (counts, checked.way) == ("1 asked, 1 still_open", "id")
    lost.simulator.sandbox.finish(second, "approved")
    assert run()[0] == "1 asked, 1 changed"
    assert lost.site.shown(started.visit_id) == "approved confirmed api"
    assert run() == ("", [])


def test_second_try_of_which_nothing_arrived_is_found_on_demand(lost: LostWebhooks, run: Run) -> None:
    """Rejected visits are asked about by their user id if that is wanted; approved ones are not."""
    started = rejected(lost)
    lost.simulator.complete(started.form_url)
    assert run() == ("", [])
    scope = Scope(since=lost.clock.now - 86_400, rejected=True)
    assert counts_of(lost.reconciler().run(scope)) == "1 asked, 1 changed"
    assert lost.site.shown(started.visit_id) == "approved confirmed api"
    assert counts_of(lost.reconciler().run(scope)) == ""


def test_rejected_visit_without_a_second_try_stays_rejected(lost: LostWebhooks) -> None:
    """Asked about on demand, a rejected visit stays so: its submission is read, and the list of its user."""
    started = rejected(lost)
    before = len(lost.calls())
    scope = Scope(since=lost.clock.now - 86_400, rejected=True)
    assert counts_of(lost.reconciler().run(scope)) == "1 asked, 1 confirmed"
    assert lost.calls()[before:] == [GET_ONE, LIST]
    assert lost.site.shown(started.visit_id) == "rejected confirmed api"


def test_nothing_but_get_is_ever_sent(lost: LostWebhooks, run: Run) -> None:
    """Whatever is found, the comparison sends GET alone, which costs no credit."""
    for outcome in ("approved", "pending", "rejected"):
        started = lost.site.start(outcome)
        lost.simulator.complete(started.form_url, outcome)
    run()
    assert {one.split()[0] for one in lost.calls()} == {"GET"}

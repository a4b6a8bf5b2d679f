"""These tests tell what of a visit's outcomes is shown, and which claim the vendor refutes."""

from collections.abc import Sequence

from sites import NOW

from webhelper.links.models import Visit
from webhelper.links.outcomes import Outcome, Result, Source, shown_of
from webhelper.staff.visit_history import History, history_of


def said(result: Result | None, source: Source, at: float = NOW, of: str = "sub-1") -> Outcome:
    """Return what a source said of a submission."""
    return Outcome(result=result, submission_id=of, error_code=None, at=at, source=source)


def history(*outcomes: Outcome, named: Sequence[str] = ("sub-1",)) -> History:
    """Return the history of a visit of which this was said, in this order."""
    visit = Visit(id="v", link_id="l", at=NOW, outcome=shown_of(outcomes), outcomes=outcomes)
    return history_of(visit, lambda: named)


def test_visit_without_outcomes_is_open() -> None:
    """A visit of which nothing was said has no entries, nothing refuted, and its decision is to come."""
    empty = history()
    assert (empty.entries, empty.refuted, empty.is_open) == ((), None, True)


def test_one_entry_is_shown_and_they_keep_their_order() -> None:
    """Of several outcomes in the order of their arrival, exactly the shown one is marked."""
    claim = said(Result.PENDING, Source.RETURN)
    late, early = said(Result.APPROVED, Source.WEBHOOK, NOW + 60), said(Result.PENDING, Source.WEBHOOK)
    found = history(claim, late, early)
    assert [entry.outcome for entry in found.entries] == [claim, late, early]
    assert [entry.is_shown for entry in found.entries] == [False, True, False]
    assert not found.is_open


def test_claim_alone_leaves_a_visit_open() -> None:
    """A claimed decision and a confirmed open status leave the decision open."""
    assert history(said(Result.APPROVED, Source.RETURN)).is_open
    assert history(said(Result.PENDING, Source.API)).is_open
    assert not history(said(Result.REJECTED, Source.API)).is_open


def test_latest_refuted_claim_is_told() -> None:
    """Each claim that the vendor contradicts is marked, and the latest of them is told."""
    first, second = (said(Result.APPROVED, Source.RETURN, NOW + seconds) for seconds in (0, 5))
    found = history(first, said(Result.REJECTED, Source.RETURN), second, said(Result.REJECTED, Source.API))
    assert [entry.is_refuted for entry in found.entries] == [True, False, True, False]
    assert found.refuted == second


def test_another_try_after_a_rejection_opens_a_visit_and_is_not_refuted() -> None:
    """Until the vendor speaks of a second submission, its claim is open; that of the first is refuted."""
    before = said(Result.APPROVED, Source.RETURN), said(Result.REJECTED, Source.API)
    again = said(Result.APPROVED, Source.RETURN, NOW + 60, "sub-2")
    found = history(*before, again)
    assert [entry.is_refuted for entry in found.entries] == [True, False, False]
    assert (found.refuted, found.is_open) == (before[0], True)
    found = history(*before, again, said(Result.REJECTED, Source.API, NOW + 90, "sub-2"))
    assert [entry.is_refuted for entry in found.entries] == [True, False, True, False]
    assert (found.refuted, found.is_open) == (again, False)


def test_submission_that_the_vendor_named_after_a_rejection_opens_a_visit() -> None:
    """A second submission of which only the webhook ``created`` came can be asked about."""
    rejection = said(Result.REJECTED, Source.API)
    assert history(rejection, named=("sub-1", "sub-2")).is_open
    assert not history(rejection).is_open

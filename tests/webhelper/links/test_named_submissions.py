"""These tests tell which submissions that the vendor named are open, and whether anybody asks about them."""

import pytest
from sites import NOW
from store_values import answered, claimed, confirmed

from webhelper.links.named_submissions import nobody_asks, open_tries
from webhelper.links.outcomes import Outcome, Result

NAMED = ["sub-1", "sub-2"]


def is_left_alone(*outcomes: Outcome, named: list[str] = NAMED) -> bool:
    """Return whether nobody asks about a visit of these outcomes and submissions."""
    return nobody_asks(outcomes, lambda: named)


def test_named_submission_is_open_until_the_vendor_says_its_outcome() -> None:
    """What a return claims of a submission leaves it open; any word of the vendor does not."""
    assert open_tries((), NAMED) == NAMED
    assert open_tries([claimed(submission_id="sub-2")], NAMED) == NAMED
    for said in (confirmed(Result.PENDING), answered(Result.REJECTED)):
        assert open_tries([said], NAMED) == ["sub-2"]


def test_approved_visit_has_no_open_try() -> None:
    """Once the vendor has approved a visit, no other submission of it matters."""
    assert open_tries([confirmed()], NAMED) == []
    assert open_tries([claimed()], NAMED) == NAMED


@pytest.mark.parametrize("result", [Result.APPROVED, Result.REJECTED])
def test_visit_is_left_alone_after_a_decision_on_all_that_was_named(result: Result) -> None:
    """A rejection settles a visit if no other submission was named; an approval does so always."""
    assert is_left_alone(confirmed(result), named=["sub-1"])
    assert is_left_alone(confirmed(result)) is (result is Result.APPROVED)
    assert is_left_alone(confirmed(result), answered(result, NOW + 1, submission_id="sub-2"))


def test_submissions_are_looked_up_only_where_they_count() -> None:
    """As long as the outcomes leave a visit open, no submission is looked up."""
    for outcomes in ((), (claimed(),), (confirmed(Result.PENDING),)):
        assert not nobody_asks(outcomes, lambda: pytest.fail("looked up"))

"""These tests give requests a budget of time for the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from webhelper.links.stores.time_budget import REQUEST_S, TimeBudget, budget_of_request
from webhelper.web.time_budgets import TimeBudgets

if TYPE_CHECKING:
    from collections.abc import Iterable


def test_each_request_has_a_budget_of_its_own() -> None:
    """What one request has spent, the next one has again; beside requests there is no budget."""
    seen: list[float] = []

    def app(_: object, __: object) -> Iterable[bytes]:
        budget = budget_of_request.get()
        assert budget is not None
        seen.append(budget.left_s)
        budget.spend(0.5)
        seen.append(budget.left_s)
        return [b"answer"]

    bounded = TimeBudgets(app)
    for _ in range(2):
        assert list(bounded({}, lambda *_: lambda _: None)) == [b"answer"]
    assert seen == [REQUEST_S, REQUEST_S - 0.5] * 2
    assert budget_of_request.get() is None


def test_budget_ends_with_a_request_that_fails() -> None:
    """A request that ends with an error leaves no budget behind."""

    def app(*_: Any) -> Iterable[bytes]:
        raise ValueError("planted")

    before = budget_of_request.set(TimeBudget(7.0))
    with pytest.raises(ValueError, match="planted"):
        TimeBudgets(app)({}, lambda *_: lambda _: None)
    left = budget_of_request.get()
    assert left is not None
    assert left.left_s == 7.0
    budget_of_request.reset(before)

"""These tests read and write the ids of visits."""

import pytest
from sites import NOW

from webhelper.links.visit_ids import new_visit_id, visited_at


@pytest.mark.parametrize("at", [0.0, NOW, NOW + 0.001, NOW + 0.9999])
def test_time_of_a_visit_is_in_its_id(at: float) -> None:
    """A visit id says when the visit was, to the millisecond before."""
    assert visited_at(new_visit_id("A" * 16, at)) == int(at * 1000) / 1000

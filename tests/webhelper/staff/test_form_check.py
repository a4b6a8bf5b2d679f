"""These tests collect everything that is wrong in a form, with a check that stops at the first field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from liveform import FieldError
from webhelper.staff.form_check import faults_in

if TYPE_CHECKING:
    from collections.abc import Mapping


def check(members: Mapping[str, str]) -> None:
    """Refuse the first member that is ``bad``, and a form without ``name``."""
    if "name" not in members:
        raise FieldError("name", "is missing")
    for name, value in members.items():
        if value == "bad":
            raise FieldError(name, "is bad")
        if value == "all bad":
            raise FieldError("form", "is bad as a whole")


@pytest.mark.parametrize(
    ("members", "faults"),
    [
        ({"name": "a"}, {}),
        ({"name": "a", "b": "bad"}, {"b": "is bad"}),
        ({"c": "bad", "name": "bad", "b": "good"}, {"c": "is bad", "name": "is bad"}),
        ({"c": "bad"}, {"name": "is missing", "c": "is bad"}),
        ({}, {"name": "is missing"}),
        ({"name": "bad", "c": "bad"}, {"name": "is bad", "c": "is bad"}),
        ({"name": "a", "b": "all bad", "c": "bad"}, {"form": "is bad as a whole"}),
    ],
)
def test_every_fault_is_found_once(members: dict[str, str], faults: dict[str, str]) -> None:  # C4
    """Each wrong or missing field is named once, and what was filled in is not changed."""
    before = dict(members)
    assert {name: error.problem for name, error in faults_in(members, check).items()} == faults
    assert members == before

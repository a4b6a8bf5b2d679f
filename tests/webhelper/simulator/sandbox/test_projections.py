"""These tests check what projections hide, and for how long."""

import pytest
from sandboxes import NOON, PID, last_event, submitted

from webhelper.simulator.sandbox.announcements import as_visible
from webhelper.simulator.sandbox.projections import FIELDS, Projection
from webhelper.simulator.sandbox.sandbox import Sandbox

HIDING = Projection("p1", PID, "no_name", ("full_name", "cf1", "idType"), NOON)


@pytest.mark.parametrize("values", [{"projectionId": "p1"}, {"projectionName": "no_name"}])
def test_projection_thins_item_and_events(sandbox: Sandbox, values: dict[str, str]) -> None:
    """The hidden data are neither in GET nor in events (row 7.8)."""
    sandbox.projections.add(HIDING)
    submission_id = submitted(sandbox, "approved", **values, cf1="secret", cf2="known")
    event = last_event(sandbox)
    assert event["cf"] == {"cf2": "known"}
    assert "full_name" not in event
    kept = sandbox.submissions.get(submission_id)
    seen = as_visible(sandbox, kept).item
    assert seen["projection"] == {"projectionId": "p1", "projectionName": "no_name"}
    assert not {"full_name", "cf1", "idType"} & set(seen["data"])
    assert "fullName" not in seen["ocr"]
    assert "full_name" not in seen["OCR_raw"]
    assert kept.data["cf1"] == "secret"


def test_deleted_projection_hides_nothing_any_more(sandbox: Sandbox) -> None:
    """Deleting a projection makes the data visible again (row 7.8)."""
    sandbox.projections.add(HIDING)
    kept = sandbox.submissions.get(submitted(sandbox, cf1="secret", projectionId="p1"))
    assert sandbox.projections.delete(PID, "p1")
    assert as_visible(sandbox, kept) == kept
    assert not sandbox.projections.delete(PID, "p1")


def test_projection_is_fixed_when_the_submission_is_made(sandbox: Sandbox) -> None:
    """A projection that comes later hides nothing of an earlier submission (row 7.8)."""
    kept = sandbox.submissions.get(submitted(sandbox, projectionId="p1"))
    sandbox.projections.add(HIDING)
    assert kept.projection is None
    assert as_visible(sandbox, kept) == kept


def test_projection_is_of_one_project(sandbox: Sandbox) -> None:
    """Another project does not find it."""
    sandbox.projections.add(HIDING)
    assert sandbox.projections.find("other00001", ["p1"]) is None
    assert not sandbox.projections.delete("other00001", "p1")
    assert sandbox.projections.all(PID) == [HIDING]


def test_fields_are_those_of_the_vendors_list() -> None:
    """The list has 30 names (row 7.6)."""
    assert len(FIELDS) == 30
    assert {"first_name", "cf3", "phoneNumber"} <= FIELDS

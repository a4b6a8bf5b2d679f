"""These tests check how submissions are found."""

from datetime import timedelta

import pytest
from sandboxes import PID, StillClock, make_dashboard, submitted

from liveform import Project
from webhelper.simulator.sandbox.errors import UnknownError
from webhelper.simulator.sandbox.sandbox import Sandbox
from webhelper.simulator.sandbox.submissions import Search


def ids(sandbox: Sandbox, **search: object) -> list[str]:
    """Return the ids that a search finds."""
    return [one.id for one in sandbox.submissions.search(Search(pid=PID, **search))]  # type: ignore[arg-type]  # its fields


def test_search_finds_by_user_and_email(sandbox: Sandbox) -> None:
    """A list can be of one user or one e-mail, the newest first."""
    one, two = submitted(sandbox), submitted(sandbox, userid="user_2")
    assert ids(sandbox) == [two, one]
    assert ids(sandbox, userid="user_2") == [two]
    assert ids(sandbox, userid="user_2", email="other@example.com") == []
    assert ids(sandbox, limit=1) == [two]


def test_search_finds_by_day(sandbox: Sandbox, still: StillClock) -> None:
    """A range has its first time, and not its last."""
    one = submitted(sandbox)
    still.turn(days=1)
    two = submitted(sandbox)
    assert ids(sandbox, start="2026-05-02") == [two]
    assert ids(sandbox, end="2026-05-02") == [one]
    assert ids(sandbox, start="2026-05-01", end="2026-05-02~") == [two, one]


def test_search_goes_on_behind_a_submission(sandbox: Sandbox) -> None:
    """A page begins behind the last submission of the page before."""
    made = [submitted(sandbox) for _ in range(3)]
    assert ids(sandbox, before=made[2]) == [made[1], made[0]]
    assert ids(sandbox, before=made[0]) == []
    with pytest.raises(UnknownError):
        ids(sandbox, before="nobody")


def test_submission_is_of_one_project(sandbox: Sandbox) -> None:
    """Another project does not find it."""
    made = submitted(sandbox)
    assert sandbox.submissions.get(made, pid=PID).id == made
    with pytest.raises(UnknownError):
        sandbox.submissions.get(made, pid="other00001")


def test_several_projects_keep_their_submissions_apart() -> None:
    """A list has the submissions of one project."""
    other = {"api_key": "another-key-of-another-project", "face_auth_pid": None, "face_auth_key": None}
    boards = {"shop": make_dashboard(), "b": make_dashboard(project=Project("other00001"), **other)}
    sandbox = Sandbox(":memory:", boards, clock=StillClock())
    made = submitted(sandbox)
    assert ids(sandbox) == [made]
    assert sandbox.submissions.search(Search(pid="other00001")) == []
    sandbox.close()


def test_unfinished_submissions_are_found_by_their_age(sandbox: Sandbox, still: StillClock) -> None:
    """Only submissions without an outcome are unfinished."""
    from liveform import Pipeline

    submitted(sandbox)
    begun = sandbox.begin(PID, {}, pipeline=Pipeline.KNOWLEDGE)
    found = sandbox.submissions.unfinished((still.now + timedelta(days=1)).isoformat())
    assert [one.id for one in found] == [begun]
    assert sandbox.submissions.unfinished("2026-05-01T11") == []

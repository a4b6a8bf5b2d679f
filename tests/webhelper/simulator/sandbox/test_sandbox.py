"""These tests check the sandbox as a whole: its projects, and what several processes see."""

from dataclasses import replace
from pathlib import Path

import pytest
from sandboxes import (
    ADMIN,
    API_KEY,
    EMAIL,
    FACE_KEY,
    FACE_PID,
    PID,
    USER,
    make_dashboard,
    make_sandbox,
    submitted,
)

from webhelper.simulator.sandbox.errors import UnknownError
from webhelper.simulator.sandbox.events import Attempt, Event
from webhelper.simulator.sandbox.face_auths import FaceAuth
from webhelper.simulator.sandbox.monitoring import MonitorRecord
from webhelper.simulator.sandbox.request_log import Request
from webhelper.simulator.sandbox.sandbox import Sandbox
from webhelper.simulator.sandbox.submissions import Search, Submission
from webhelper.simulator.sandbox.token_ids import TokenId


def test_dashboard_is_found_by_its_pid(sandbox: Sandbox) -> None:
    """A project is found by its pid, and by FaceAuth's for token ids."""
    assert sandbox.dashboard(PID) is sandbox.dashboards["shop"]
    assert sandbox.dashboard_of_tokens(PID) is sandbox.dashboard(PID)
    assert sandbox.dashboard_of_tokens(FACE_PID) is sandbox.dashboard(PID)
    for find in (sandbox.dashboard, sandbox.dashboard_of_tokens):
        with pytest.raises(UnknownError):
            find("other00001")


def test_settings_can_change_while_it_runs(sandbox: Sandbox) -> None:
    """New settings of a project hold from then on."""
    sandbox.configure(replace(make_dashboard(), secure_data_transfer=True))
    assert sandbox.transfer(PID) is not None
    assert sandbox.dashboard(PID).secure_data_transfer


def test_processes_see_the_same_submissions(tmp_path: Path) -> None:
    """What one process has made, another finds."""
    one, other = make_sandbox(tmp_path / "box.db"), make_sandbox(tmp_path / "box.db")
    made = submitted(one)
    assert other.submissions.get(made).id == made
    assert submitted(other) != made


def test_default_time_is_the_real_one() -> None:
    """Without a clock of a test, the sandbox has the real time."""
    sandbox = Sandbox(":memory:", {"shop": make_dashboard()})
    assert sandbox.clock.now().utcoffset() is not None
    sandbox.close()


def test_what_is_kept_is_not_shown(sandbox: Sandbox) -> None:
    """No repr has an e-mail, a name, a token id or a key, so that no traceback or log has."""
    made = submitted(sandbox, tokenid="token-0001")
    shown = repr(
        [
            *(
                sandbox.submissions.get(made),
                sandbox.events.newest(),
                sandbox.token_ids.get(PID, "token-0001"),
            ),
            *(sandbox.dashboard(PID), sandbox, Search(pid=PID, email=EMAIL)),
        ]
    )
    for secret in (EMAIL, USER, made.upper(), "token-0001", API_KEY, FACE_KEY, ADMIN, "hook"):
        assert secret not in shown


@pytest.mark.parametrize(
    "kept", [Attempt, Event, FaceAuth, MonitorRecord, Request, Search, Submission, TokenId]
)
def test_class_with_personal_data_has_no_repr_of_its_own(kept: type) -> None:
    """A class that holds personal data shows nothing but its name."""
    assert "__repr__" not in vars(kept)

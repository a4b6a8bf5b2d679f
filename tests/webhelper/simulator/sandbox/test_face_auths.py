"""These tests check the table of FaceAuth authentications."""

from dataclasses import replace

from sandboxes import NOON, PID

from webhelper.simulator.sandbox.face_auths import FaceAuth
from webhelper.simulator.sandbox.sandbox import Sandbox

MADE = FaceAuth(
    id="f1",
    pid=PID,
    submission_id="s1",
    created_at=NOON,
    submit_type="form",
    user={"userId": "user_7", "token": "token-0001"},
    fail_codes=("Face_cover_fail",),
    image=b"face",
)


def test_authentication_is_kept(sandbox: Sandbox) -> None:
    """What was kept comes back, with its place; another project does not see it."""
    sandbox.face_auths.add(MADE)
    assert sandbox.face_auths.get(PID, "f1") == replace(MADE, seq=1)
    assert sandbox.face_auths.get("other00001", "f1") is None
    assert (MADE.status, replace(MADE, fail_codes=()).status) == ("rejected", "approved")


def test_page_has_the_newest_first(sandbox: Sandbox) -> None:
    """A page is of a range of times, and goes on before a place."""
    for number, day in enumerate(("01", "02", "03"), start=1):
        sandbox.face_auths.add(replace(MADE, id=f"f{number}", created_at=f"2026-05-{day}T12:00:00.000Z"))

    def ids(**where: object) -> list[str]:
        return [one.id for one in sandbox.face_auths.page(PID, **where)]  # type: ignore[arg-type]  # its arguments

    assert ids() == ["f3", "f2", "f1"]
    assert ids(limit=2) == ["f3", "f2"]
    assert ids(before=2) == ["f1"]
    assert ids(start="2026-05-02", end="2026-05-03") == ["f2"]


def test_deleted_authentication_loses_its_picture(sandbox: Sandbox) -> None:
    """Deleting works once, and only in the project."""
    sandbox.face_auths.add(MADE)
    assert not sandbox.face_auths.delete("other00001", "f1")
    assert sandbox.face_auths.delete(PID, "f1")
    assert not sandbox.face_auths.delete(PID, "f1")
    kept = sandbox.face_auths.get(PID, "f1")
    assert kept is not None
    assert (kept.image, kept.deleted) == (None, True)

"""The suite against a vendor: what it writes and asks for, and what it never shows or does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from liveform import Pipeline, VendorError
from tests.contract.checks import Differs, hold, hold_members, refused, safe_text
from tests.contract.clients import Waits, caller
from tests.contract.simulated import ADMIN, app_of, project, sandbox_of, serving
from tests.contract.target import World, is_vendor, modes
from webhelper.simulator.sandbox.submissions import Search

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIEnvironment

    from webhelper.simulator.sandbox.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
CANARY = "canary-of-a-person"
KEY = "canary-key-0123456789"
READING = ("test_reading.py", "test_projections.py", "test_tokens.py")

pytestmark = pytest.mark.skipif(is_vendor(), reason="starts the suite itself")


def suite(*files: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run files of the suite with these LIVEFORM_CONTRACT_ variables, and with all that pytest can show."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "LIVEFORM"))}
    given = {f"LIVEFORM_CONTRACT_{name}": value for name, value in settings.items()}
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "0", "-vv", "--showlocals"),
            *(f"tests/contract/{file}" for file in files),
        ],
        cwd=ROOT,
        env={**own, **given, "PYTHONPATH": os.pathsep.join(["", *sys.path])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _odd_vendor(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer each request with a person in places where nobody expects one."""
    data = {"full_name": [CANARY], CANARY: 1}
    row = {"submission_id": CANARY, "email": CANARY, "kyc": CANARY, "data": data}
    body = {"Items": [row], "items": [row], CANARY: CANARY, "message": CANARY, "errorMessage": CANARY}
    status = "200 OK" if "email" not in environ["QUERY_STRING"] else "400 Bad Request"
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps(body).encode()]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Return the state of a simulator that has three submissions."""
    one = sandbox_of("plain")
    for number in range(3):
        values = {"email": f"{CANARY}-{number}@example.com", "userid": CANARY}
        one.submit(project("plain").pid, values, "approved", pipeline=Pipeline.ID_DOCUMENT)
    yield one
    one.close()


@pytest.fixture
def url(sandbox: Sandbox) -> Iterator[str]:
    """Return the address of that simulator."""
    with serving(app_of(sandbox)) as address:
        yield f"{address}/v3"


def own_key() -> str:
    """Return the API key of the simulator's project."""
    key = project("plain").expose_api_key()
    return "" if key is None else key.expose_text()


def test_report_shows_rows_and_no_values() -> None:
    """Whatever the vendor answers, the report has rows and kinds of differences, and nothing that came."""
    with serving(_odd_vendor) as address:
        done = suite(*READING, KEY=KEY, URL=address)
    assert done.returncode == 1, done.stdout
    assert "row 2.6 differs" in done.stdout
    assert "row 7.5 differs" in done.stdout
    assert "row 5.9 not tried" in done.stdout
    assert CANARY not in done.stdout + done.stderr
    assert KEY not in done.stdout + done.stderr


def test_suite_reads_without_writing(sandbox: Sandbox, url: str) -> None:
    """Without LIVEFORM_CONTRACT_WRITE, the suite sends GET alone; all that it tries is held."""
    done = suite(*READING, "test_common.py", "test_writing.py", KEY=own_key(), URL=url, ADMIN=ADMIN)
    assert done.returncode == 0, done.stdout
    assert "row 2.6 held" in done.stdout
    assert "row 3.1 not tried" in done.stdout
    assert {one.method for one in sandbox.requests.newest()} == {"GET"}
    assert CANARY not in done.stdout + done.stderr


def test_suite_deletes_what_it_wrote(sandbox: Sandbox, url: str) -> None:
    """With LIVEFORM_CONTRACT_WRITE=1, it makes submissions and token ids, and deletes them again."""
    done = suite(*READING, "test_writing.py", KEY=own_key(), URL=url, ADMIN=ADMIN, WRITE="1")
    assert done.returncode == 0, done.stdout
    assert "row 3.1 held" in done.stdout
    requests = sandbox.requests.newest()
    assert {one.path for one in requests if one.method != "GET"} == {
        "/submission/migration",
        "/submission",
        "/submission/tokens",
    }
    made = [json.loads(one.answer)["submissionId"] for one in requests if one.path.endswith("/migration")]
    assert made
    assert all(sandbox.submissions.get(one).deleted for one in made)
    assert sandbox.token_ids.count(project("plain").pid) == 0
    assert CANARY not in done.stdout + done.stderr


def test_ignored_members_are_a_difference(sandbox: Sandbox, url: str) -> None:
    """A member that the simulator ignores is a difference, with its name and the request."""
    (mode, *_) = (one for one in modes() if one.project == "plain")
    arguments = mode.arguments(url)
    made = sandbox.submissions.search(Search(pid=project("plain").pid))[0].id
    with caller(is_async=False, **arguments) as call:
        world = World(mode, call, Waits(), arguments, sandbox)
        world.get(made)
        world.check_nothing_was_ignored()
        changes = {"version": "1", "extra": {"nickname": "x"}}
        call(lambda client: client.submissions.update(made, admin=ADMIN, **changes))
        with pytest.raises(Differs, match=r"would ignore data\.nickname in PATCH /submission$"):
            world.check_nothing_was_ignored()


def test_differences_have_no_values() -> None:
    """The helpers name members and types, and no values."""
    with pytest.raises(Differs, match=r"^row 2\.6 differs: the member email is a list$"):
        hold_members("2.6", {"email": [CANARY]}, {"email": str})
    with pytest.raises(Differs, match=r"^row 2\.6 differs: no member kyc$"):
        hold_members("2.6", {"email": CANARY}, {"kyc": dict})
    with pytest.raises(Differs, match=r"^row 2\.6 differs: a text instead of an object$"):
        hold_members("2.6", CANARY, {})
    with pytest.raises(Differs, match=r"^row 2\.6 differs: the member count is a boolean$"):
        hold_members("2.6", {"count": True}, {"count": int})
    with pytest.raises(Differs, match=r"^row 1\.1 differs: another$"):
        hold("1.1", False, "another")


def test_other_errors_are_told_without_their_text() -> None:
    """An error of a test is shown as its type and place; the text of a VendorError is safe."""
    with pytest.raises(KeyError) as caught:
        dict[str, str]()[CANARY]
    assert CANARY not in safe_text(caught.value)
    assert "KeyError in test_other_errors" in safe_text(caught.value)
    assert safe_text(VendorError("tokens.get: no", reason="refused")) == "VendorError: tokens.get: no"


def test_expected_refusal_must_come() -> None:
    """A block that should be refused differs if it is not, or for another reason."""
    with pytest.raises(Differs, match="no failure"), refused("1.1"):
        pass
    with pytest.raises(Differs, match="the code is not x"), refused("1.1", code="x"):
        raise VendorError("no", reason="refused", code="y", status=400)
    with pytest.raises(Differs, match="the HTTP status is 400, and not 403"), refused("1.1", status=403):
        raise VendorError("no", reason="refused", code="y", status=400)

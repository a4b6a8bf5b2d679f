"""Tests that every example program runs and prints what it is meant to show."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, build_opener, urlopen

import pytest
from local_sites import LocalSite, desktop_example
from servers import START_S, free_port
from simulator_program import SimulatorProgram, simulate

from webhelper.links.outcomes import Result
from webhelper.simulate.form_driver import FormRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parents[1] / "examples"
RETURN_URL = "http://127.0.0.1:9000/done"
RECEIVED = [
    "first: 204",
    "again: 204",
    "log: webhook refused: malformed",
    "plain: 400",
    "guess: 404",
    "to do: ApprovedEvent(trigger='approved', submission_id='kz3m1x9q2w8ab'",
    "and 0 more",
]
EXAMPLES = Path(__file__).parents[1] / "examples"
SIGNED = [
    "first: 204",
    "again: 204",
    "changed: 401",
    "old: 401",
    "to do: {'type': 'outcome.confirmed', 'data': {'userid': 'user_12345', 'status': 'approved'}}",
    "and 0 more",
]
SHOWS = {
    "handlers.py": [
        "shop: user_12345 is approved (api), link till-17",
        "event 1: created, duplicate: False",
        "event 2: approved, duplicate: True",
    ],
    "outgoing_django.py": SIGNED,
    "outgoing_fastapi.py": SIGNED,
    "outgoing_flask.py": SIGNED,
    "reading_a_return.py": [
        "claimed approved",
        "error page sent the user back: TK-10001",
        "not made with our key",
        "twice",
    ],
    "rotating_keys.py": ["during the rotation: {'userid': 'user_12345'}", "cannot be decrypted"],
    "several_projects.py": ["production, staging", "projects.production.key"],
    "signup_flow.py": [
        "own session:     Thank you",
        "another session: Please start again (bad_signature)",
        "forged",
    ],
    "tour.py": [
        "https://form.argosidentity.com/?pid=",
        "seen      userid = user_12345",
        "kyc_status=approved",
        "█",
    ],
    "webhook_django.py": RECEIVED,
    "webhook_fastapi.py": RECEIVED,
    "webhook_flask.py": RECEIVED,
    "webhook_wsgi.py": RECEIVED,
}
WITH_SIMULATOR = {
    "confirm_return.py",
    "look_up_submission.py",
    "migrate_users.py",
    "private_mode.py",
    "review_pending.py",
}


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProgram]:
    """A simulator for all examples that leave its settings alone."""
    with simulate(tmp_path_factory.mktemp("simulator"), "--return-url", RETURN_URL) as running:
        yield running


def test_every_example_is_listed() -> None:
    """Every Python file of the examples folder is in one of the tables above."""
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(SHOWS) | WITH_SIMULATOR


# What an import needs, and the extras of liveform that bring it.
NEEDS = {
    "django": {"django"},
    "fastapi": {"fastapi"},
    "flask": {"flask", "web"},
    "httpx2": {"rest", "web"},
    "liveform.qr": {"qr", "web"},
    "liveform.rest": {"rest", "web"},
    "liveform.webhooks": {"webhooks", "rest", "web"},
    "webhelper": {"web"},
}


@pytest.mark.parametrize("name", [*SHOWS, *sorted(WITH_SIMULATOR), "desktop_qr/app.py"])
def test_example_says_what_to_install(name: str) -> None:
    """The head of an example has the command that installs all that it imports."""
    path = EXAMPLES / name
    text = path.read_text("utf-8")
    command = re.search(r"^Install what it needs: pip install (.*)$", text, re.MULTILINE)
    assert command is not None
    installed = set(re.findall(r"[a-z0-9]+", command[1]))
    imported = re.findall(r"^(?:from|import) ([\w.]+)", text, re.MULTILINE)
    for needed, bringing in NEEDS.items():
        if any(f"{name}.".startswith(f"{needed}.") for name in imported):
            assert installed & bringing, needed
    if "sign_state" in text:
        assert installed & {"state", "web"}
    if path.name in WITH_SIMULATOR:
        assert "web" in installed


def test_examples_are_small() -> None:
    """An example that calls the simulator has fewer than 60 lines."""
    assert all(len((EXAMPLES / name).read_text("utf-8").splitlines()) < 60 for name in WITH_SIMULATOR)


@pytest.mark.parametrize("name", SHOWS)
def test_example_shows_what_it_is_for(name: str) -> None:
    """An example runs without a warning and prints the texts that are listed for it."""
    command = [sys.executable, "-X", "utf8", "-W", "error", str(EXAMPLES / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stderr == ""
    assert [text for text in SHOWS[name] if text not in done.stdout] == []


def test_desktop_example_lets_in_who_is_confirmed(tmp_path: Path) -> None:
    """The server of the desktop example asks the web helper itself before it lets anybody in."""
    site = LocalSite(tmp_path)
    site.start()
    browser = build_opener(HTTPCookieProcessor())
    try:
        with desktop_example(site, free_port()) as address:
            with browser.open(f"{address}/check", data=b"") as answer:
                (link,) = re.findall(r'<liveform-qr link="([^"]+)"', answer.read().decode())
            urlopen(link, data=b"").close()  # the phone, which is led to the form
            with pytest.raises(HTTPError, match="403"):
                browser.open(f"{address}/welcome")
            site.confirm(link.rpartition("/")[2][:16], Result.APPROVED)
            with browser.open(f"{address}/welcome") as answer:
                assert "<h1>Welcome</h1>" in answer.read().decode()
    finally:
        site.close()


def test_migration_goes_on_where_it_was_and_looks_up_without_personal_data(
    simulator: SimulatorProgram,
) -> None:
    """A migration names bad rows by line, leaves out users who are there, and its users are found."""
    users = str(EXAMPLES / "users.csv")
    assert simulator.run(EXAMPLES / "migrate_users.py", users).splitlines() == [
        "line 4: birth_date: must be a datetime.date, or text such as 1990-01-31 (YYYY-MM-DD)",
        "created: 2, already there: 0, failed: 1",
        "correct those lines and run it again: who is there is left out",
    ]
    assert "created: 0, already there: 2, failed: 1" in simulator.run(EXAMPLES / "migrate_users.py", users)
    found = simulator.run(EXAMPLES / "look_up_submission.py", "user_12345")
    assert re.match(r"submissions found: 1\n\w+ approved \S+\n  known of the person: .*full_name", found)
    assert "Jane" not in found


def test_migration_that_cannot_go_on_stops_and_says_so(simulator: SimulatorProgram) -> None:
    """A migration with a wrong key stops at the first row."""
    wrong = SimulatorProgram({**simulator.variables, "LIVEFORM_API_KEY": "another-key"})
    with wrong.started(EXAMPLES / "migrate_users.py", str(EXAMPLES / "users.csv")) as program:
        printed, problems = program.communicate(timeout=START_S)
    assert printed.startswith("line 2: submissions.list: the vendor refused it with HTTP 403")
    assert problems == "stopped; run it again to go on\n"


def test_review_lists_approves_and_rejects(simulator: SimulatorProgram) -> None:
    """A pending submission is listed; one is approved, and the other is rejected with a comment."""
    project = simulator.project
    for userid in ("user_50005", "user_60006"):
        simulator.complete(project.form_url(userid=userid, email="jane@example.com"), "pending")
    waiting, *ids = simulator.run(EXAMPLES / "review_pending.py").splitlines()
    assert (waiting, len(ids)) == ("waiting: 2", 2)
    assert simulator.run(EXAMPLES / "review_pending.py", ids[0]) == f"{ids[0]} is now approved\n"
    assert (
        simulator.run(EXAMPLES / "review_pending.py", ids[1], "not readable") == f"{ids[1]} is now rejected\n"
    )
    assert simulator.run(EXAMPLES / "review_pending.py") == "waiting: 0\n"


def test_private_mode_gives_each_user_a_token_id_that_opens_the_form(tmp_path: Path) -> None:
    """In private mode the printed URLs open the form, and all other token ids are deleted."""
    with simulate(tmp_path, "--private-mode", "--return-url", RETURN_URL) as running:
        *progress, first, second, end = running.run(EXAMPLES / "private_mode.py").splitlines()
        assert progress[-1] == "1200 of 1200 done, 0 failed"
        assert end == "deleted: 1198 registered now: 2"
        for line in (first, second):
            assert running.complete(line.split()[1], "approved").startswith(RETURN_URL)
        with pytest.raises(FormRefused):
            running.complete(running.project.form_url(userid="user_12345"), "approved")


@pytest.mark.parametrize(
    ("outcome", "told"), [("approved", "welcome, user_12345"), ("rejected", "not approved: rejected")]
)
def test_return_is_confirmed_by_the_vendor(simulator: SimulatorProgram, outcome: str, told: str) -> None:
    """The return of the same session ends in what the vendor's API says."""
    with simulator.started(EXAMPLES / "confirm_return.py") as program:
        url = program.stdout.readline().strip() if program.stdout is not None else ""
        printed, problems = program.communicate(simulator.complete(url, outcome), timeout=START_S)
    assert (printed, problems) == (f"Return URL: {told}\n", "")


def test_return_that_nobody_signed_is_not_confirmed(simulator: SimulatorProgram) -> None:
    """A typed Return URL ends at the check of the state."""
    with simulator.started(EXAMPLES / "confirm_return.py") as program:
        printed, _ = program.communicate(f"{RETURN_URL}?kycStatus=approved&submissionId=abc", START_S)
    assert printed.endswith("please start again (bad_signature)\n")

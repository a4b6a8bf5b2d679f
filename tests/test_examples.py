"""Tests that every example program runs and prints what it is meant to show."""

import subprocess
import sys
from pathlib import Path

import pytest

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
SHOWS = {
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


def test_every_example_is_listed() -> None:
    """The table above lists every Python file of the examples folder."""
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(SHOWS)


@pytest.mark.parametrize("name", SHOWS)
def test_example_shows_what_it_is_for(name: str) -> None:
    """An example runs without a warning and prints the texts that are listed for it."""
    command = [sys.executable, "-X", "utf8", "-W", "error", str(EXAMPLES / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stderr == ""
    assert [text for text in SHOWS[name] if text not in done.stdout] == []

"""Tests of how the command calls what the client's errors are about."""

import pytest
from api_commands import ApiCommand
from loopback_vendor import LoopbackVendor


@pytest.mark.parametrize(
    ("argv", "label"),
    [
        (("submissions", "get", "a b"), "SUBMISSION_ID"),
        (("submissions", "list", "--start-date", "today"), "--start-date"),
        (("submissions", "list", "--page-size", "0"), "--page-size"),
        (("submissions", "list", "--email", ""), "--email"),
        (("aml", "monitor-get", "..", "r1"), "WORKLIST_ID"),
        (("projections", "create", "No Names", "--fields", "full_name"), "NAME"),
        (("projections", "create", "no_names", "--fields", "fullname"), "--fields"),
        (("faceauth", "list", "--start-date", "2026-06-01"), "--start-date"),
        (("tokens", "get", ""), "TOKEN_ID"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_error_names_what_was_typed(
    argv: tuple[str, ...], label: str, api: ApiCommand, vendor: LoopbackVendor
) -> None:
    """A wrong value is refused before anything is sent, by the option or the argument that holds it."""
    answer = api(*argv)
    assert (answer.code, answer.out, vendor.requests) == (2, "", [])
    assert answer.err.startswith(f"liveform: {label}: ")

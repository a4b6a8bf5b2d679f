"""Tests of ``liveform tokens``."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from api_commands import ApiCommand, Data
from loopback_vendor import Answered, Asked, LoopbackVendor

IDS = ["token-id-1", "token-id-2", "token-id-3"]


def registering(vendor: LoopbackVendor, *, refused: frozenset[str] = frozenset()) -> dict[str, int]:
    """Let the vendor register token ids but for some, and return how often each came."""
    seen: dict[str, int] = {}

    def respond(asked: Asked) -> Answered:
        sent = asked.json["tokenId"]
        for one in sent:
            seen[one] = seen.get(one, 0) + 1
        failed = [one for one in sent if one in refused]
        details = [{"tokenId": one, "errorCode": "invalid_token_id"} for one in failed]
        answer: dict[str, Any] = {
            "success": not failed,
            "summary": {
                "totalSubmitted": len(sent),
                "processed": len(sent) - len(failed),
                "failed": len(failed),
            },
        }
        return Answered(json.dumps({**answer, "details": details} if failed else answer).encode())

    vendor.respond = respond
    return seen


def lines(name: str) -> list[str]:
    """Return the lines of a file."""
    return Path(name).read_text().splitlines()


def test_register_makes_random_ids(data: Data, vendor: LoopbackVendor) -> None:
    """``--count`` makes token ids of the documented form, sends 500 at once, and keeps them in a file."""
    seen = registering(vendor)
    printed = data("tokens", "register", "--count", "1201", "--output", "ids.txt")
    assert printed == {"registered": 1201, "failed": 0, "output": "ids.txt", "errors": None}
    assert [len(asked.json["tokenId"]) for asked in vendor.requests] == [500, 500, 201]
    assert lines("ids.txt") == list(seen)
    assert len(seen) == 1201
    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in seen)
    assert not Path("ids.txt.pending").exists()


def test_register_goes_on_where_it_was_killed(data: Data, vendor: LoopbackVendor) -> None:
    """``--resume`` sends the ids again whose answer a kill lost, and then as many as are missing."""
    Path("ids.txt").write_text("token-id-1\n")
    Path("ids.txt.pending").write_text("token-id-2\ntoken-id-3\n")
    registering(vendor)
    printed = data("tokens", "register", "--count", "5", "--output", "ids.txt", "--resume")
    assert printed["registered"] == 5
    assert lines("ids.txt")[:3] == IDS
    (asked,) = vendor.requests
    assert (asked.json["tokenId"][:2], len(asked.json["tokenId"])) == (IDS[1:], 4)


def test_register_sends_every_id_that_may_be_registered(data: Data, vendor: LoopbackVendor) -> None:
    """Ids that may be registered are sent again, even if there are more of them than are missing."""
    Path("ids.txt").write_text("token-id-0\n")
    Path("ids.txt.pending").write_text("".join(f"pending-{number}\n" for number in range(1_200)))
    pending: list[list[str]] = []
    registering(vendor)
    respond = vendor.respond

    def looking(asked: Asked) -> Answered:
        pending.append(lines("ids.txt.pending"))
        return respond(asked)

    vendor.respond = looking
    printed = data("tokens", "register", "--count", "2", "--output", "ids.txt", "--resume")
    assert printed["registered"] == 1_201
    assert list(map(len, pending)) == [1_200, 700, 200]


def test_register_that_is_done_sends_nothing(data: Data, vendor: LoopbackVendor) -> None:
    """``--resume`` of a run that came to its end sends nothing."""
    Path("ids.txt").write_text("".join(f"{one}\n" for one in IDS))
    assert data("tokens", "register", "--count", "2", "--output", "ids.txt", "--resume")["registered"] == 3
    assert vendor.requests == []


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "byte order mark"])  # S3
@pytest.mark.parametrize("source", ["ids.txt", "-"])
def test_register_takes_the_ids_of_a_file(
    source: str, mark: str, api: ApiCommand, vendor: LoopbackVendor
) -> None:
    """``--input`` registers the ids of a file or of stdin; empty lines are none."""
    text = f"{mark}token-id-1\n\n  token-id-2\r\n"
    Path("ids.txt").write_text(text, encoding="utf-8")
    seen = registering(vendor)
    answer = api("tokens", "register", "--input", source, stdin=text.encode())
    assert answer == (0, "2 registered\n", "")
    assert list(seen) == IDS[:2]


def test_register_lists_what_the_vendor_refuses(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """Refused ids go to ``--errors`` with their reason; the exit code is 1, and the number is printed."""
    Path("ids.txt").write_text("\n".join([*IDS, "short"]))
    registering(vendor, refused=frozenset([IDS[1]]))
    answer = api("tokens", "register", "--input", "ids.txt", "--output", "done.txt", "--errors", "bad.txt")
    assert answer.code == 1
    assert answer.out.splitlines() == [
        "2 registered: done.txt",
        "2 refused (invalid_token_id: 1, invalid_token_id_length: 1): bad.txt",
    ]
    assert lines("done.txt") == [IDS[0], IDS[2]]
    assert sorted(lines("bad.txt")) == ["short\tinvalid_token_id_length", "token-id-2\tinvalid_token_id"]


@pytest.mark.parametrize("ids", [IDS, []], ids=["with ids", "alone"])
def test_register_sends_no_mark_of_a_program(ids: list[str], api: ApiCommand, vendor: LoopbackVendor) -> None:
    """What programs write for no value, or make of a number, is listed with the others, and opens no form."""
    marks = ["undefined", "12345678.0", "1.23E+11", "{{ token_id }}", '"token-id-9"', "[object Object]"]
    Path("ids.txt").write_text("\n".join([*marks, *ids, "short"]))
    seen = registering(vendor)
    answer = api("tokens", "register", "--input", "ids.txt", "--errors", "bad.txt")
    assert (answer.code, list(seen)) == (1, ids)
    assert answer.out.splitlines() == [
        f"{len(ids)} registered",
        "7 refused (not_an_id: 6, invalid_token_id_length: 1): bad.txt",
    ]
    assert lines("bad.txt") == [*(f"{one}\tnot_an_id" for one in marks), "short\tinvalid_token_id_length"]


def test_register_of_marks_alone_lists_them(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """A file without any id sends no request, and is listed as a whole."""
    answer = api("tokens", "register", "--input", "-", "--errors", "bad.txt", stdin=b"undefined\nnull\n")
    assert answer == (1, "0 registered\n2 refused (not_an_id: 2): bad.txt\n", "")
    assert lines("bad.txt") == ["undefined\tnot_an_id", "null\tnot_an_id"]
    assert vendor.requests == []


def test_delete_takes_whatever_is_registered(data: Data, vendor: LoopbackVendor) -> None:
    """A mark that was registered as a token id can be deleted."""
    vendor.answer({"success": True, "summary": {"deleted": 1, "notFound": 0}})
    assert data("tokens", "delete", "undefined", "--yes")["deleted"] == 1


def test_register_of_a_file_goes_on_with_the_rest(data: Data, vendor: LoopbackVendor) -> None:
    """``--input`` with ``--resume`` leaves out what is registered."""
    Path("ids.txt").write_text("\n".join(IDS))
    Path("done.txt").write_text("token-id-2\n")
    seen = registering(vendor)
    printed = data("tokens", "register", "--input", "ids.txt", "--output", "done.txt", "--resume")
    assert printed["registered"] == 3
    assert list(seen) == [IDS[0], IDS[2]]
    assert lines("done.txt") == [IDS[1], IDS[0], IDS[2]]


def failing(vendor: LoopbackVendor, *failures: int) -> None:
    """Let the vendor answer the requests with these numbers by a failure."""
    numbers = iter(range(1_000))

    def respond(asked: Asked) -> Answered:
        if next(numbers) in failures:
            return Answered(b'{"errorCode": "invalid_payload", "errorMessage": "x"}', 400)
        return Answered(b'{"success": true}')

    vendor.respond = respond


def test_register_goes_past_one_failed_request(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """Ids of one failed request stay pending, so that ``--resume`` registers them."""
    failing(vendor, 1)
    register = ("tokens", "register", "--count", "1100", "--output", "ids.txt")
    answer = api(*register, "--quiet")
    assert answer == (1, "600 registered: ids.txt\n500 refused (invalid_payload: 500)\n", "")
    pending = lines("ids.txt.pending")
    assert len(pending) == 500
    assert api(*register, "--resume").out == "1,100 registered: ids.txt\n"
    assert lines("ids.txt")[600:] == pending
    assert not Path("ids.txt.pending").exists()


@pytest.mark.parametrize(("count", "failures", "registered"), [("2000", (1, 2), 500), ("3", (0,), 0)])
def test_register_ends_when_it_makes_no_headway(
    count: str, failures: tuple[int, ...], registered: int, api: ApiCommand, vendor: LoopbackVendor
) -> None:
    """Two failed requests in a row, or only failed ones, end the run with the error and how far it came."""
    failing(vendor, *failures)
    answer = api("tokens", "register", "--count", count, "--output", "ids.txt", "--json")
    assert (answer.code, answer.out) == (1, "")
    error = json.loads(answer.err)["error"]
    assert (error["code"], error["status"]) == ("invalid_payload", 400)
    assert f"{registered:,} token ids are registered and in the file, and --resume" in error["message"]
    assert len(lines("ids.txt")) == registered


def test_register_without_a_file_says_how_far_it_came(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """Without ``--output`` the error tells the number alone."""
    failing(vendor, 0)
    answer = api("tokens", "register", "--input", "-", stdin=b"token-id-1\n")
    assert answer.code == 1
    assert "0 token ids are registered" in answer.err
    assert "--resume" not in answer.err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "one of the arguments --count --input is required"),
        (("--count", "0", "--output", "ids.txt"), "--count: must be 1 or more"),
        (("--count", "2"), "with --output"),
        (("--count", "two", "--output", "ids.txt"), "--count"),
        (("--input", "ids.txt", "--resume"), "--resume: needs --output"),
        (("--input", "none.txt"), "--input: cannot be read"),
        (("--input", "-", "--api-key-file", "-"), "--api-key-file: cannot read stdin too"),
    ],
)
def test_register_refuses_other_options(
    options: tuple[str, ...], says: str, api: ApiCommand, vendor: LoopbackVendor
) -> None:
    """Options that do not go together are refused before anything is sent."""
    answer = api("tokens", "register", *options)
    assert (answer.code, vendor.requests) == (2, [])
    assert says in answer.err


def test_register_refuses_a_file_that_is_not_utf8(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """Input of other bytes is refused."""
    answer = api("tokens", "register", "--input", "-", stdin=b"\xff\xfe\n")
    assert answer.code == 2
    assert "--input: cannot be read as UTF-8" in answer.err


def test_get_shows_a_token_id(data: Data, vendor: LoopbackVendor) -> None:
    """``get`` prints a token id and when it was changed."""
    vendor.answer(
        {"success": True, "tokenId": IDS[0], "data": {"tokenId": IDS[0], "updateTime": "2026-06-01"}}
    )
    assert data("tokens", "get", IDS[0]) == {"tokenId": IDS[0], "updateTime": "2026-06-01"}
    assert vendor.requests[0].query == {"tokenId": IDS[0]}


def test_list_shows_all_token_ids(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """``list`` prints each token id and whether it is expired."""
    vendor.answer({"data": [{"tokenId": IDS[0], "expired": True}, {"tokenId": IDS[1], "expired": False}]})
    assert api("tokens", "list").out == (
        "tokenId  token-id-1\nexpired  true\n\ntokenId  token-id-2\nexpired  false\n"
    )


def test_count_prints_a_number(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """``count`` prints the number alone."""
    vendor.answer({"count": 1_234}).answer({"count": 5})
    assert api("tokens", "count") == (0, "1234\n", "")
    assert api("tokens", "count", "--json") == (0, '{"count": 5}\n', "")


def test_delete_takes_ids_or_a_file(data: Data, vendor: LoopbackVendor) -> None:
    """``delete`` deletes the ids of its arguments or of a file, and counts those that were not there."""
    Path("ids.txt").write_text("\n".join(IDS[1:]))
    vendor.answer({"success": True, "summary": {"deleted": 1, "notFound": 0}})
    vendor.answer({"success": True, "summary": {"deleted": 1, "notFound": 1}})
    assert data("tokens", "delete", IDS[0], "--yes") == {"deleted": 1, "not_found": 0, "failed": 0}
    assert data("tokens", "delete", "--input", "ids.txt", "--yes")["not_found"] == 1
    assert [asked.json["tokenId"] for asked in vendor.requests] == [IDS[:1], IDS[1:]]


def test_delete_with_failures_is_exit_code_1(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """Ids that cannot be deleted make the exit code 1."""
    vendor.answer({"success": True, "summary": {"deleted": 1}})
    answer = api("tokens", "delete", IDS[0], "short", "--yes")
    assert answer == (1, "1 deleted, 0 not found, 1 failed\n", "")


def test_delete_that_the_vendor_ends_is_an_error(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """A refused project ends the command with the vendor's code."""
    vendor.answer({"errorCode": "invalid_project", "errorMessage": "x"}, status=400)
    answer = api("tokens", "delete", IDS[0], "--yes", "--json")
    assert (answer.code, json.loads(answer.err)["error"]["code"]) == (1, "invalid_project")


def test_delete_that_is_ended_is_an_error(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """A refused key ends the command with the error."""
    vendor.answer({"message": "Forbidden"}, status=403)
    answer = api("tokens", "delete", IDS[0], "--yes")
    assert answer.code == 1
    assert "LIVEFORM_API_KEY" in answer.err


@pytest.mark.parametrize("options", [(), (IDS[0], "--input", "ids.txt")])
def test_delete_takes_one_source(options: tuple[str, ...], api: ApiCommand) -> None:
    """``delete`` without ids, or with ids of two sources, is refused."""
    answer = api("tokens", "delete", "--yes", *options)
    assert answer.code == 2
    assert "needs token ids, or --input with a file of them" in answer.err

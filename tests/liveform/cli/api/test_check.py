"""Tests of ``liveform check``, and of ``check_project`` with both clients."""

import asyncio
import json
from typing import Any

import pytest
from api_commands import ApiCommand
from commands import Answer
from loopback_vendor import Answered, Asked, LoopbackVendor

from liveform import Project
from liveform.data_transfer import SecureDataTransfer, TransferCipher
from liveform.errors import VendorError
from liveform.rest.check.project import check_project, check_steps

MANAGEMENT: dict[str, Any] = {
    "projectStatus": "open",
    "admins": ["admin@example.com"],
    "formReturnUrl": "https://shop.example.com/return",
    "formReturnUrlConfig": {
        "cf3": True,
        "kycStatus": True,
        "submissionId": True,
        "userId": True,
        "isEncrypted": False,
    },
    "webhook": {"url": "https://shop.example.com/webhook"},
}
KEY = "canary-an-api-key-for-secure-data-transfer"


def settings_of(
    vendor: LoopbackVendor, *, management: dict[str, Any] = MANAGEMENT, encrypted: bool = False
) -> None:
    """Let the vendor answer with these settings, and with an encrypted count of token ids."""
    cipher = TransferCipher(SecureDataTransfer(), KEY)

    def respond(asked: Asked) -> Answered:
        if asked.path == "/submission":
            nothing: dict[str, Any] = {"Items": []}
            return Answered(json.dumps(cipher.encrypt_answer(nothing) if encrypted else nothing).encode())
        item = {"traceId": "t", "item": {"management": management}}
        return Answered(json.dumps(item).encode())

    vendor.respond = respond


def test_check_of_a_right_project_is_exit_code_0(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """A project where nothing is to do gives exit code 0."""
    settings_of(vendor)
    answer = api("check")
    assert (answer.code, answer.err) == (0, "")
    assert "ok     return_url: the Return URL is set" in answer.out
    assert answer.out.endswith("nothing to do\n")
    assert [asked.path for asked in vendor.requests] == ["/submission", "/projects/settings"]


def test_check_says_what_to_tick_and_where(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """What is to do is named with its page of the dashboard; the exit code is 1."""
    settings_of(vendor)
    answer = api("check", "--state-field", "cf1", "--webhook-url", "https://other.example.com")
    assert answer.code == 1
    assert "note   dynamic_field.cf1: cannot be seen by API" in answer.out
    assert (
        "to do  webhook_url: the webhook URL is another than the wanted one\n"
        "       in Project Management > Project Settings > Integration Info (step 7), Webhook URL\n"
    ) in answer.out
    assert answer.out.endswith("\n1 to do\n")


def checked(answer: Answer) -> dict[str, str]:
    """Return the verdicts of ``--json`` by name."""
    return {one["name"]: one["verdict"] for one in json.loads(answer.out)["findings"]}


def test_check_in_json_is_for_scripts(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """``--json`` has the number that is to do, and each finding; no address is in it."""
    settings_of(vendor)
    answer = api(
        "check", "--json", "--state-field", "none", "--admin", "admin@example.com",
        "--admin", "jane@example.com", "--return-url", "https://shop.example.com/return",
    )  # fmt: skip
    assert (answer.code, json.loads(answer.out)["to_do"]) == (1, 1)
    verdicts = checked(answer)
    assert (verdicts["admin.1"], verdicts["admin.2"], verdicts["return_url"]) == ("ok", "to_do", "ok")
    assert "dynamic_field.cf3" not in verdicts
    assert "example.com" not in answer.out


def test_check_uses_the_key_of_returns(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """A key of ours without encrypted Return URLs is to do."""
    settings_of(vendor)
    assert checked(api("check", "--json"))["return_encryption"] == "note"
    with_key = api("check", "--json", KEY="an example of a key", CIPHER="gcm", PID="abc123de45")
    assert checked(with_key)["return_encryption"] == "to_do"


@pytest.mark.parametrize("ours", [True, False])
@pytest.mark.parametrize("encrypted", [True, False])
def test_check_compares_secure_data_transfer(
    ours: bool, encrypted: bool, api: ApiCommand, vendor: LoopbackVendor
) -> None:
    """Whether the vendor encrypts is seen whatever our settings say."""
    settings_of(vendor, encrypted=encrypted)
    answer = api("check", "--json", SECURE_DATA_TRANSFER=str(ours).lower(), API_KEY=KEY)
    assert checked(answer)["secure_data_transfer"] == ("ok" if ours == encrypted else "to_do")


REFUSED = ({"errorCode": "token_not_found"}, 400)
NOT_OPENED = ({"errorCode": "Decryption is Failed. Please check the api-key."}, 400)


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ([REFUSED, ({"count": 3}, 200)], "ok"),
        ([REFUSED, REFUSED], "note"),
        ([REFUSED, (b"three", 200)], "note"),
        ([NOT_OPENED], "to_do"),
        ([REFUSED, NOT_OPENED], "to_do"),
    ],
)
def test_check_looks_at_secure_data_transfer_until_a_call_tells(
    answers: list[tuple[object, int]], verdict: str, api: ApiCommand, vendor: LoopbackVendor
) -> None:
    """A call that is refused is followed by another; what no call tells is a note."""
    for value, status in answers:
        vendor.answer(value, status=status)
    vendor.answer({"item": {"management": MANAGEMENT}})
    assert checked(api("check", "--json"))["secure_data_transfer"] == verdict
    assert len(vendor.requests) == len(answers) + 1


def test_check_asks_in_plain_too(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """If the vendor refuses encrypted requests and answers plain ones in plain, it has the transfer off."""

    def respond(asked: Asked) -> Answered:
        if asked.path == "/projects/settings":
            return Answered(json.dumps({"item": {"management": MANAGEMENT}}).encode())
        return Answered(b'{"message": "x"}', 400) if "data" in asked.query else Answered(b'{"Items": []}')

    vendor.respond = respond
    answer = api("check", "--json", SECURE_DATA_TRANSFER="true", API_KEY=KEY)
    assert checked(answer)["secure_data_transfer"] == "to_do"


def test_check_of_encrypted_settings_says_why_it_cannot_read_them(
    api: ApiCommand, vendor: LoopbackVendor
) -> None:
    """If the settings come encrypted too and ours are plain, that is the one finding."""
    vendor.answer({"data": "AAAA"}).answer({"data": "AAAA"})
    answer = api("check", "--json")
    assert (answer.code, checked(answer)) == (1, {"secure_data_transfer": "to_do"})


def test_check_that_is_refused_is_an_error(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """A refused key is an error and no finding."""
    vendor.respond = lambda _: Answered(b'{"message": "Forbidden"}', 403)
    answer = api("check")
    assert (answer.code, answer.out) == (1, "")
    assert "LIVEFORM_API_KEY" in answer.err


def test_check_refuses_another_state_field(api: ApiCommand) -> None:
    """A field that cannot carry a state is wrong usage."""
    assert api("check", "--state-field", "email").code == 2


def test_project_is_checked_from_python(vendor: LoopbackVendor) -> None:
    """A program checks its project with either client, and gets the same findings."""
    settings_of(vendor)
    project = Project("abc123de45", api_key=KEY, api_url=vendor.base_url)
    with project.client() as client:
        found = check_project(project, client)

    async def asynchronously() -> object:
        async with project.async_client() as client:
            return await client.run(check_steps(project))

    assert {one.verdict for one in found} == {"ok", "note"}
    assert asyncio.run(asynchronously()) == found


def test_error_of_a_check_holds_no_inner_frames(vendor: LoopbackVendor) -> None:
    """An error leaves ``check_project`` without the frames that hold the settings."""
    project = Project("abc123de45", api_key=KEY, api_url=vendor.base_url)
    with project.client() as client, pytest.raises(VendorError) as caught:
        check_project(project, client)
    frames = [frame.name for frame in caught.traceback]
    assert frames[-1] in ("call", "check_project")

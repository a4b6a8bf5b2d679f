"""These tests check Secure Data Transfer as the sandbox speaks it."""

import json

import pytest
from sandboxes import API_KEY, PID, make_dashboard, make_sandbox

from liveform import Cbc, CbcLayout, Ecb, EcbLayout
from webhelper.simulator.sandbox.dashboard import TransferLayout, Wrapper
from webhelper.simulator.sandbox.errors import SandboxError
from webhelper.simulator.sandbox.sandbox import Sandbox
from webhelper.simulator.sandbox.transfer import Transfer

TEXT = '{"submissionId":"s1"}'
SEALED = Ecb(API_KEY).encrypt_text(TEXT)


def transfer(**layout: object) -> Transfer:
    """Return a transfer with these layouts."""
    return Transfer(make_dashboard(transfer_layout=TransferLayout(**layout)))  # type: ignore[arg-type]  # its fields


@pytest.mark.parametrize(
    ("wrapper", "body"),
    [
        ("bare", SEALED),
        ("bare", f" {SEALED}\n"),
        ("bare", json.dumps(SEALED)),
        ("body", json.dumps({"body": SEALED})),
        ("data", json.dumps({"data": SEALED})),
    ],
)
def test_body_opens_in_its_wrapper(wrapper: Wrapper, body: str) -> None:
    """A bare body may be a JSON string; otherwise it is an object of one member (row 10.3)."""
    assert transfer(wrapper=wrapper).open_body(body.encode()) == TEXT


@pytest.mark.parametrize(
    ("wrapper", "body"),
    [
        ("bare", TEXT),
        ("bare", ""),
        ("bare", '"'),
        ("bare", Ecb("another key").encrypt_text(TEXT)),
        ("bare", SEALED[:-2]),
        ("bare", SEALED.replace("+", " ").rstrip("=")),
        ("bare", "\u00e9"),
        ("bare", json.dumps({"data": SEALED})),
        ("body", json.dumps({"data": SEALED})),
        ("data", json.dumps({"data": SEALED, "more": 1})),
        ("data", json.dumps({"data": 7})),
        ("data", SEALED),
        ("data", "[" * 100_000),
    ],
)
def test_other_bodies_do_not_open(wrapper: Wrapper, body: str) -> None:
    """Plain text, another key, damage and another wrapper are refused."""
    with pytest.raises(SandboxError):
        transfer(wrapper=wrapper).open_body(body.encode())


def test_text_that_a_url_has_damaged_does_not_open() -> None:
    """A plus that became a space shows that the client did not percent-encode it."""
    text = next(
        sealed
        for number in range(100)
        if "+" in (sealed := Ecb(API_KEY).encrypt_text(f'{{"submission_id":"{number}"}}'))
    )
    assert transfer().open_text(text).startswith("{")
    with pytest.raises(SandboxError):
        transfer().open_text(text.replace("+", " "))


def test_answer_is_one_member() -> None:
    """An answer is an object with the ciphertext in data (vendor page WOV)."""
    sealed = transfer().seal({"message": "\u00e9"})
    assert set(sealed) == {"data"}
    assert json.loads(Cbc(API_KEY).decrypt_text(sealed["data"])) == {"message": "\u00e9"}


def test_layouts_are_settings() -> None:
    """Layouts and isEncrypted can be chosen, because the vendor's are unknown (rows 10.2, 10.3)."""
    made = transfer(request=EcbLayout("hex"), answer=CbcLayout("zero", "hex"), is_encrypted=True)
    assert made.open_text(Ecb(API_KEY, "hex").encrypt_text(TEXT)) == TEXT
    sealed = made.seal([1])
    assert sealed["isEncrypted"] is True
    assert Cbc(API_KEY, "zero-iv, hex").decrypt_text(sealed["data"]) == "[1]"


def test_project_without_transfer_has_none(sandbox: Sandbox) -> None:
    """A project encrypts only if its dashboard says so."""
    assert sandbox.transfer(PID) is None
    assert isinstance(make_sandbox(secure_data_transfer=True).transfer(PID), Transfer)

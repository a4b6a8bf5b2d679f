"""Tests of liveform.webhooks.diagnosis, which says why an encrypted event does not open."""

from collections.abc import Iterable
from typing import Any

import pytest
from webhook_samples import ENCRYPTING, KEY, PLAIN

from liveform import ConfigError, FieldError, MalformedError, Project, SecretKey, doctor
from liveform.webhooks import build_event, diagnose_event

OLD_KEY = "an example of an old key"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[bytes]]]:
    """Put a stand-in in place of the doctor, and return what it is asked."""
    calls: list[tuple[str, list[bytes]]] = []

    def diagnose_body(body: str, keys: Iterable[SecretKey]) -> str:
        calls.append((body, [key.expose_bytes() for key in keys]))
        return "cbc iv16+ciphertext, hex, previous key"

    monkeypatch.setattr(doctor, "diagnose_body", diagnose_body, raising=False)
    return calls


@pytest.mark.parametrize("transfer", [True, None])
def test_doctor_is_asked_with_every_api_key(asked: list[tuple[str, list[bytes]]], transfer: Any) -> None:
    """The doctor gets the body and the API keys, the newest first, also with Secure Data Transfer off."""
    project = Project("p", api_key=SecretKey(KEY), previous_keys=[OLD_KEY], secure_data_transfer=transfer)
    body = build_event("aml", {}, ENCRYPTING)
    assert diagnose_event(body, project) == "cbc iv16+ciphertext, hex, previous key"
    assert asked == [(body.decode(), [SecretKey(key).expose_bytes() for key in (KEY, OLD_KEY)])]


@pytest.mark.usefixtures("asked")
def test_diagnosis_needs_an_api_key_and_a_body() -> None:
    """Without an API key there is nothing to try; what is no body is refused before."""
    with pytest.raises(ConfigError, match="api_key"):
        diagnose_event(b"{}", PLAIN)
    for body in (None, 1, b"\xff", "x" * (2**20 + 1)):
        with pytest.raises(MalformedError):
            diagnose_event(body, ENCRYPTING)  # type: ignore[arg-type]
    with pytest.raises(FieldError, match="Project"):
        diagnose_event(b"{}", None)  # type: ignore[arg-type]


@pytest.mark.parametrize("body", [b"", b" \n", b"{}", b'{"webhook_trigger": "aml"}', b'{"data": {"a": 1}}'])
def test_diagnosis_of_a_plain_body_is_refused(body: bytes) -> None:
    """A plain body has no layout that could be found, so the answer is no None that looks like a search."""
    with pytest.raises(MalformedError, match="is not encrypted") as caught:
        diagnose_event(body, ENCRYPTING)
    assert ("is empty" in str(caught.value)) is not body.strip().startswith(b"{")


def test_diagnosis_is_what_the_doctor_says() -> None:
    """The answer for a real body names cipher, layout and key, and is the doctor's own text."""
    project = Project("p", api_key="another key", previous_keys=[KEY])
    body = build_event("aml", {"aml_result": {}}, ENCRYPTING)
    assert diagnose_event(body, project) == "cbc iv16+ciphertext, base64, previous key"
    assert diagnose_event(body[9:-2], project) == "cbc iv16+ciphertext, base64, previous key"
    assert diagnose_event(b'{"data":"AAAA"}', project) is None

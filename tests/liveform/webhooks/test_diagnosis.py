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
        return "fits: cbc iv16+ciphertext, hex, previous key"

    monkeypatch.setattr(doctor, "diagnose_body", diagnose_body, raising=False)
    return calls


@pytest.mark.parametrize("transfer", [True, None])
def test_doctor_is_asked_with_every_api_key(asked: list[tuple[str, list[bytes]]], transfer: Any) -> None:
    """The doctor gets the body and the API keys, the newest first, also with Secure Data Transfer off."""
    project = Project("p", api_key=SecretKey(KEY), previous_keys=[OLD_KEY], secure_data_transfer=transfer)
    body = build_event("aml", {}, ENCRYPTING)
    assert diagnose_event(body, project) == "fits: cbc iv16+ciphertext, hex, previous key"
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

"""Tests of the signatures of Standard Webhooks: what is signed, and what a receiver refuses."""

from typing import Any

import pytest
from sites import NOW, Clock
from vector_files import load_vectors, vector_name

from liveform import BadSignatureError, ConfigError, ExpiredError, FieldError, MalformedError
from webhelper.config.job_rules import outgoing_secrets
from webhelper.messages.standard_webhooks import sign, verify

VECTORS = load_vectors("standard-webhooks")
SECRET = "whsec_YW4gZXhhbXBsZSBvZiBhIHNlY3JldCBvZiAzMiBiLi4="
OTHER = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"type":"outcome.confirmed"}'


def keys(*secrets: str) -> tuple[bytes, ...]:
    """Return the bytes of secrets."""
    return outgoing_secrets("secrets", secrets)


def headers(**changes: str) -> dict[str, str]:
    """Return the headers of BODY, signed by SECRET; ``changes`` are named with an underscore."""
    made = sign(BODY, message_id="msg_1", at=NOW, secrets=keys(SECRET))
    return made | {name.replace("_", "-"): value for name, value in changes.items()}


@pytest.mark.parametrize("vector", VECTORS, ids=vector_name)
def test_signature_is_the_one_of_the_specification(vector: dict[str, Any]) -> None:
    """A signature is the published one, byte by byte, and the receiver's side accepts it."""
    body = vector["body"].encode()
    secrets = keys(*vector["secrets"])
    made = sign(body, message_id=vector["id"], at=vector["timestamp"] + 0.9, secrets=secrets)
    assert made == {
        "webhook-id": vector["id"],
        "webhook-timestamp": str(vector["timestamp"]),
        "webhook-signature": vector["signature"],
    }
    for secret in vector["secrets"]:
        assert verify(body, made, [secret], clock=Clock(vector["timestamp"])) == vector["id"]


def test_secret_can_be_changed_on_either_side_first() -> None:
    """While the sender signs with two secrets, a receiver with one of them, or with both, accepts it."""
    made = sign(BODY, message_id="msg_1", at=NOW, secrets=keys(OTHER, SECRET))
    for accepted in ([SECRET], [OTHER], [SECRET, OTHER]):
        assert verify(BODY, made, accepted, clock=Clock()) == "msg_1"
    assert verify(BODY, headers(), [OTHER, SECRET], clock=Clock()) == "msg_1"


def test_names_of_headers_may_be_in_any_case() -> None:
    """HTTP header names have no case, and other headers do not matter."""
    made = {name.title(): value for name, value in headers().items()}
    assert verify(BODY, made | {"Content-Type": "application/json"}, [SECRET], clock=Clock()) == "msg_1"


def test_signatures_of_other_versions_are_passed_over() -> None:
    """A signature of another scheme beside ours does not matter, and does not count."""
    signature = headers()["webhook-signature"]
    beside = headers(webhook_signature=f"v1a,{signature[3:]} {signature}")
    assert verify(BODY, beside, [SECRET], clock=Clock()) == "msg_1"
    with pytest.raises(BadSignatureError):
        verify(BODY, headers(webhook_signature=f"v1a,{signature[3:]}"), [SECRET], clock=Clock())


@pytest.mark.parametrize(("apart_s", "is_accepted"), [(0, True), (300, True), (301, False)])
@pytest.mark.parametrize("direction", [1, -1])
def test_time_may_differ_by_five_minutes(apart_s: int, is_accepted: bool, direction: int) -> None:
    """A webhook is accepted up to five minutes after it was signed, and up to five minutes before."""
    clock = Clock(NOW + direction * apart_s)
    if is_accepted:
        assert verify(BODY, headers(), [SECRET], clock=clock) == "msg_1"
    else:
        with pytest.raises(ExpiredError):
            verify(BODY, headers(), [SECRET], clock=clock)


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook_id": "msg_2"},
        {"webhook_timestamp": str(int(NOW) + 1)},
        {"webhook_signature": "v1,"},
        {"webhook_signature": "v1,AAAA"},
        {"webhook_signature": "v1,é"},
        {"webhook_signature": "\ud800"},
        {"webhook_signature": headers()["webhook-signature"][:-1]},
        {"webhook_signature": headers()["webhook-signature"] + "="},
        {"webhook_signature": headers()["webhook-signature"].upper()},
    ],
)
def test_changed_header_is_refused(changes: dict[str, str]) -> None:
    """Id, timestamp and signature belong together: a change of one is refused."""
    with pytest.raises(BadSignatureError):
        verify(BODY, headers(**changes), [SECRET], clock=Clock())


def test_changed_body_and_other_secret_are_refused() -> None:
    """A body that was read and written again, or another secret, is refused."""
    for body, secret in ((BODY + b" ", SECRET), (b"", SECRET), (BODY, OTHER)):
        with pytest.raises(BadSignatureError):
            verify(body, headers(), [secret], clock=Clock())


def test_time_is_looked_at_after_the_signature() -> None:
    """Nobody without a secret learns anything about the receiver's clock."""
    with pytest.raises(BadSignatureError):
        verify(BODY, headers(webhook_timestamp="1"), [SECRET], clock=Clock())


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook_id": ""},
        {"webhook_id": "msg_1.1800000000"},
        {"webhook_id": "x" * 65},
        {"webhook_id": "msg_1\n"},
        {"webhook_timestamp": ""},
        {"webhook_timestamp": "soon"},
        {"webhook_timestamp": "-1"},
        {"webhook_timestamp": "1e9"},
        {"webhook_timestamp": "١٢٣"},
        {"webhook_timestamp": "1" * 13},
        {"webhook_signature": ""},
        {"webhook_signature": " ".join(["v1,AAAA"] * 17)},
    ],
)
def test_header_of_another_form_is_refused(changes: dict[str, str]) -> None:
    """A header that is missing or has another form is refused before anything is computed."""
    with pytest.raises(MalformedError, match="webhook-"):
        verify(BODY, headers(**changes), [SECRET], clock=Clock())


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_missing_header_is_refused(name: str) -> None:
    """A request without one of the headers is refused."""
    others = {other: value for other, value in headers().items() if other != name}
    with pytest.raises(MalformedError, match=f"{name}.* is missing"):
        verify(BODY, others, [SECRET], clock=Clock())


def test_last_of_sixteen_signatures_counts() -> None:
    """A message may have sixteen signatures."""
    many = " ".join([*["v1,AAAA"] * 15, headers()["webhook-signature"]])
    assert verify(BODY, headers(webhook_signature=many), [SECRET], clock=Clock()) == "msg_1"


def test_receiver_is_told_of_its_own_mistakes() -> None:
    """Text instead of bytes, no secrets, and a secret of another form are mistakes of the receiver."""
    with pytest.raises(FieldError, match="body"):
        verify(BODY.decode(), headers(), [SECRET])  # type: ignore[arg-type]
    with pytest.raises(FieldError, match="headers"):
        verify(BODY, None, [SECRET])  # type: ignore[arg-type]
    with pytest.raises(FieldError, match="secrets"):
        verify(BODY, headers(), [])
    with pytest.raises(ConfigError, match=r"^secrets: must be a list of secrets"):
        verify(BODY, headers(), ["hunter2"])

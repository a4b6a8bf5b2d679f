"""Tests that no key and no user's data appears where it could be logged."""

import copy
import dataclasses
import logging
import pickle
import traceback
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from liveform import (
    Cbc,
    ConfigError,
    Ecb,
    Gcm,
    LiveformError,
    Project,
    ReturnClaims,
    SecretKey,
    find_layout,
    load_projects,
    sign_state,
)
from liveform.doctor import diagnose_body
from liveform.webhooks import (
    UnknownEvent,
    build_event,
    confirm_event,
    confirm_return,
    diagnose_event,
    read_event,
)

KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
DIGEST = sha256(KEY.encode()).digest()
EMAIL = "jane.doe@example.com"
PROJECT = Project("abc123de45", key=KEY, cipher="ecb", previous_keys=[KEY], return_key=KEY)
API_PROJECT = Project(
    "abc123de45", api_key=KEY, secure_data_transfer=True, face_auth_pid="face000001", face_auth_key=KEY
)
HOLDERS: list[Any] = [
    SecretKey(KEY),
    Ecb(KEY),
    Gcm(KEY),
    Cbc(KEY),
    PROJECT,
    API_PROJECT,
    API_PROJECT.transfer,
]
ENCRYPTING = Project("abc123de45", api_key=KEY, secure_data_transfer=True)
OTHER = Project("abc123de45", api_key=KEY[::-1], previous_keys=[KEY[1:]], secure_data_transfer=True)


def leaks(text: str) -> bool:
    """Return whether ``text`` holds the key, its digest in any usual form, or the e-mail address."""
    return any(secret in text for secret in (KEY, DIGEST.hex(), repr(DIGEST)[2:-1], str(list(DIGEST)), EMAIL))


@dataclasses.dataclass
class Settings:
    """A dataclass of a user's program that holds one of our objects."""

    held: Any


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: type(holder).__name__)
def test_holder_shows_no_key(holder: Any, caplog: pytest.LogCaptureFixture) -> None:
    """An object with a key never shows it in repr, str, format, asdict, log lines or containers."""
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("app").warning("%s %r", holder, {"project": holder})
    shown = [
        repr(holder),
        str(holder),
        f"{holder}",
        repr([holder]),
        repr(dataclasses.asdict(Settings(holder))),
        caplog.text,
    ]
    assert not [text for text in shown if leaks(text)]


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: type(holder).__name__)
def test_holder_is_never_pickled(holder: Any) -> None:
    """An object with a key refuses to be pickled, alone or inside a list."""
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(LiveformError):
            pickle.dumps([holder], protocol=protocol)
    with pytest.raises(LiveformError):
        holder.__getstate__()


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: type(holder).__name__)
def test_holder_has_no_instance_dict(holder: Any) -> None:
    """An object with a key has no ``__dict__`` that ``vars`` could show."""
    with pytest.raises(TypeError):
        vars(holder)


def test_key_and_project_are_their_own_copies() -> None:
    """A copy or deep copy of a key or project is the same object."""
    for holder in (SecretKey(KEY), PROJECT):
        assert copy.copy(holder) is holder
        assert copy.deepcopy(holder) is holder


FORGED = PROJECT.encrypt({"email": EMAIL, "kycStatus": "APPROVED"})
FAILURES: dict[str, Callable[[], object]] = {
    "setup": lambda: Project("p", key=KEY),
    "base_url": lambda: Project("p", key=KEY, cipher="ecb", base_url=f"http://{EMAIL}"),
    "key format": lambda: Project("p", key=f" {KEY}", cipher="ecb"),
    "key derivation": lambda: SecretKey(KEY, derivation="hex"),
    "field": lambda: PROJECT.form_url(email=f"{EMAIL} ", userid="u"),
    "two fields": lambda: PROJECT.form_url({"email": EMAIL}, email=EMAIL),
    "plain": lambda: Project("p").form_url(email=EMAIL, allowed_countries=["USA"]),
    "extra": lambda: PROJECT.form_url(extra={"x": {EMAIL}}),
    "encrypt": lambda: PROJECT.encrypt({"x": {EMAIL}}),
    "not json": lambda: PROJECT.decrypt(Ecb(KEY).encrypt_text(f'{{"email":"{EMAIL}"')),
    "twice": lambda: PROJECT.decrypt(Ecb(KEY).encrypt_text(f'{{"e":"{EMAIL}","e":"{EMAIL}"}}')),
    "status": lambda: PROJECT.read_return({"encrypted": FORGED}),
    "claims": lambda: PROJECT.read_return(f"email={EMAIL}&email={EMAIL}"),
    "explain": lambda: PROJECT.explain(f"mailto:{EMAIL}"),
    "doctor": lambda: find_layout(EMAIL, KEY),
    "doctor of a salted text": lambda: find_layout(b64encode(b"Salted__" + EMAIL.encode()).decode(), KEY),
    "doctor of a body": lambda: find_layout(f'{{"data":{{"email":"{EMAIL}"}}}}', KEY),
    "diagnosis": lambda: diagnose_body(EMAIL, [KEY, f"{KEY} "]),
    "face auth": lambda: API_PROJECT.face_auth_url(sid="s1", auth_user_id=EMAIL, auth_cf1=f"{EMAIL}\ud800"),
    "face auth of another form": lambda: API_PROJECT.face_auth_url({"email": EMAIL}, sid="s1"),
    "face auth without a key": lambda: PROJECT.face_auth_url(sid="s1", auth_user_id=EMAIL),
    "without what it needs": lambda: PROJECT.injection_url(sid=EMAIL, distance_check_source="ipGeo"),
    "face auth key": lambda: Project("p", face_auth_pid="f", face_auth_key=f"{KEY} "),
    "secure data transfer": lambda: Project("p", api_key=KEY, secure_data_transfer=KEY),
    "state": lambda: sign_state(f"{EMAIL}\n", subject=EMAIL, purpose="p", expires_in=9, keys=[KEY]),
    "event": lambda: read_event(f'{{"webhook_trigger":"aml","email":"{EMAIL}","email":"{EMAIL}"}}', PROJECT),
    "trigger": lambda: read_event(f'{{"webhook_trigger":["{EMAIL}"]}}', PROJECT),
    "plain event": lambda: read_event(f'{{"webhook_trigger":"aml","email":"{EMAIL}"}}', ENCRYPTING),
    "encrypted event": lambda: read_event(build_event("aml", {"email": EMAIL}, ENCRYPTING), OTHER),
    "built event": lambda: build_event("aml", {"email": {EMAIL}}, ENCRYPTING),
    "confirmed event": lambda: confirm_event(UnknownEvent(email=EMAIL), None),  # type: ignore[call-overload]
    "confirmed return": lambda: confirm_return(
        ReturnClaims(submission_id="x", email="other"),
        None,  # type: ignore[call-overload]
        expect={"email": EMAIL},
    ),
    "diagnosed event": lambda: diagnose_event(EMAIL, PROJECT),
    "settings": lambda: load_projects(
        {"projects": {"a": {"pid": EMAIL + " ", "key": SecretKey(KEY), "cipher": EMAIL}}}
    ),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
def test_error_shows_no_secret_even_with_locals(failure: Callable[[], object]) -> None:
    """An error shows no secret in its text, repr, pickle, causes or the locals of our frames."""
    with pytest.raises(LiveformError) as caught:
        failure()
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    ours = [
        frame
        for frame in traceback.walk_tb(error.__traceback__)
        if "/liveform/" in frame[0].f_code.co_filename
    ]
    frames = [repr(frame.f_locals) for frame, _ in ours if "/tests/" not in frame.f_code.co_filename]
    assert frames
    assert not [text for text in (str(error), repr(error), repr(pickle.dumps(error)), *frames) if leaks(text)]


def test_config_error_lists_names_never_values() -> None:
    """A ConfigError names all faulty settings at once and repeats none of their values."""
    with pytest.raises(ConfigError) as caught:
        Project(EMAIL + " ", key=KEY, encryption_only="yes", base_url="http://secret.example.com")  # type: ignore[arg-type]
    assert [fault.setting for fault in caught.value.faults] == [
        "pid",
        "cipher",
        "encryption_only",
        "base_url",
    ]
    assert not leaks(str(caught.value))
    assert "secret.example.com" not in str(caught.value)

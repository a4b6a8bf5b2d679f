"""Tests of liveform.tracebacks, which removes frames, locals and causes from errors."""

import gc
import traceback
import weakref
from collections.abc import Callable
from hashlib import sha256

import pytest

from liveform import DecryptError, Ecb, LiveformError, MalformedError, Project, SecretKey
from liveform.batch import build_urls
from liveform.tracebacks import strips_traceback

KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
OTHER_KEY = "another key, of which nothing is shown"
EMAIL = "jane.doe@example.com"
USER = "user_" + "12345"  # in two parts, for a traceback also prints lines of source
PLAINTEXT = f'{{"userid":"{USER}","email":"{EMAIL}"'
DIGESTS = [sha256(key.encode()).digest() for key in (KEY, OTHER_KEY)]
PROJECT = Project("abc123de45", key=KEY, cipher="ecb")
SECRETS = [
    KEY,
    OTHER_KEY,
    EMAIL,
    USER,
    *(digest.hex() for digest in DIGESTS),
    *(repr(digest)[2:-1] for digest in DIGESTS),
]
NOT_JSON = Ecb(KEY).encrypt_text(PLAINTEXT)
OF_ANOTHER_KEY = Ecb(OTHER_KEY).encrypt_text(PLAINTEXT)


@strips_traceback
def refuses(secret: str, *, another: str = "") -> str:
    """Fail in an inner frame, with a cause, holding secrets all along."""
    held = secret + another
    try:
        int(held)
    except ValueError as cause:
        raise MalformedError("no number") from cause
    return held


@strips_traceback
def fails_otherwise(divisor: int) -> float:
    """Return 1 / divisor, or fail with an error that is not ours."""
    return 1 / divisor


FAILURES: dict[str, Callable[[], object]] = {
    "shielded": lambda: refuses(KEY, another=EMAIL),
    "project without cipher": lambda: Project("p", key=KEY),
    "project of wrong key": lambda: Project("p", key=f"{KEY}\n", cipher="ecb"),
    "project of wrong old key": lambda: Project(
        "p", key=KEY, cipher="ecb", previous_keys=[OTHER_KEY, f" {OTHER_KEY}"]
    ),
    "project of wrong engine": lambda: Project("p", key=KEY, cipher="gcm", engine="abacus"),
    "key of wrong derivation": lambda: SecretKey(KEY, derivation="utf8"),
    "key of wrong bytes": lambda: SecretKey.from_bytes(DIGESTS[0] + b"x"),
    "decrypt with another key": lambda: PROJECT.decrypt(OF_ANOTHER_KEY),
    "decrypt what is not JSON": lambda: PROJECT.decrypt(NOT_JSON),
    "decrypt what is cut": lambda: PROJECT.decrypt(NOT_JSON[:-8]),
    "form_url with a wrong field": lambda: PROJECT.form_url(email=EMAIL, userid=7),  # type: ignore[arg-type]
    "form_url with an unknown field": lambda: PROJECT.form_url({"email": EMAIL, "user": USER}),
    "form_url with a wrong extra": lambda: PROJECT.form_url(email=EMAIL, extra={"x": {EMAIL}}),
    "injection_url without a submission": lambda: PROJECT.injection_url(userid=USER),
    "encrypt what is not JSON": lambda: PROJECT.encrypt({"email": EMAIL, "x": {EMAIL}}),
}


def caught_from(failure: Callable[[], object]) -> LiveformError:
    """Return the LiveformError that a call raises."""
    with pytest.raises(LiveformError) as caught:
        failure()
    return caught.value


def test_result_is_handed_on() -> None:
    """A decorated function receives its arguments and returns its result."""
    assert fails_otherwise(2) == 0.5
    assert fails_otherwise(divisor=4) == 0.25


def test_name_and_docstring_are_kept() -> None:
    """A decorated function keeps its name and docstring, which ``help`` shows."""
    assert (refuses.__name__, refuses.__doc__) == (
        "refuses",
        "Fail in an inner frame, with a cause, holding secrets all along.",
    )


def test_error_of_another_kind_passes_unchanged() -> None:
    """An error that is not a LiveformError keeps its traceback to the line that raised it."""
    with pytest.raises(ZeroDivisionError) as caught:
        fails_otherwise(0)
    names = [frame.f_code.co_name for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    assert names[-2:] == ["call", "fails_otherwise"]


def test_error_keeps_its_class_and_arguments() -> None:
    """A stripped error keeps the class and arguments with which it was raised."""
    error = caught_from(lambda: refuses(KEY))
    assert type(error) is MalformedError
    assert error.args == ("no number",)


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
def test_error_has_no_inner_frame(failure: Callable[[], object]) -> None:
    """The last frame of an error is the decorator's, at most behind a form_url without its fields."""
    error = caught_from(failure)
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    names = [frame.f_code.co_name for frame in frames]
    assert names[:2] == ["caught_from", "<lambda>"]
    assert names[-1] == "call"
    for door in frames[2:-1]:
        assert door.f_code.co_name in ("form_url", "injection_url")
        assert set(door.f_locals) == {"self", "encrypt"}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
def test_error_has_no_locals_but_the_function(failure: Callable[[], object]) -> None:
    """The decorator's frame holds only the function, neither its arguments nor the error."""
    frames = [frame for frame, _ in traceback.walk_tb(caught_from(failure).__traceback__)]
    assert set(frames[-1].f_locals) == {"function"}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
def test_error_has_neither_cause_nor_context(failure: Callable[[], object]) -> None:
    """A stripped error has neither a cause nor a context."""
    error = caught_from(failure)
    assert error.__cause__ is None
    assert error.__context__ is None


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
def test_traceback_with_locals_shows_no_secret(failure: Callable[[], object]) -> None:
    """A traceback printed with locals shows no key text, key bytes, e-mail address or plaintext."""
    printed = "".join(
        traceback.TracebackException.from_exception(caught_from(failure), capture_locals=True).format()
    )
    assert "function = " in printed
    assert [secret for secret in SECRETS if secret in printed] == []


def test_error_of_a_row_has_no_frame() -> None:
    """It is handed on with the other outcomes, and a crash reporter may meet it there."""
    (outcome,) = build_urls(PROJECT, [{"email": EMAIL, "userid": "\ud800"}])
    assert outcome.error is not None
    assert outcome.error.__traceback__ is None
    assert outcome.error.__context__ is None


def test_error_raised_while_another_is_handled_keeps_the_context_of_the_caller() -> None:
    """An error keeps the context of an error that the caller was handling."""
    callers = KeyError("the caller's")
    with pytest.raises(DecryptError) as caught:
        handle_and_decrypt(callers)
    assert caught.value.__context__ is callers


def handle_and_decrypt(error: Exception) -> None:
    """Raise a DecryptError while ``error`` is being handled."""
    try:
        raise error
    except KeyError:
        PROJECT.decrypt(NOT_JSON)


def test_error_leaves_no_reference_cycle() -> None:
    """A stripped error is freed at once, without the garbage collector."""
    gc.disable()
    try:
        assert decrypted_in_vain()() is None
    finally:
        gc.enable()


def decrypted_in_vain() -> "weakref.ref[LiveformError]":
    """Return a weak reference to an error that nothing holds any more."""
    try:
        PROJECT.decrypt(NOT_JSON)
    except LiveformError as error:
        return weakref.ref(error)
    pytest.fail("it was decrypted")

"""Tests of liveform.errors: one tree of classes, stable codes and fixed texts."""

import copy
import inspect
import pickle
import re
from typing import Any, get_args

import pytest

from liveform import (
    BadSignatureError,
    ConfigError,
    DecryptError,
    ExpiredError,
    FieldError,
    KeyFormatError,
    LiveformError,
    MalformedError,
    SetupError,
    UnexpectedValueError,
    UntrustedInputError,
    VendorError,
    errors,
)
from liveform.errors import Fault, VendorFailure, shown

PARENTS: dict[type[LiveformError], type[Exception]] = {
    LiveformError: Exception,
    SetupError: LiveformError,
    ConfigError: SetupError,
    KeyFormatError: SetupError,
    FieldError: SetupError,
    UntrustedInputError: LiveformError,
    MalformedError: UntrustedInputError,
    DecryptError: UntrustedInputError,
    BadSignatureError: UntrustedInputError,
    ExpiredError: UntrustedInputError,
    UnexpectedValueError: UntrustedInputError,
    VendorError: LiveformError,
}
CODES: dict[type[LiveformError], str] = {
    LiveformError: "liveform_error",
    SetupError: "setup_error",
    ConfigError: "config_error",
    KeyFormatError: "key_format_error",
    FieldError: "field_error",
    UntrustedInputError: "untrusted_input",
    MalformedError: "malformed",
    DecryptError: "decrypt_failed",
    BadSignatureError: "bad_signature",
    ExpiredError: "expired",
    UnexpectedValueError: "unexpected_value",
}
TEXTS: list[tuple[LiveformError, str]] = [
    (LiveformError("a text"), "a text"),
    (SetupError("a text"), "a text"),
    (ConfigError(("pid", "is missing"), ("key", "is empty")), "pid: is missing; key: is empty"),
    (KeyFormatError("a key must be text"), "a key must be text"),
    (FieldError("userid", "must be text"), "userid: must be text"),
    (UntrustedInputError("a text"), "a text"),
    (MalformedError("too long"), "too long"),
    (DecryptError(), "cannot be decrypted: another key, cipher or layout, or damaged on the way"),
    (BadSignatureError(), "the signature does not hold"),
    (ExpiredError(), "genuine, but expired"),
    (UnexpectedValueError("kycStatus", "is unknown"), "kycStatus: is unknown"),
    (
        VendorError(
            "the vendor refused it: invalid_admin",
            reason="refused",
            status=400,
            code="invalid_admin",
            retry_after_s=1.5,
            may_have_happened=True,
        ),
        "the vendor refused it: invalid_admin",
    ),
]


def public_classes() -> set[type[LiveformError]]:
    """Return every error class of the module that has a public name."""
    return {
        member
        for name, member in vars(errors).items()
        if inspect.isclass(member) and issubclass(member, LiveformError) and not name.startswith("_")
    }


def nearest_public(error: type[LiveformError]) -> set[type]:
    """Return the closest public parents of a class, without the parents of those."""
    above = [cls for cls in error.__mro__[1:] if cls in PARENTS or cls is Exception]
    return {cls for cls in above if not any(issubclass(other, cls) for other in above if other is not cls)}


def test_tree_is_complete() -> None:
    """The tree above lists every public error class of the module."""
    assert public_classes() == set(PARENTS)


@pytest.mark.parametrize("error", PARENTS, ids=lambda error: error.__name__)
def test_error_has_the_parent_that_the_tree_draws(error: type[LiveformError]) -> None:
    """Every public error class has exactly one public parent, the one listed above."""
    assert nearest_public(error) == {PARENTS[error]}


@pytest.mark.parametrize("error", PARENTS, ids=lambda error: error.__name__)
def test_drawing_of_the_tree_names_the_error_below_its_parent(error: type[LiveformError]) -> None:
    """The drawing in the module's docstring shows every error below its parent class."""
    lines = [line for line in (errors.__doc__ or "").splitlines() if re.match(r"[├└│ ─]*\w+Error\b", line)]
    names = [re.sub(r"[├└│ ─]*(\w+).*", r"\1", line) for line in lines]
    depths = [re.match(r"[├└│ ─]*", line)[0].count(" ") for line in lines]  # type: ignore[index]
    at = names.index(error.__name__)
    above = [name for name, depth in zip(names[:at], depths[:at], strict=True) if depth < depths[at]]
    assert (above[-1] if above else "Exception") == PARENTS[error].__name__


def test_setup_errors_are_value_errors_and_others_are_not() -> None:
    """Only SetupError and its subclasses are ValueErrors."""
    assert {error for error in PARENTS if issubclass(error, ValueError)} == {
        SetupError,
        ConfigError,
        KeyFormatError,
        FieldError,
    }


@pytest.mark.parametrize(("error", "code"), CODES.items(), ids=lambda value: getattr(value, "__name__", None))
def test_code_is_stable(error: type[LiveformError], code: str) -> None:
    """The code of every error class is the documented one, which logs and JSON answers hold."""
    assert error.code == code


def test_codes_are_unique() -> None:
    """Every error class has a code of its own; VendorError has the vendor's instead."""
    assert set(CODES) == public_classes() - {VendorError}
    assert len(set(CODES.values())) == len(CODES)


@pytest.mark.parametrize(("error", "text"), TEXTS, ids=lambda value: type(value).__name__)
def test_text_is_fixed(error: LiveformError, text: str) -> None:
    """Every error class has a fixed text or shows the text that it was given."""
    assert str(error) == text


def test_texts_cover_every_class() -> None:
    """The table of texts above has an entry for every public error class."""
    assert {type(error) for error, _ in TEXTS} == public_classes()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("error", [error for error, _ in TEXTS], ids=lambda error: type(error).__name__)
def test_error_pickled_comes_back_the_same(error: LiveformError, protocol: int) -> None:
    """A pickled error comes back with its class, text, arguments, attributes and code."""
    again = pickle.loads(pickle.dumps(error, protocol=protocol))
    assert type(again) is type(error)
    assert (str(again), again.args, vars(again), again.code) == (
        str(error),
        error.args,
        vars(error),
        error.code,
    )


@pytest.mark.parametrize("error", [DecryptError, BadSignatureError, ExpiredError])
def test_error_of_one_text_takes_no_other(error: type[LiveformError]) -> None:
    """DecryptError, BadSignatureError and ExpiredError accept no text that could reveal a cause."""
    with pytest.raises(TypeError):
        error("the padding is wrong")


def test_config_error_lists_faults_by_name() -> None:
    """A ConfigError lists all its faults, each with the setting and the problem."""
    error = ConfigError(("pid", "is missing"), Fault("key", "is empty"))
    assert error.faults == (Fault("pid", "is missing"), Fault("key", "is empty"))
    assert [fault.setting for fault in error.faults] == ["pid", "key"]
    assert [fault.problem for fault in error.faults] == ["is missing", "is empty"]


@pytest.mark.parametrize("error", [FieldError, UnexpectedValueError])
def test_field_error_names_the_field(error: type[FieldError | UnexpectedValueError]) -> None:
    """A FieldError or UnexpectedValueError has the name of its field and the problem apart."""
    raised = error("userid", "must be text")
    assert (raised.field, raised.problem) == ("userid", "must be text")


def test_vendor_error_keeps_what_is_known_of_the_failure() -> None:
    """A VendorError has reason, status, code, the wait asked for, and whether it may have been done."""
    error = VendorError(
        "busy", reason="refused", status=503, code="SYS-1", retry_after_s=2.0, may_have_happened=True
    )
    assert (error.problem, error.reason, error.status, error.code) == ("busy", "refused", 503, "SYS-1")
    assert (error.retry_after_s, error.may_have_happened) == (2.0, True)
    assert (str(error), error.args) == ("busy", ("busy",))


@pytest.mark.parametrize("reason", get_args(VendorFailure))
def test_vendor_error_without_a_code_has_its_reason_as_code(reason: VendorFailure) -> None:
    """A VendorError without a vendor's code has the reason as code, and nothing else that is known."""
    error = VendorError("failed", reason=reason)
    assert (error.code, error.reason) == (reason, reason)
    assert (error.status, error.retry_after_s, error.may_have_happened) == (None, None, False)
    assert copy.copy(error).code == reason


@pytest.mark.parametrize("arguments", [("text",), ("text", "refused"), ("text", 404, "PV-1")])
def test_vendor_error_takes_all_but_the_problem_by_name(arguments: Any) -> None:
    """A VendorError needs a problem and, by name, a reason."""
    make: Any = VendorError
    with pytest.raises(TypeError):
        make(*arguments)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("userid", "userid"),
        ("", ""),
        ("a" * 41, "a" * 40),
        ("one\ntwo", "one\\ntwo"),
        ("\x1b[31m", "\\x1b[31m"),
        ("이름", "이름"),
        ("a\u202eb\u200b", "a\\u202eb\\u200b"),
        ("\ud800", "\\ud800"),
        (7, "(not text)"),
        (None, "(not text)"),
    ],
)
def test_name_from_outside_is_shown_short_and_printable(name: object, text: str) -> None:
    """A name from outside is shown in at most 40 characters, all of them printable."""  # B8
    assert shown(name) == text

"""Tests of all operations: which are repeated or encrypted, and how each reads any JSON."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_answers import JPEG, run, unreadable
from rest_clients import KEY

from liveform.errors import VendorError
from liveform.rest.client import Client
from liveform.rest.operation import Answer, Operation, Page
from liveform.rest.operations import (
    aml,
    face_auth,
    images,
    project_settings,
    projections,
    submission_changes,
    submission_deletes,
    submissions,
    tokens,
)
from liveform.rest.sending.requests import sent_by
from liveform.rest.sending.setup import checked_setup

ADMIN = "admin@example.com"
OPERATIONS: list[Operation[Any]] = [
    submissions.get("a"),
    submissions.list_all(),
    submissions.by_applicant("a"),
    submission_changes.create(
        admin=ADMIN,
        email="jane@example.com",
        full_name="Jane Doe",
        birth_date="1990-01-01",
        kyc_status="approved",
    ),
    submission_changes.update("a", admin=ADMIN, kyc_status="approved"),
    submission_changes.review("a", status="approved", admin=ADMIN),
    submission_deletes.delete("a", admin_name=ADMIN),
    submission_deletes.erase("a", "ocr", admin_name=ADMIN),
    images.get("a", "id_image"),
    images.put("a", admin=ADMIN, selfie_image=JPEG),
    tokens.get("a"),
    tokens.list_all(),
    tokens.count(),
    next(tokens.register(["tok_abc123"])),
    next(tokens.delete(["tok_abc123"])),
    face_auth.create("a", JPEG),
    face_auth.get("a"),
    face_auth.list_all(),
    face_auth.image("a"),
    face_auth.delete("a"),
    aml.run("a"),
    aml.report("a"),
    aml.monitor_add("a", ["a"], admin=ADMIN),
    aml.monitor_get("a", "a"),
    aml.monitor_remove("a", ["a"], admin=ADMIN),
    projections.create("a", fields="cf1"),
    projections.get("a"),
    projections.list_all(),
    projections.delete("a"),
    project_settings.settings(),
]
# Names that lead a reader deeper than random ones do
NAMES = """Items items data item management summary details tokens tokenId kyc attempts attemptCnt image
nextpageKey nextPage_key nextPageKeyId id authId created_at createTime submissionId count score policy
successResults recordIds formReturnUrlConfig ipWhitelist webhook fields result"""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES.split()) | st.text(), inner, max_size=5)
    ),
    max_leaves=20,
)

# Operations whose second call has the effect of the first, and reads like it
REPEATABLE = {
    *("submissions.get", "submissions.list", "submissions.by_applicant"),
    *("images.get", "images.put"),
    *("tokens.register", "tokens.get", "tokens.list", "tokens.count", "tokens.delete"),
    *("face_auth.get", "face_auth.list", "face_auth.image"),
    *("aml.report", "aml.monitor_get"),
    *("projections.get", "projections.list"),
    "project.settings",
}
# What Secure Data Transfer covers
ENCRYPTED = {
    *("submissions.get", "submissions.list", "submissions.by_applicant"),
    *("submissions.create", "submissions.update", "submissions.delete"),
    *("tokens.register", "tokens.get", "tokens.list", "tokens.count", "tokens.delete"),
    "aml.monitor_get",
}


def test_operations_that_are_repeated() -> None:
    """Reads are repeated, and of the rest only what a second call neither doubles nor refuses."""
    assert {one.name for one in OPERATIONS if one.repeatable} == REPEATABLE
    assert {one.name for one in OPERATIONS if one.method == "GET"} <= REPEATABLE


def test_operations_that_secure_data_transfer_covers() -> None:
    """The vendor encrypts what rows 2.13 and 10.7 name, and liveform nothing else."""
    assert {one.name for one in OPERATIONS if one.transfer} == ENCRYPTED


def test_operations_with_the_key_of_the_add_on() -> None:
    """Face authentications have a key of their own, and nothing else has it (row 1.1)."""
    assert {one.name for one in OPERATIONS if one.key == "face_auth_key"} == {
        one.name for one in OPERATIONS if one.name.startswith("face_auth.")
    }


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_operation_is_named_as_a_client_calls_it(operation: Operation[Any]) -> None:
    """The name that begins the errors of a call is the attribute and the method of the client."""
    resource, method = operation.name.split(".")
    with Client(KEY) as client:
        assert callable(getattr(getattr(client, resource), method))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_word_of_a_path_is_none_of_the_callers_values(operation: Operation[Any]) -> None:
    """The API's own words may be shown in a code, such as ``invalid_submissionId``; ids may not."""
    sent = sent_by(operation, checked_setup(KEY, {"face_auth_key": KEY}, sleep=time.sleep))
    words = [word for word in operation.path.split("/") if word not in ("", "a")]
    assert not set(words) & set(sent.values)
    assert ("a" in operation.path.split("/")) <= ("a" in sent.values)


def test_each_operation_has_a_name_of_its_own() -> None:
    """Two calls never have the same name in their errors."""
    assert len({one.name for one in OPERATIONS}) == len(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_answer_that_nobody_can_read_leaves_open_whether_a_write_was_done(operation: Operation[Any]) -> None:
    """Its error names the call, and says of each write and of no read that it may have happened."""
    unreadable(operation, None)


def outcome(operation: Operation[Any], answer: Answer) -> Any:
    """Return what an operation reads, or its VendorError; any other exception fails the test."""
    try:
        return operation.read(answer)
    except VendorError as error:
        return error


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
@given(value=JSON)
def test_any_json_gives_a_value_or_a_vendor_error(operation: Operation[Any], value: Any) -> None:
    """An answer of another shape is a VendorError that names the call, and never another exception."""
    answer = Answer(value=value, content=json.dumps(value).encode(), media_type="application/json")
    read = outcome(operation, answer)
    if isinstance(read, Page) and read.next is not None:
        read = outcome(read.next, answer)
    if isinstance(read, VendorError):
        assert read.reason in ("unreadable", "refused")
        assert read.problem.startswith(f"{operation.name}: ")
    assert repr(read)


@given(value=JSON)
@pytest.mark.parametrize("build", [tokens.register, tokens.delete])
def test_any_json_ends_a_run_with_each_token_counted_once(build: Any, value: Any) -> None:
    """Whatever the answers hold, each token id is counted once."""
    result, _ = run(build(["tok_abc123", "tok_def456", "bad"]), lambda _: value)
    counted = result.registered if build is tokens.register else result.deleted + result.not_found
    assert counted + len(result.failed) == result.resume_from == 3

"""Tests that each public function, and each method that takes something, refuses any object as liveform does.

What is public is found by itself: a new function is tried here, or has a reason below for which it is not.
"""

import inspect
from collections.abc import Callable, Generator
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from public_callables import public_callables

import liveform.explain.knowledge
import liveform.lint
from liveform import Cbc, CbcLayout, Ecb, EcbLayout, Gcm, GcmLayout, Project, ReturnClaims, SecretKey, rest
from liveform import webhooks as hooks
from liveform.batch import build_urls
from liveform.lint import LintReport, lint_paths, lint_text
from liveform.qr import QrCode, make_qr
from liveform.rest import async_resources, resources
from liveform.vendor_codes import explain_code
from liveform.vendor_values import VendorValue
from tests.test_robustness import ANYTHING, KEY, SETTINGS, STATE_KEYS, each_argument, tried

PROJECT = Project("p", key=KEY, cipher="gcm", api_key=KEY, face_auth_pid="f", face_auth_key=KEY)
WITHOUT_KEYS = Project("p")
URL = "https://form.argosidentity.com/?pid=p"
STATE = {"subject": "s", "purpose": "p", "keys": STATE_KEYS}
OPERATION: rest.Operation[Any] = rest.Operation(
    name="things.get", method="GET", path="/thing", read=lambda answer: answer.value
)
QR_CODE: QrCode = make_qr("x")


def answered(_: httpx2.Request) -> httpx2.Response:
    """Return an answer of the vendor that has nothing in it."""
    return httpx2.Response(200, json={})


TIMING = rest.Timing(sleep=lambda _: None)
CLIENT = rest.Client(
    KEY, transport=httpx2.MockTransport(answered), face_auth_key=KEY, max_retries=0, timing=TIMING
)


def steps(*yielded: Any) -> Generator[Any, Any, None]:
    """Yield operations, or what is none."""
    yield from yielded


def awaited(method: str) -> Callable[..., Any]:
    """Return a function that calls a method of an ``AsyncClient`` with an argument, and awaits it."""

    async def called(given: Any) -> Any:
        async with rest.AsyncClient(KEY, transport=httpx2.MockTransport(answered), max_retries=0) as client:
            return await getattr(client, method)(given)

    return lambda given: anyio.run(called, given)


CLIENT_OPTIONS: dict[str, Any] = {
    "api_key": KEY,
    "transport": None,
    "base_url": "https://h",
    "face_auth_key": KEY,
    "secure_data_transfer": True,
    "previous_keys": [KEY],
    "engine": None,
    "timeout": 1,
    "max_retries": 0,
    "limits": rest.Limits(),
    "dialect": rest.Dialect(),
    "timing": TIMING,
}
FIELDS = {"fields": {"sid": "s"}, "extra": {"new": "x"}}
CHECKED = {"project": PROJECT, "wanted": rest.WantedSettings()}
# Each by its public name: what is called, and arguments that it takes.
CALLS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    **{
        f"liveform.{cipher.__name__}": (cipher, {"key": KEY, "layout": layout(), "engine": None})
        for cipher, layout in ((Ecb, EcbLayout), (Gcm, GcmLayout), (Cbc, CbcLayout))
    },
    **{
        f"liveform.{cipher.__name__}.{method}": (getattr(cipher(KEY), method), {argument: b"x"})
        for cipher in (Ecb, Gcm, Cbc)
        for method, argument in (
            *(("encrypt", "plaintext"), ("decrypt", "ciphertext")),
            *(("encrypt_text", "plaintext"), ("decrypt_text", "text")),
        )
    },
    **{
        f"liveform.{layout.__name__}.{method}": (getattr(layout(), method), {argument: "AAAA"})
        for layout in (EcbLayout, GcmLayout, CbcLayout)
        for method, argument in (("from_text", "text"), ("read", "text"), ("write", "data"))
    },
    "liveform.EcbLayout": (EcbLayout, {"encoding": "hex"}),
    "liveform.GcmLayout": (
        GcmLayout,
        {"order": ("nonce", "ciphertext", "tag"), "nonce_bytes": 12, "encoding": "hex", "separator": None},
    ),
    "liveform.GcmLayout.split": (GcmLayout().split, {"data": b"x"}),
    "liveform.CbcLayout": (CbcLayout, {"iv": "front", "encoding": "hex", "separator": None}),
    "liveform.SecretKey": (SecretKey, {"text": "x", "derivation": "sha256"}),
    "liveform.SecretKey.from_bytes": (SecretKey.from_bytes, {"key": bytes(32)}),
    "liveform.SecureDataTransfer": (
        liveform.SecureDataTransfer,
        {"wrapper": "bare", "request_layout": "hex", "answer_cipher": "cbc", "answer_layout": None},
    ),
    "liveform.SecureDataTransfer.from_text": (liveform.SecureDataTransfer.from_text, {"text": "x"}),
    "liveform.Project": (
        Project,
        {
            **SETTINGS,
            "return_encrypted": True,
            "api_key": KEY,
            "api_url": "https://h",
            "face_auth_pid": "f",
            "face_auth_key": KEY,
            "secure_data_transfer": True,
        },
    ),
    "liveform.Project.from_env": (
        Project.from_env,
        {"environ": {"LIVEFORM_PID": "p"}, "prefix": "LIVEFORM_"},
    ),
    **{
        f"liveform.Project.{name}": (getattr(PROJECT, name), {**FIELDS, **encrypt})
        for name, encrypt in (
            ("form_url", {"encrypt": True}),
            ("knowledge_url", {"encrypt": True}),
            ("injection_url", {"encrypt": True}),
            ("face_auth_url", {}),
        )
    },
    "liveform.Project.encrypt": (PROJECT.encrypt, {"fields": {"a": 1}}),
    "liveform.Project.decrypt": (PROJECT.decrypt, {"text": "AAAA"}),
    "liveform.Project.explain": (PROJECT.explain, {"url": URL}),
    "liveform.Project.read_return": (
        PROJECT.read_return,
        {"source": "https://h/?userid=u", "require_encrypted": False, "strict": True},
    ),
    "liveform.Project.build_return": (
        PROJECT.build_return,
        {"url": "https://h/", "claims": {"userid": "u"}, "encrypt": True},
    ),
    "liveform.Project.client": (
        lambda **options: PROJECT.client(**options).close(),
        {name: value for name, value in CLIENT_OPTIONS.items() if name != "api_key"},
    ),
    "liveform.Project.async_client": (
        PROJECT.async_client,
        {name: value for name, value in CLIENT_OPTIONS.items() if name != "api_key"},
    ),
    "liveform.Project.expose_api_key": (PROJECT.expose_api_key, {"face_auth": True}),
    "liveform.explain_url": (liveform.explain_url, {"url": URL}),
    "liveform.find_layout": (liveform.find_layout, {"sample": "AAAA", "key": KEY}),
    "liveform.load_projects": (
        liveform.load_projects,
        {"source": {"projects": {"a": {"pid": "p"}}}, "environ": {}},
    ),
    "liveform.sign_state": (liveform.sign_state, {"value": "v", "expires_in": 9, **STATE}),
    "liveform.verify_state": (liveform.verify_state, {"state": "v.1.AAAA", **STATE}),
    "liveform.qr.make_qr": (make_qr, {"text": "x", "level": "M", "engine": None}),
    "liveform.qr.QrCode.to_svg": (QR_CODE.to_svg, {"title": "x"}),
    "liveform.qr.QrCode.to_png": (QR_CODE.to_png, {"module_pixels": 2}),
    "liveform.qr.QrCode.to_terminal": (QR_CODE.to_terminal, {"color": True}),
    "liveform.batch.build_urls": (
        lambda project, rows, **options: [*build_urls(project, rows, **options)],
        {
            "project": PROJECT,
            "rows": [{"userid": "u"}],
            "pipeline": "id_document",
            "columns": {"a": "userid"},
            "ignore_others": True,
            "fields": {"lang": "ko"},
            "encrypt": True,
        },
    ),
    "liveform.vendor_codes.explain_code": (explain_code, {"code": "TK-10001", "kind": None}),
    "liveform.lint.lint_text": (
        lint_text,
        {"text": f"'{URL}'", "path": "a.py", "known": liveform.explain.knowledge.NOTHING_KNOWN},
    ),
    "liveform.lint.lint_paths": (
        lint_paths,
        {"paths": [], "known": liveform.explain.knowledge.NOTHING_KNOWN},
    ),
    "liveform.lint.LintReport.as_sarif": (LintReport([], 0).as_sarif, {"version": "1"}),
    "liveform.webhooks.read_event": (
        hooks.read_event,
        {"body": b'{"webhook_trigger":"aml"}', "project": WITHOUT_KEYS, "require_encrypted": False},
    ),
    "liveform.webhooks.build_event": (
        hooks.build_event,
        {
            "trigger": "aml",
            "members": {"a": 1},
            "project": WITHOUT_KEYS,
            "encrypt": None,
            "allow_unknown": False,
        },
    ),
    "liveform.webhooks.diagnose_event": (hooks.diagnose_event, {"body": b"{}", "project": PROJECT}),
    "liveform.webhooks.confirm_event": (
        hooks.confirm_event,
        {"event": hooks.UnknownEvent(submission_id="s"), "client": CLIENT},
    ),
    "liveform.webhooks.confirm_return": (
        hooks.confirm_return,
        {
            "claims": ReturnClaims(submission_id="s", userid="u"),
            "client": CLIENT,
            "expect": {"userid": "u"},
        },
    ),
    "liveform.rest.Client": (lambda **options: rest.Client(**options).close(), CLIENT_OPTIONS),
    "liveform.rest.AsyncClient": (rest.AsyncClient, CLIENT_OPTIONS),
    "liveform.rest.Client.send": (CLIENT.send, {"operation": OPERATION}),
    "liveform.rest.Client.run": (CLIENT.run, {"steps": steps()}),
    "liveform.rest.AsyncClient.send": (awaited("send"), {"given": OPERATION}),
    "liveform.rest.AsyncClient.run": (awaited("run"), {"given": steps()}),
    "liveform.rest.MemoryDayCount.take": (rest.MemoryDayCount().take, {"day": date(2026, 1, 1)}),
    "liveform.rest.Operation": (
        lambda read, **attributes: CLIENT.send(
            rest.Operation(read=str if callable(read) else read, **attributes)
        ),
        {
            "name": "things.get",
            "method": "POST",
            "path": "/thing",
            "read": str,
            "query": {"a": "b"},
            "body": {"a": 1},
            "form": (),
            "repeatable": True,
            "transfer": False,
            "key": "api_key",
            "is_file": False,
        },
    ),
    "liveform.rest.FormPart": (
        lambda **attributes: CLIENT.send(
            rest.Operation(
                name="a.b", method="PUT", path="/thing", read=str, form=(rest.FormPart(**attributes),)
            )
        ),
        {"name": "a", "content": "b", "filename": None, "media_type": None},
    ),
    "liveform.rest.WantedSettings": (
        lambda **attributes: rest.check_settings(
            rest.ProjectSettings.read({"admins": ["a"]}), PROJECT, rest.WantedSettings(**attributes)
        ),
        {
            "return_url": "https://h",
            "webhook_url": "https://h",
            "state_field": "cf1",
            "admins": ("a",),
            "transfer_seen": None,
        },
    ),
    "liveform.rest.Limits": (
        lambda **attributes: rest.Client(KEY, limits=rest.Limits(**attributes)).close(),
        {"per_second": 1, "per_day": 1, "day_count": None},
    ),
    "liveform.rest.check_project": (rest.check_project, {**CHECKED, "client": CLIENT}),
    "liveform.rest.check_settings": (
        rest.check_settings,
        {**CHECKED, "settings": rest.ProjectSettings.read({})},
    ),
    "liveform.rest.check_steps": (lambda **given: next(rest.check_steps(**given)), CHECKED),
}
# Those that are not tried here, and why.
NOT_TRIED = {
    "liveform.TokenNames": "a pair of names, which Project checks (token_names)",
    "liveform.rest.Dialect": "a set of names, which a client puts into requests as they are",
    "liveform.rest.Timing": "clock and sleep of a test, which are called as they are",
    "liveform.rest.ClientOptions": "a type of hints; Client checks what it describes",
    "liveform.rest.DayCount": "a protocol, which users write themselves",
    "liveform.rest.DayCount.take": "of that protocol",
    "webhelper.simulate.LocalSimulator": "a server, which tests/webhelper/test_testing.py tries",
    "webhelper.create_app": "its settings are tried by tests/webhelper/config",
}


def takes_something(member: Any) -> bool:
    """Return whether a function has an argument, besides its object."""
    return any(name not in ("self", "_") for name in inspect.signature(member).parameters)


def is_only_made_by_liveform(member: Any) -> bool:
    """Return whether a class is that of errors, of names, or of values that users get and do not make."""
    if not inspect.isclass(member):
        return False
    others = (
        *(liveform.Explanation, liveform.Finding, liveform.Ignored, liveform.Seen, liveform.Parameter),
        *(ReturnClaims, QrCode, LintReport, liveform.lint.LintFinding, rest.Answer, rest.CheckFinding),
        *(hooks.ConfirmedEvent, hooks.ConfirmedReturn, rest.FailedToken, rest.Page, rest.TokenDeletion),
        *(rest.TokenProgress, rest.TokenRegistration),
    )
    return issubclass(member, BaseException | Enum | VendorValue) or member in others


def left_out(name: str) -> bool:
    """Return whether a name, or what it belongs to, has a reason not to be tried."""
    return any(name == other or name.startswith(f"{other}.") for other in NOT_TRIED)


READERS = {
    name: member
    for name, member in public_callables()
    if name.endswith(".read") and issubclass(getattr(member, "__self__", object), VendorValue)
}


def test_every_public_callable_is_tried_or_has_a_reason() -> None:
    """A function or a method that takes something is tried here, or the tables say why it is not."""
    wanted = {
        name
        for name, member in public_callables()
        if not name.endswith(".__init__")
        and not left_out(name)
        and not is_only_made_by_liveform(member)
        and (inspect.isclass(member) or takes_something(member))
    }
    assert wanted - {"liveform.rest.MemoryDayCount"} == {*CALLS, *READERS}


@pytest.mark.filterwarnings("ignore::liveform.InlineKeyWarning")
@pytest.mark.parametrize("name", CALLS)
def test_call_with_anything_is_answered_or_refused(name: str, tmp_path: Path) -> None:
    """Any object in any argument gives an answer or a LiveformError."""
    call, arguments = CALLS[name]
    for thing in ANYTHING:
        if name == "liveform.lint.lint_paths" and thing in ("", Path()):
            continue  # the current folder, which is large
        each_argument(call, thing, **arguments)


@pytest.mark.parametrize("name", READERS)
def test_value_of_the_vendor_is_read_from_anything_or_refused(name: str) -> None:
    """A value is made of any mapping, and of nothing else."""
    for thing in ANYTHING:
        tried(READERS[name], thing)
        tried(READERS[name], {"a": thing})


@pytest.mark.parametrize("thing", ANYTHING, ids=lambda thing: type(thing).__name__)
def test_steps_that_yield_anything_are_refused(thing: Any) -> None:
    """A generator that yields what is no operation is closed and refused."""
    tried(CLIENT.run, steps(thing))
    tried(awaited("run"), steps(thing))


VALID: dict[str, Any] = {
    **dict.fromkeys(("submission_id", "applicant_id", "token_id", "auth_id", "resource_id"), "a"),
    **dict.fromkeys(("worklist_id", "record_id", "projection_id", "name"), "a"),
    **dict.fromkeys(("admin", "admin_name", "email"), "admin@example.com"),
    **{name: ["tok_abc123"] for name in ("submission_ids", "record_ids", "token_ids")},
    **dict.fromkeys(("kyc_status", "status"), "approved"),
    "full_name": "Jane",
    "birth_date": "1990-01-01",
    "fields": "cf1",
    "kind": "id_image",
    "face_image": b"\xff\xd8\xff\xe0\xff\xd9",
}
RESOURCES = {
    f"{resource}.{method}": (getattr(CLIENT, resource), method)
    for resource in ("submissions", "images", "tokens", "face_auth", "aml", "projections", "project")
    for method in vars(type(getattr(CLIENT, resource)))
    if not method.startswith("_")
}


def test_both_clients_have_the_methods_that_are_tried() -> None:
    """The methods of ``AsyncClient`` are those of ``Client``: both are made of the same builders."""
    assert len(RESOURCES) == 33
    assert len(vars(resources)) == len(vars(async_resources))


@pytest.mark.parametrize("name", RESOURCES)
def test_method_of_a_resource_with_anything_is_answered_or_refused(name: str, tmp_path: Path) -> None:
    """Any object in any argument of a call of the API gives an answer or a LiveformError."""
    resource, method = RESOURCES[name]
    saves = "save" in method

    def call(path: Any = None, **given: Any) -> object:
        made = getattr(resource, method)(*((tmp_path / "file" if path is None else path,) * saves), **given)
        return list(made) if method == "list" and not isinstance(made, tuple) else made

    parameters = inspect.signature(getattr(resource, method)).parameters.values()
    named = [one for one in parameters if one.kind is not one.VAR_KEYWORD and one.name != "path"]
    arguments = {one.name: VALID[one.name] for one in named if one.default is one.empty}
    optional = {one.name: one.default for one in named if one.default is not one.empty}
    for thing in ANYTHING:
        if callable(thing):
            optional.pop("progress", None)  # which calls it: its errors are those of the caller
        each_argument(call, thing, **arguments, **optional)
        if any(one.kind is one.VAR_KEYWORD for one in parameters):
            tried(call, **arguments, selfie_image=thing)
            tried(call, **arguments, userid=thing)
        if saves and not isinstance(thing, str | Path):  # which is a path
            tried(call, thing, **arguments)

"""Tests that any object in any argument of a public function gives an answer or a LiveformError."""

import collections
import datetime as dt
import decimal
import pathlib
import pickle
import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

import liveform
from liveform import (
    Cbc,
    CbcLayout,
    Ecb,
    EcbLayout,
    Gcm,
    GcmLayout,
    LiveformError,
    Project,
    ReturnClaims,
    SecretKey,
)
from liveform.lint import lint_paths, lint_text
from liveform.qr import make_qr
from liveform.webhooks import UnknownEvent, build_event, confirm_event, confirm_return, read_event

KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
PROJECTS = [
    Project("p"),
    Project("p", key=KEY, cipher="gcm"),
    Project("p", key=KEY, cipher="ecb", encryption_only=True),
]
STATE_KEYS = ["k" * 32]
SETTINGS: dict[str, Any] = {
    "pid": "p",
    "key": KEY,
    "cipher": "gcm",
    "encryption_only": False,
    "previous_keys": [KEY],
    "return_key": KEY,
    "gcm_layout": "nonce12+ciphertext+tag16, base64",
    "ecb_layout": "base64",
    "token_names": ("a", "b"),
    "base_url": "https://h",
    "engine": "cryptography",
}
UTC_MINUS = dt.timezone(dt.timedelta(hours=-14))

ANYTHING: list[Any] = [
    *(None, True, False, 0, -1, 10**5000, 1.5, float("nan"), float("inf"), complex(1, 2)),
    *(
        "",
        "a",
        "a" * 100,
        "\ud800",
        "\0",
        "한국",
        "{",
        '{"data":"AAAA"}',
        "encrypted=AAAA",
        "https://h/?encrypted=AAAA",
    ),
    *(b"", b"abc", bytearray(b"x"), memoryview(b"x"), decimal.Decimal(1), uuid.UUID(int=1), pathlib.Path()),
    *([], ["a"], [1], [[[]]], (), ("a",), set(), {"x"}, frozenset(), range(3)),
    *({}, {"a": 1}, {1: 2}, {"a": {"b": [None]}}, collections.OrderedDict(a=1), collections.UserDict(a=1)),
    *(dt.date(2026, 1, 1), dt.datetime(2026, 1, 1), dt.datetime.max.replace(tzinfo=UTC_MINUS)),
    *(dt.datetime.min.replace(tzinfo=dt.UTC), dt.timedelta(1), dt.timedelta.max),
    *(object(), int, len, SecretKey("x"), GcmLayout(), liveform.Pipeline.KNOWLEDGE),
]


def tried(call: Callable[..., object], *args: Any, **kwargs: Any) -> None:
    """Fail unless ``call`` answers or raises a LiveformError that has a text and can be pickled."""
    error = None
    try:
        call(*args, **kwargs)
    except LiveformError as caught:
        error = caught
    if error is not None:
        assert str(error)
        assert type(pickle.loads(pickle.dumps(error))) is type(error)


def each_argument(call: Callable[..., object], thing: Any, **arguments: Any) -> None:
    """Try ``thing`` in each of the arguments, with valid values in the others."""
    for name in arguments:
        tried(call, **{**arguments, name: thing})


@pytest.mark.parametrize("project", PROJECTS, ids=["plain", "gcm", "ecb only"])
@pytest.mark.parametrize("thing", ANYTHING, ids=lambda thing: type(thing).__name__)
def test_project_methods_with_anything(project: Project, thing: Any) -> None:
    """A method of a project accepts any object or raises a LiveformError, wherever the object is."""
    for door in (project.form_url, project.knowledge_url, project.injection_url):
        for row in liveform.PARAMETERS:
            tried(door, **{"sid": "s", row.name: thing})
            tried(door, {"sid": "s", row.vendor_name: thing})
        each_argument(door, thing, fields={"sid": "s"}, encrypt=None, extra={"new": "x"})
        tried(door, {"sid": "s"}, extra={"new": thing})
        if isinstance(thing, str):
            tried(door, {thing: "x"})
            tried(door, {"sid": "s"}, extra={thing: "x"})
    for method in (project.encrypt, project.decrypt, project.read_return, project.explain):
        tried(method, thing)
    tried(project.encrypt, {"a": thing})
    tried(project.read_return, {"userid": thing})
    tried(project.read_return, {"encrypted": [thing]})


@pytest.mark.parametrize("thing", ANYTHING, ids=lambda thing: type(thing).__name__)
def test_project_settings_with_anything(thing: Any) -> None:
    """The constructor, settings tables and variables accept any object or raise a LiveformError."""
    each_argument(Project, thing, **SETTINGS)
    tried(Project, "p", key=KEY, cipher="gcm", previous_keys=[thing])
    for setting in (*SETTINGS, "key_derivation"):
        for value in (thing, [thing], {"env": thing}, {"file": thing}):
            table = {"pid": "p", "cipher": "ecb", "key": {"env": "K"}, setting: value}
            tried(liveform.load_projects, {"projects": {"a": table}}, environ={"K": KEY})
        tried(Project.from_env, {"LIVEFORM_PID": "p", f"LIVEFORM_{setting.upper()}": thing})
    tried(Project.from_env, thing)
    tried(Project.from_env, {}, prefix=thing)
    for source in (thing, {"projects": thing}, {"projects": {"a": thing}}):
        tried(liveform.load_projects, source, environ={})
    tried(liveform.load_projects, {"projects": {"a": {"pid": "p"}}}, environ=thing)


# load_projects warns of the keys that stand in these tables, which is what it should do
pytestmark = pytest.mark.filterwarnings("ignore::liveform.InlineKeyWarning")


@pytest.mark.parametrize("thing", ANYTHING, ids=lambda thing: type(thing).__name__)
def test_ciphers_keys_and_layouts_with_anything(thing: Any) -> None:
    """Ciphers, layouts and keys accept any object or raise a LiveformError."""
    for cipher in (Ecb, Gcm, Cbc):
        each_argument(cipher, thing, key=KEY, engine=None)
        tried(cipher, KEY, thing)
        for method in ("encrypt", "decrypt", "encrypt_text", "decrypt_text"):
            tried(getattr(cipher(KEY), method), thing)
    tried(Gcm(KEY, nonce_source=lambda _: thing).encrypt, b"x")
    tried(Cbc(KEY, iv_source=lambda _: thing).encrypt, b"x")
    if not callable(thing):
        tried(Gcm(KEY, nonce_source=thing).encrypt, b"x")
    for layout in (EcbLayout, GcmLayout, CbcLayout):
        tried(layout.from_text, thing)
        tried(layout, thing)
    each_argument(
        GcmLayout, thing, order=("nonce", "ciphertext", "tag"), nonce_bytes=12, encoding="hex", separator=None
    )
    each_argument(CbcLayout, thing, iv="front", encoding="hex", separator=None)
    each_argument(SecretKey, thing, text="x", derivation="sha256")
    tried(SecretKey.from_bytes, thing)


@pytest.mark.parametrize("thing", ANYTHING, ids=lambda thing: type(thing).__name__)
def test_webhooks_with_anything(thing: Any) -> None:
    """Webhooks accept any object or raise a LiveformError, wherever the object is."""
    project = Project("p", api_key=KEY, secure_data_transfer=True)
    each_argument(
        read_event, thing, body=b'{"webhook_trigger":"aml"}', project=project, require_encrypted=False
    )
    each_argument(
        build_event,
        thing,
        trigger="aml",
        members={"a": 1},
        project=project,
        encrypt=None,
        allow_unknown=False,
    )
    tried(build_event, "aml", {"a": thing}, project)
    claims, client = ReturnClaims(submission_id="s", userid="u"), SimpleNamespace(run=lambda steps: None)
    tried(confirm_event, thing, client)
    tried(confirm_event, UnknownEvent(submission_id="s"), client)
    tried(confirm_event, UnknownEvent(submission_id="s"), thing)
    tried(confirm_return, thing, client, expect={"userid": "u"})
    tried(confirm_return, claims, thing, expect={"userid": "u"})
    tried(confirm_return, claims, client, expect=thing)
    tried(confirm_return, claims, client, expect={"userid": thing})


@pytest.mark.parametrize("thing", ANYTHING, ids=lambda thing: type(thing).__name__)
def test_doctor_state_and_qr_with_anything(thing: Any) -> None:
    """The doctor, states and QR codes accept any object or raise a LiveformError."""
    each_argument(liveform.find_layout, thing, sample="AAAA", key=KEY)
    times = {"subject": "s", "purpose": "p", "keys": STATE_KEYS}
    each_argument(liveform.sign_state, thing, value="v", expires_in=9, **times)
    each_argument(liveform.verify_state, thing, state="v.1.AAAA", **times)
    each_argument(make_qr, thing, text="x", level="M")
    tried(liveform.explain_url, thing)
    each_argument(lint_text, thing, text="argos", path="a.py")
    tried(lint_paths, thing)
    tried(lint_paths, [thing] if thing not in ("", pathlib.Path()) else [])
    tried(make_qr("x").to_svg, title=thing)
    tried(make_qr("x").to_png, module_pixels=thing)

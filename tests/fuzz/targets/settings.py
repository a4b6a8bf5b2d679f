"""Targets that read settings: TOML files, and the variables of the environment."""

from __future__ import annotations

import contextlib
import json
import tempfile
import warnings
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st
from sites import KEY as SECRET
from sites import TOKEN

from liveform import InlineKeyWarning, LiveformError, Project, load_projects
from liveform.settings.table import variables
from tests.fuzz.target import KEY, Target
from tests.fuzz.targets.texts import chosen, text_of, with_choice
from webhelper.config.environment import read_environment
from webhelper.config.settings import NAMES, read_settings

_FOLDER: Final = tempfile.TemporaryDirectory(prefix="liveform-fuzz-")
_FILE: Final = Path(_FOLDER.name) / "liveform.toml"
_VARIABLES: Final = sorted({*variables("LIVEFORM_"), *(f"LIVEFORM_{name}" for name in NAMES)})
_NOT_READ: Final = ("FILE", "LIVEFORM_SETTINGS", "LIVEFORM_PROJECTS")  # they would open files of this machine
_SITE: Final = {
    "LIVEFORM_BASE_URL": "https://shop.example.com",
    "LIVEFORM_SECRET_KEYS": SECRET,
    "LIVEFORM_API_TOKENS": f"till:{TOKEN}",
    "LIVEFORM_PID": "abc123de45",
}
_TOML: Final = f"""[projects.shop]
pid = "abc123de45"
cipher = "gcm"
key = {{ env = "K" }}
previous_keys = [{{ env = "K" }}]
encryption_only = true
token_names = {{ plain = "tokenid", encrypted = "token" }}
secure_data_transfer = "body base64 / cbc iv16:ciphertext, hex"
[webhelper]
base_url = "https://shop.example.com"
secret_keys = ["{SECRET}"]
api_tokens = {{ till = "{TOKEN}" }}
return_hosts = ["app.example.com"]
retention_days = 30
"""


def _toml(data: bytes) -> None:
    """A file of projects, which may have the settings of a site too."""
    _FILE.write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InlineKeyWarning)
        with contextlib.suppress(LiveformError):
            read_settings(read_environment({"K": KEY, "LIVEFORM_SETTINGS": str(_FILE)}))
        repr(load_projects(_FILE, environ={"K": KEY}))


def _environment(data: bytes) -> None:
    """Variables as an operator types them, on top of those that a site needs."""
    lines = (line.partition("=") for line in text_of(data).split("\n"))
    given = {name: text for name, _, text in lines if not name.upper().endswith(_NOT_READ)}
    with contextlib.suppress(LiveformError):
        repr(Project.from_env({"LIVEFORM_KEY": KEY} | given))
    repr(read_settings(read_environment(_SITE | given)))


def _variables() -> st.SearchStrategy[bytes]:
    values = st.text(max_size=30) | st.sampled_from(
        ["true", "1", "gcm", "sealed:", "https://h", "a,b", "[]", "x:y"]
    )
    pairs = st.dictionaries(st.sampled_from(_VARIABLES), values, max_size=6)
    return pairs.map(
        lambda given: "\n".join(f"{name}={text}" for name, text in given.items()).encode(
            errors="surrogatepass"
        )
    )


def _tables() -> st.SearchStrategy[bytes]:
    """Return a strategy of settings files with a setting that holds anything."""
    names = st.sampled_from([name.removeprefix("LIVEFORM_").lower() for name in _VARIABLES])
    values: st.SearchStrategy[Any] = st.recursive(
        st.text(max_size=20) | st.booleans() | st.integers() | st.just({"env": "K"}),
        lambda inner: st.lists(inner, max_size=3),
        max_leaves=4,
    )
    table = st.sampled_from(["projects.shop", "webhelper"])
    # What JSON writes of these is TOML too, but for a reference.
    return st.tuples(table, names, values).map(
        lambda drawn: f"[{drawn[0]}]\n{drawn[1]} = {json.dumps(drawn[2]).replace(':', '=')}\n".encode()
    )


TARGETS: Final = (
    Target(
        "settings",
        lambda data: chosen(data, _toml, _environment),
        (
            b"\0" + _TOML.encode(),
            b"\1LIVEFORM_CIPHER=gcm\nLIVEFORM_ENCRYPTION_ONLY=yes\nLIVEFORM_RETURN_HOSTS=a.example,b.example:8443",
            b"\1LIVEFORM_TOKEN_POOLS=shop:3\nLIVEFORM_TIME_ZONE=Asia/Seoul\nLIVEFORM_STORE=sealed:",
            b"\1LIVEFORM_CORS_ORIGINS=https://a.example\nLIVEFORM_WEBHOOK_SENDERS=10.0.0.0/8\nLIVEFORM_CIPER=gcm",
        ),
        with_choice(_tables(), _variables()),
        33_000,
    ),
)

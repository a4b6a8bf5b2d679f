"""The settings of a demo site on this machine: generated secrets, three projects and the simulator."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Final

from liveform import ConfigError
from webhelper.config.address_rules import local_url
from webhelper.config.rules import LAN, SIMULATOR_PATH

DIRECTORY: Final = Path(".demo")
_PROJECTS: Final = ("shop", "signup", "members")
_SECRETS: Final = (
    "secret.key",
    "api.token",
    *(f"{name}{end}.key" for name in _PROJECTS for end in ("", "-api")),
)
_SETTINGS: Final = """\
# Written by liveform serve --demo at each start; the secrets are in the files beside it.
[webhelper]
base_url = "{base_url}"
site_name = "Demo shop"
secret_keys = [{{ file = "secret.key" }}]
api_tokens = {{ demo = {{ file = "api.token" }} }}
store = {store}
return_hosts = ["127.0.0.1:3000", "localhost:3000"]
cors_origins = ["http://127.0.0.1:3000", "http://localhost:3000"]
simulator = {simulator}
webhook_senders = ["127.0.0.1", "::1"]
token_pools = {{ members = 20 }}

[projects.shop]
pid = "demoshop01"
cipher = "ecb"
key = {{ file = "shop.key" }}
base_url = "{form}"
api_key = {{ file = "shop-api.key" }}
api_url = "{form}/v3"

[projects.signup]
pid = "demosignup"
cipher = "gcm"
key = {{ file = "signup.key" }}
encryption_only = true
base_url = "{form}"
api_key = {{ file = "signup-api.key" }}
api_url = "{form}/v3"

# In private mode: its links draw a token id each from a pool that the site keeps filled.
[projects.members]
pid = "demomember"
cipher = "gcm"
key = {{ file = "members.key" }}
base_url = "{form}"
api_key = {{ file = "members-api.key" }}
api_url = "{form}/v3"
"""


def prepare(base_url: str, directory: Path = DIRECTORY, *, is_in_lan: bool = False) -> tuple[Path, str]:
    """Return the settings file of a demo site and its API token; the secrets are generated once.

    Args:
        base_url: its address.
        directory: where its files are kept.
        is_in_lan: whether other machines of a private network can open it.

    Raises:
        ConfigError: its files cannot be written.
    """
    try:
        return _prepare(base_url, directory, is_in_lan=is_in_lan)
    except OSError as error:
        problem = f"cannot keep its files in {directory.absolute()}: {error.strerror}"
    except ValueError:
        problem = "cannot keep its files here: the name of this directory is not UTF-8"
    raise ConfigError(("--demo", problem))


def _prepare(base_url: str, directory: Path, *, is_in_lan: bool) -> tuple[Path, str]:
    directory.mkdir(mode=0o700, exist_ok=True)
    for name in _SECRETS:
        if not (directory / name).exists() or (directory / name).stat().st_size == 0:
            _write(directory / name, secrets.token_urlsafe(32))
    settings = directory / "liveform.toml"
    store = f"sqlite:///{(directory / 'links.db').absolute().as_posix()}"
    values = {
        "base_url": base_url,
        "form": (local_url(base_url) if is_in_lan else base_url) + SIMULATOR_PATH,
        "simulator": f'"{LAN}"' if is_in_lan else "true",
        "store": json.dumps(store, ensure_ascii=False).replace("\x7f", "\\u007f"),  # as a string of TOML
    }
    _write(settings, _SETTINGS.format(**values))
    return settings, (directory / "api.token").read_text(encoding="utf-8").strip()


def _write(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    new = path.with_name(f"{path.name}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)

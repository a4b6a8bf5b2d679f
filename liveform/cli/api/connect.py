"""The options that say whose API is called -> an open client."""

from __future__ import annotations

from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from liveform.cli import inputs
from liveform.errors import ConfigError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _ArgumentGroup
    from collections.abc import Iterator

    from liveform.project import Project
    from liveform.rest.client import Client

_NEEDED: Final = ("httpx2", "msgspec", "pyrate_limiter")
_SOURCES: Final = {
    "api_key": "LIVEFORM_API_KEY, --api-key-file or a settings file",
    "face_auth_key": "LIVEFORM_FACE_AUTH_KEY, --face-auth-key-file or a settings file",
}


def add_key_options(sub: ArgumentParser, *, face_auth: bool = False) -> None:
    """Add the options that say where the API key comes from; a key itself is never an option."""
    group = sub.add_argument_group("project")
    group.add_argument(
        "--settings", metavar="FILE", help="settings file (liveform.toml here, if there is one)"
    )
    group.add_argument("--project", metavar="NAME", help="which project of the settings file")
    add_api_key_file(group, face_auth=face_auth)


def add_api_key_file(group: _ArgumentGroup, *, face_auth: bool = False) -> None:
    """Add ``--api-key-file``, and for the add-on ``--face-auth-key-file``."""
    group.add_argument(
        "--api-key-file", metavar="FILE", help="file that holds the API key; - reads it from stdin"
    )
    if face_auth:
        group.add_argument(
            "--face-auth-key-file", metavar="FILE", help="the same for the key of the FaceAuth add-on"
        )


@contextmanager
def open_client(arguments: Namespace) -> Iterator[Client]:
    """Open a client of the project that the arguments describe, and close it in the end.

    Raises:
        ConfigError: ``liveform[rest]`` is not installed, there is no API key, or a setting is wrong.
    """
    check_installed()
    with client_of(inputs.project(arguments, api_only=True)) as client:
        yield client


def client_of(project: Project) -> Client:
    """Return a client of a project.

    Raises:
        ConfigError: the project has no API key; the text says where one may come from.
    """
    with naming_sources():
        return project.client()


@contextmanager
def naming_sources() -> Iterator[None]:
    """Say of each key that is missing where the command would have found it."""
    try:
        yield
    except ConfigError as error:
        raise ConfigError(
            *(
                (
                    setting,
                    f"{problem}; it may come from {_SOURCES[setting]}" if setting in _SOURCES else problem,
                )
                for setting, problem in error.faults
            )
        ) from None


def check_installed() -> None:
    """Return if the client of the API can be imported.

    Raises:
        ConfigError: the extra ``liveform[rest]`` is not installed.
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise ConfigError((", ".join(missing), "is not installed; it comes with the extra liveform[rest]"))

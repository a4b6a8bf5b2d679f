"""The server of a run: gunicorn with the project's settings, as docs/deployment.md starts it."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from typing import TYPE_CHECKING, Final

from gunicorn_sites import GunicornSite
from postgresql_server import PostgresqlServer

from liveform import Project

if TYPE_CHECKING:
    from pathlib import Path

BASE_URL: Final = "https://kyc.chain.example"
NEXT_URL: Final = "https://www.chain.example/done"
PROJECT: Final = "default"
PID: Final = "abc123de45"
KEY: Final = "an-example-of-an-API-key"
# Each part of the chain has an API token, with the default limit of 12,000 requests a minute.
TOKENS: Final = {
    name: f"{name}-{secrets.token_urlsafe(32)}" for name in ("north", "south", "online", "tablets")
}
VENDOR_ADDRESS: Final = "52.78.194.237"  # the default of WEBHOOK_SENDERS
_PROBLEM: Final = re.compile(r"(?:ERROR|WARNING|CRITICAL|Traceback).*")  # without the time in front


def project(api_port: int) -> Project:
    """Return the chain's project, whose vendor listens on this port of loopback."""
    return Project(
        PID,
        key=KEY,
        cipher="gcm",
        return_encrypted=True,
        api_key=KEY,
        api_url=_api_url(api_port),
        secure_data_transfer=True,
    )


def site(directory: Path, *, api_port: int, workers: int, database: PostgresqlServer | None) -> GunicornSite:
    """Return the server, not yet started; limits and senders of webhooks are the defaults.

    Args:
        directory: on a real disk, for its store and its log.
        api_port: of the vendor's API on loopback.
        workers: how many processes serve.
        database: None keeps links in a SQLite file.
    """
    store = {} if database is None else {"LIVEFORM_STORE": database.url()}
    return GunicornSite(
        directory,
        workers=workers,
        LIVEFORM_BASE_URL=BASE_URL,
        LIVEFORM_API_TOKENS=" ".join(f"{name}={token}" for name, token in TOKENS.items()),
        LIVEFORM_PID=PID,
        LIVEFORM_KEY=KEY,
        LIVEFORM_CIPHER="gcm",
        LIVEFORM_RETURN_ENCRYPTED="true",
        LIVEFORM_API_KEY=KEY,
        LIVEFORM_API_URL=_api_url(api_port),
        LIVEFORM_SECURE_DATA_TRANSFER="true",
        LIVEFORM_RETURN_HOSTS="www.chain.example",
        LIVEFORM_PROXIES="1",
        MALLOC_ARENA_MAX="2",  # as deploy/ has it
        **store,
    )


def postgresql() -> PostgresqlServer:
    """Return a server of PostgreSQL with its own defaults, which waits for the disk."""
    return PostgresqlServer({"shared_buffers": "128MB", "min_wal_size": "80MB", "max_wal_size": "1GB"})


def problems_in(log: str) -> Counter[str]:
    """Return the lines of a log that tell of something wrong, without their numbers, counted."""
    return Counter(re.sub(r"\d+", "#", line) for line in _PROBLEM.findall(log))


def _api_url(port: int) -> str:
    return f"http://127.0.0.1:{port}/v3"

"""Options of ``liveform simulate`` -> the dashboards of its projects, and what to set to use them."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from liveform import ConfigError, Project, load_projects
from liveform.form_urls import is_loopback
from webhelper.simulate.ready_made import Keys, addresses, new_keys, project_of
from webhelper.simulator import Poster
from webhelper.simulator.dashboards import dashboard_of
from webhelper.simulator.sandbox.rules import HTTP_URL

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping
    from pathlib import Path

    from webhelper.simulator.sandbox.dashboard import Dashboard

_NEW: Final = "sandbox"
_KEYS_FILE: Final = "keys.json"


class Setup(NamedTuple):
    """What a simulator starts with.

    Attributes:
        dashboards: the settings of each project.
        variables: the environment variables for programs that use it.
    """

    dashboards: dict[str, Dashboard]
    variables: dict[str, str]


def base_url_of(host: str, port: int) -> str:
    """Return the address of the simulator.

    Raises:
        ConfigError: the host is not a loopback one.
    """
    if not is_loopback(host):
        raise ConfigError(("--host", "must be a loopback host: the simulator is for tests, without sign-in"))
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def set_up(arguments: Namespace, base_url: str, environ: Mapping[str, str]) -> Setup:
    """Return what the options say.

    Args:
        arguments: from the parser in ``options``.
        base_url: the address of the simulator.
        environ: the environment, which a settings file may take its keys from.

    Raises:
        ConfigError: an option is wrong, or the settings file or the file of keys is.
    """
    _check_urls(arguments)
    changes = {
        "webhook_url": arguments.webhook_url,
        "private_mode": arguments.private_mode,
        **({"secure_data_transfer": True} if arguments.secure_data_transfer else {}),
    }
    returns = tuple(arguments.return_url)
    if arguments.settings is None:
        keys = kept_keys(arguments.state.with_name(_KEYS_FILE), arguments.pid)
        project = project_of(keys, base_url, secure_data_transfer=arguments.secure_data_transfer)
        more = {"LIVEFORM_SECURE_DATA_TRANSFER": "true"} if arguments.secure_data_transfer else {}
        dashboards = {_NEW: dashboard_of(project, returns, **changes)}
        return Setup(dashboards, keys.variables(base_url) | more)
    projects = _projects(arguments.settings, environ)
    if arguments.project is not None:
        if arguments.project not in projects:
            raise ConfigError(("--project", f"must be one of {', '.join(sorted(projects))}"))
        projects = {arguments.project: projects[arguments.project]}
    dashboards = {name: dashboard_of(project, returns, **changes) for name, project in projects.items()}
    return Setup(dashboards, addresses(base_url))


def _projects(file: str, environ: Mapping[str, str]) -> dict[str, Project]:
    try:
        return load_projects(file, environ=environ)
    except ConfigError as error:
        named = [("--settings" if name == "settings file" else name, what) for name, what in error.faults]
    raise ConfigError(*named)


def _check_urls(arguments: Namespace) -> None:
    poster = Poster(allowed_hosts=[host.lower() for host in arguments.allow_host])
    if arguments.project is not None and arguments.settings is None:
        raise ConfigError(("--project", "goes with --settings only"))
    url = arguments.webhook_url
    if url is not None and not (HTTP_URL.holds(url) and poster.may_call(url)):
        problem = "must be http or https, on a loopback host or one that --allow-host names"
        raise ConfigError(("--webhook-url", problem))
    if not all(map(HTTP_URL.holds, arguments.return_url)):
        raise ConfigError(("--return-url", f"must be {HTTP_URL.allowed}"))


def kept_keys(path: Path, pid: str | None) -> Keys:
    """Return the keys in a file that only its owner can read; new ones are written into it.

    A state that outlives a restart would be of no use to programs that do not know its keys any more.

    Args:
        path: the file.
        pid: the wanted project id; keys of another one are replaced.

    Raises:
        ConfigError: the pid is none, or the file is not one of keys, or cannot be written.
    """
    if pid is not None:
        Project(pid)  # refuses what is no project id
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists():
            known: Any = json.loads(path.read_text(encoding="utf-8"))
            keys = Keys(**known)
            if pid in (None, keys.pid):
                return keys
        keys = new_keys(pid)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(keys), file, indent=2)
    except (OSError, ValueError, TypeError):
        problem = f"{path.name} beside it cannot be read or written; delete it to get new keys"
        raise ConfigError(("--state", problem)) from None
    return keys

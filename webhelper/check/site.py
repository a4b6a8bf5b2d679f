"""All checks of a site, in one list."""

from __future__ import annotations

import errno
import os
import time
from typing import TYPE_CHECKING, Final

from liveform import ConfigError
from webhelper.check.finding import Finding, fault, note
from webhelper.check.kept import check_store
from webhelper.check.own_address import ask as ask_address
from webhelper.check.own_address import check_own_address
from webhelper.config.environment import read_environment
from webhelper.config.setting_names import TypedNames
from webhelper.config.settings import read_settings
from webhelper.messages.discovery import import_handlers
from webhelper.serving import check_address
from webhelper.web.observed import missing_extras

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from liveform import Project
    from webhelper.check.own_address import Reply
    from webhelper.config.settings import Settings

_IN_USE: Final = os.strerror(errno.EADDRINUSE)


def check_site(
    environ: Mapping[str, str],
    host: str,
    port: int,
    *,
    clock: Callable[[], float] = time.time,
    ask: Callable[[str], Reply] = ask_address,
) -> list[Finding]:
    """Return everything that is to be said of a site, the faults first.

    With wrong settings, these are named, and whether the address can be listened on; what needs the settings
    is not looked at.

    Args:
        environ: the environment.
        host: where it would listen.
        port: of it.
        clock: returns Unix time.
        ask: asks an address.
    """
    names, findings = TypedNames(environ), _of_listening(host, port)
    try:
        settings = _settings_of(environ)
    except ConfigError as error:
        findings += [fault(*one) for one in error.faults]
    else:
        findings += _of_projects(settings)
        findings += check_store(settings, clock=clock)
        findings += check_own_address(settings.base_url, clock=clock, ask=ask)
    named = [Finding(one.is_fault, names.of(one.subject), names.explained(*one[1:])) for one in findings]
    return sorted(named, key=lambda one: not one.is_fault)


def _settings_of(environ: Mapping[str, str]) -> Settings:
    settings = read_settings(read_environment(environ))
    import_handlers(settings.handlers)
    if missing := missing_extras(settings):
        raise ConfigError(*missing)
    return settings


def _of_listening(host: str, port: int) -> list[Finding]:
    try:
        check_address(host, port)
    except ConfigError as error:
        ((subject, problem),) = error.faults
        if _IN_USE in problem:
            return [note(subject, "is in use: by this site, which runs already, or by another program")]
        return [fault(subject, problem)]
    return []


def _of_projects(settings: Settings) -> list[Finding]:
    findings = [one for name, project in settings.projects.items() for one in _of_api(name, project)]
    if settings.is_https and settings.proxies == 0:
        problem = "is 0: behind a proxy every webhook seems to come from the proxy, and is refused"
        findings.append(note("PROXIES", problem))
    if settings.simulator:
        findings.append(note("SIMULATOR", "is on: this is a demo, and nobody is verified"))
    return findings


def _of_api(name: str, project: Project) -> list[Finding]:
    """Return what keeps a project from asking the vendor's API. Nothing is asked here."""
    if not project.api_keys():
        problem = (
            "is missing: webhooks are believed by their sender's address alone, which the vendor's other "
        )
        problem += "customers share; set the api_key, and the API is asked"
        return [note(f"PROJECTS.{name}.api_key", problem)]
    try:
        project.client().close()
    except ConfigError as error:
        return [fault(f"PROJECTS.{name}.{one.setting}", one.problem) for one in error.faults]
    return []

"""The dashboards of projects whose settings name no dashboard: those of the web helper, and of tests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from secrets import token_urlsafe
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from liveform import CbcLayout
from webhelper.simulator.sandbox.dashboard import Dashboard, TokenExpiration, TransferLayout

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from liveform import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What a simulator knows of the site that it is a part of.

    Attributes:
        home_url: the site's own first page.
        return_urls: the Return URLs that each project allows, by its name; the first is the default.
        webhook_urls: where the events of each project go.
        event_delay: how long after it happened an event is sent.
        private: the names of projects in private mode, whose token ids expire after one submission.
    """

    home_url: str | None = None
    return_urls: Mapping[str, tuple[str, ...]]
    webhook_urls: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    event_delay: timedelta = timedelta(0)
    private: Collection[str] = ()

    def settings(self, name: str) -> dict[str, Any]:
        """Return the settings of a project's dashboard."""
        return {
            "webhook_url": self.webhook_urls.get(name),
            "event_delay": self.event_delay,
            "private_mode": name in self.private,
            "token_expiration": TokenExpiration() if name in self.private else None,
        }


def dashboard_of(project: Project, return_urls: tuple[str, ...], **settings: object) -> Dashboard:
    """Return the dashboard of a project, with its keys; without an API key, the API admits nobody.

    Args:
        project: the project.
        return_urls: the Return URLs that its dashboard allows; the first is the default.
        **settings: other attributes of the ``Dashboard``.
    """
    options: dict[str, Any] = project.settings()
    transfer = options["secure_data_transfer"]
    api_key = project.expose_api_key()
    face_auth_key = project.expose_api_key(face_auth=True)
    given = {
        "project": project,
        "api_key": token_urlsafe() if api_key is None else api_key,
        "face_auth_pid": options["face_auth_pid"],
        "face_auth_key": face_auth_key,
        "return_urls": return_urls,
        "skip_result_page": True,
        "return_encrypted": project.engine is not None,
        "secure_data_transfer": transfer is not None,
        "transfer_layout": TransferLayout() if transfer is None else _layout(transfer),
    }
    return Dashboard(**given | settings)


def _layout(transfer: Any) -> TransferLayout:  # noqa: ANN401 - its class is not public for the simulator
    """Return the layouts that the project expects; answers are CBC here, also if it expects ECB."""
    answer = transfer.answer_layout
    return TransferLayout(
        wrapper=transfer.wrapper,
        request=transfer.request_layout,
        answer=answer if isinstance(answer, CbcLayout) else CbcLayout(),
    )


def dashboards_of(projects: Mapping[str, Project], site: Site) -> dict[str, Dashboard]:
    """Return the dashboard of each project, by its name; of two with the same pid, only the first.

    A key that a project before has too is left out: the API could not tell the two apart.
    """
    dashboards: dict[str, Dashboard] = {}
    for name, project in projects.items():
        one = dashboard_of(project, site.return_urls.get(name, ()), **site.settings(name))
        if any(one.pid == other.pid for other in dashboards.values()):
            continue
        keys = {key for other in dashboards.values() for key in (other.api_key, other.face_auth_key)}
        if one.api_key in keys:
            one = replace(one, api_key=token_urlsafe(), secure_data_transfer=False)
        if one.face_auth_key in keys - {None}:
            one = replace(one, face_auth_pid=None, face_auth_key=None)
        dashboards[name] = one
    return dashboards

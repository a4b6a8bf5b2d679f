"""Build the Liveform URL of a visit, fresh each time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from liveform import PARAMETERS, FieldError, Pipeline, Project
from webhelper.errors import UnknownLinkError
from webhelper.links.link_request import LINK_PIPELINES
from webhelper.links.models import ID_BYTES, Visit
from webhelper.links.signing.base32 import random_id, to_base32
from webhelper.links.visit_ids import new_visit_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webhelper.links.models import LinkSpec
    from webhelper.links.signing.visit_state import VisitStates

_ROWS: Final = {row.name: row for row in PARAMETERS}
_USERID: Final = _ROWS["userid"].vendor_name
_START: Final = _ROWS["start_valid_until"]
_TOKEN_ID: Final = _ROWS["token_id"].vendor_name
_LANGUAGE: Final = _ROWS["lang"]
_SOME_LANGUAGE: Final = "zh-Hant-TW"
_MAX_LANGUAGE_CHARS: Final = 35  # RFC 5646 section 4.4.1
_SOME_BROWSER: Final = bytes(32)
_SOME_VISIT: Final = new_visit_id(to_base32(bytes(ID_BYTES)), 0.0)


def is_language(text: str) -> bool:
    """Return whether the form's parameter for its language takes ``text``."""
    try:
        return len(text) <= _MAX_LANGUAGE_CHARS and bool(_LANGUAGE.value.check(_LANGUAGE.vendor_name, text))
    except FieldError:
        return False


class FormUrls:
    """Builds the URLs that links lead to: only forms of the settings' projects.

    Args:
        projects: by name.
        states: signs the state of a visit.
        state_field: the custom field that carries it: ``"cf1"``, ``"cf2"`` or ``"cf3"``.
    """

    def __init__(self, projects: Mapping[str, Project], states: VisitStates, state_field: str) -> None:
        self._projects = projects
        self._visit_states = states
        self._state_field = state_field

    def project_name(self, name: str | None) -> str:
        """Return the name of the project, which may be left out where there is only one.

        Raises:
            FieldError: the settings have no such project, or several and none is named.
        """
        names = list(self._projects)
        if name is None and len(names) == 1:
            return names[0]
        if name not in names:
            raise FieldError("project", f"must be one of {', '.join(names)}")
        return name

    def new_userid(self, spec: LinkSpec) -> str | None:
        """Return a new user id, the prefix and 80 random bits in base32; None if the spec has no prefix."""
        return None if spec.unique_userid is None else spec.unique_userid + random_id(ID_BYTES).lower()

    def check(self, spec: LinkSpec, now: float) -> None:
        """Build the URL of a made-up visit, so that what is wrong is found now; errors as in ``url``.

        It is one in a language, so that there is room for that of a visitor.
        """
        visit = Visit(id=_SOME_VISIT, link_id="", at=now, userid=self.new_userid(spec))
        self.url(_in_language(_SOME_LANGUAGE, spec), visit, browser=_SOME_BROWSER)

    def url_in(self, language: str | None, spec: LinkSpec, visit: Visit, *, browser: bytes | None) -> str:
        """Return the Liveform URL of this visit in a language, unless the link names one itself.

        A language that would make the URL too long is left out; arguments and errors as in ``url``.
        """
        if language is not None:
            with suppress(FieldError):  # what else is wrong is said below
                return self.url(_in_language(language, spec), visit, browser=browser)
        return self.url(spec, visit, browser=browser)

    def url(self, spec: LinkSpec, visit: Visit, *, browser: bytes | None) -> str:
        """Return the Liveform URL of this visit.

        Args:
            spec: what the link does.
            visit: of the link.
            browser: the digest of the browser to which the state is bound.

        Raises:
            UnknownLinkError: the project is no longer in the settings.
            FieldError: no link opens this form, or the fields do not fit the project, or name what the link
                itself sets.
        """
        project = self._projects.get(spec.project)
        if project is None:
            raise UnknownLinkError
        if spec.pipeline not in LINK_PIPELINES:
            raise FieldError("pipeline", f"must be one of {', '.join(LINK_PIPELINES)}")
        fields = {**spec.fields, **self._own_fields(spec, visit, project, browser)}
        if spec.pipeline is Pipeline.KNOWLEDGE:
            return project.knowledge_url(fields)
        if spec.pipeline is Pipeline.INJECTION:
            return project.injection_url(fields)
        return project.form_url(fields)

    def _own_fields(
        self, spec: LinkSpec, visit: Visit, project: Project, browser: bytes | None
    ) -> dict[str, object]:
        userid = spec.fields.get(_USERID) if visit.userid is None else visit.userid
        state = self._visit_states.sign(visit.id, project=spec.project, userid=userid, browser=browser)
        own: dict[str, object] = {self._state_field: state}
        if visit.userid is not None:
            own[_USERID] = visit.userid
        if spec.token_id is not None:
            own[_TOKEN_ID] = spec.token_id
        if project.cipher is not None and spec.pipeline in _START.places:
            own[_START.vendor_name] = datetime.fromtimestamp(spec.expires_at, UTC)
        for name in own:
            if name in spec.fields:
                raise FieldError(
                    name, _SET_BY_THE_LINK.get(name, "carries the state of the link; leave it out")
                )
        return own


class MovedFormUrls(FormUrls):
    """Builds the URLs of a form that visitors reach by another address than this machine does.

    Args:
        projects, states, state_field: as for ``FormUrls``.
        here: the address of the form for this machine, which the projects have.
        there: its address for visitors.
    """

    def __init__(
        self,
        projects: Mapping[str, Project],
        states: VisitStates,
        state_field: str,
        *,
        here: str,
        there: str,
    ) -> None:
        super().__init__(projects, states, state_field)
        self._here = here
        self._there = there

    def url(self, spec: LinkSpec, visit: Visit, *, browser: bytes | None) -> str:
        """Return the Liveform URL of this visit for the visitor."""
        url = super().url(spec, visit, browser=browser)
        return self._there + url.removeprefix(self._here)


def _in_language(language: str, spec: LinkSpec) -> LinkSpec:
    """Return a spec that names the language of its form, unless it does so itself."""
    return replace(spec, fields={_LANGUAGE.vendor_name: language, **spec.fields})


_SET_BY_THE_LINK: Final = {
    _USERID: "is made for each opening (unique_userid); leave it out",
    _START.vendor_name: "is set by expires_in; leave it out",
}

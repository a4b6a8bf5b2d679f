"""The bodies and queries of the API: they validate requests, and the OpenAPI document shows them."""

from typing import Annotated

from msgspec import Meta, Struct

from liveform import Pipeline
from webhelper.api.outcome_schemas import CountsAnswer, Moment, OutcomeAnswer
from webhelper.confirmation.confirming import ApiCheck
from webhelper.links.models import LinkState
from webhelper.links.outcomes import Level, Result
from webhelper.links.short_repr import short_repr
from webhelper.links.waiting import Stage


class LinkAnswer(Struct, frozen=True, kw_only=True):
    """A link; of its fields, the names only. ``wait``: the token of ``/api/waits``, if it has one use.

    ``outcome``: what the visit of a link of one use shows; ``counts``: what those of any other link show.
    """

    __repr__ = short_repr

    id: str
    url: str
    qr_svg: str
    qr_png: str
    poster: str
    wait: str | None
    project: str
    pipeline: Pipeline
    label: str | None
    state: LinkState
    uses: int
    max_uses: int | None
    unique_userid: str | None
    next: str | None
    note: str | None
    field_names: list[str]
    created_by: str
    created_at: Moment
    expires_at: Moment
    last_used_at: Moment | None
    revoked_at: Moment | None
    outcome: OutcomeAnswer | None
    counts: CountsAnswer | None


class VisitAnswer(Struct, frozen=True, kw_only=True):
    """A visit: one opening of a link. ``outcome`` is what is shown of its ``outcomes``.

    ``outcomes``: all that was said of it, in the order of arrival. A return that is opened again, or an event
    that is sent twice, is in it once.
    """

    __repr__ = short_repr

    id: str
    at: Moment
    userid: str | None
    outcome: OutcomeAnswer | None
    outcomes: list[OutcomeAnswer]


class VisitDetails(VisitAnswer, frozen=True, kw_only=True):
    """A visit with its link. ``api_check``: what came of ``confirm=true``; null without it."""

    link_id: str
    project: str
    label: str | None
    api_check: ApiCheck | None


class VisitQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether the vendor's API is asked about the visit first."""

    confirm: bool = False


class LinkDetails(LinkAnswer, frozen=True, kw_only=True):
    """A link with its latest visits, the newest first."""

    visits: list[VisitAnswer]


class LinkList(Struct, frozen=True, kw_only=True):
    """Links, the newest first; ``next_cursor`` is the ``cursor`` of the next page, null at the end."""

    links: list[LinkAnswer]
    next_cursor: int | None


class ReturnBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A return as the user's browser received it: the query of the URL, or the value of ``encrypted``."""

    __repr__ = short_repr

    query: Annotated[str, Meta(max_length=20_000)] | None = None
    encrypted: Annotated[str, Meta(max_length=20_000)] | None = None
    project: Annotated[str, Meta(max_length=64)] | None = None


class ReturnedClaims(Struct, frozen=True, kw_only=True):
    """Everything that a return claims, as it came; for holders of an API token alone."""

    __repr__ = short_repr

    submission_id: str | None
    error_code: str | None
    userid: str | None
    email: str | None
    cf1: str | None
    cf2: str | None
    cf3: str | None
    encrypted: bool


class ReturnAnswer(Struct, frozen=True, kw_only=True):
    """What a return claims: a claim, not proof. Its members are the same whatever the return says.

    ``state_ok``: it belongs to a link of this site, and to this browser. ``code``: what the server of the
    site sends to ``/api/results``; null without ``state_ok``, and once it was used or has expired.
    ``wait``: the token of ``/api/waits``; null without ``state_ok``. ``claims``: null without an API token.
    """

    __repr__ = short_repr

    status: Result
    state_ok: bool
    code: str | None
    wait: str | None
    claims: ReturnedClaims | None
    claimed: bool = True


class ResultBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ``result`` code that the browser brought to ``next``, or the ``code`` of ``/api/returns``."""

    __repr__ = short_repr

    code: Annotated[str, Meta(min_length=1, max_length=2000)]


class ResultAnswer(Struct, frozen=True, kw_only=True):
    """What is shown of a visit, and the link that it belongs to.

    ``level``: ``confirmed`` if a webhook or the vendor's API said so; ``claimed`` if only a return did, and
    then ``claimed`` is true. ``api_check``: what came of asking the API.
    """

    __repr__ = short_repr

    status: Result
    level: Level
    claimed: bool
    api_check: ApiCheck
    submission_id: str | None
    error_code: str | None
    link_id: str
    label: str | None
    userid: str | None
    visit_id: str
    state_ok: bool = True


class WaitAnswer(Struct, frozen=True, kw_only=True):
    """How far a check is, for a page that waits: nothing of a person, and no id of the vendor.

    ``status``, ``level``: of the outcome, as soon as there is one. ``final``: nothing more is waited for now.
    ``next_in_s``: how many seconds to wait before asking again.
    """

    stage: Stage
    status: Result | None
    level: Level | None
    final: bool
    next_in_s: Annotated[int, Meta(ge=5, le=60)]


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error: a stable code and a message; ``next`` is a URL where the visitor can continue."""

    code: str
    message: str
    field: str | None = None
    next: str | None = None


class ErrorAnswer(Struct, frozen=True, kw_only=True):
    """The body of every error."""

    error: Problem

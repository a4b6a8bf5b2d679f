"""A link request -> the spec of its link, checked when it is created and not when somebody opens it."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final

from liveform import FieldError
from webhelper.links.link_request import LinkRequest
from webhelper.links.models import LinkSpec
from webhelper.links.private_mode import NoPools, draws_token_id, with_some_token_id

if TYPE_CHECKING:
    from webhelper.links.form_url import FormUrls
    from webhelper.links.next_urls import NextUrls
    from webhelper.links.private_mode import TokenIdPools

_NO_POOLS: Final = NoPools()
# What a spec takes from the request as it is.
_SHARED: Final = tuple(
    name for name in LinkRequest.__struct_fields__ if name in {field.name for field in fields(LinkSpec)}
)


def checked_spec(
    request: LinkRequest,
    *,
    by: str,
    now: float,
    form_urls: FormUrls,
    next_urls: NextUrls,
    pools: TokenIdPools = _NO_POOLS,
) -> LinkSpec:
    """Return the spec of the link that is asked for.

    Args:
        request: what the caller sent.
        by: the name of the API token or of the kiosk.
        now: Unix time.
        form_urls: builds the URLs of visits; one is built to see that it can be.
        next_urls: where ``next`` may lead to.
        pools: the projects in private mode.

    Raises:
        FieldError: ``.field`` names what is wrong; parameters have the vendor's names.
    """
    problem = None if request.next is None else next_urls.problem_of(request.next)
    if problem is not None:
        raise FieldError("next", problem)
    shared = {name: getattr(request, name) for name in _SHARED}
    spec = LinkSpec(
        **shared
        | {
            "project": form_urls.project_name(request.project),
            "fields": dict(request.fields),
            "expires_at": int(now) + request.expires_in,
            "created_by": by,
        }
    )
    form_urls.check(with_some_token_id(spec) if draws_token_id(spec, pools) else spec, now)
    return spec

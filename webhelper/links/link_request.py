"""What a caller asks for. The constraints here check every request, and make the OpenAPI schema."""

from typing import Annotated, Any, Final, TypeAlias

from msgspec import Meta, Struct

from liveform import PARAMETERS, Pipeline
from webhelper.links.short_repr import short_repr

# FaceAuth has no custom field of these names to carry the state of a visit, and no documented Return URL.
LINK_PIPELINES: Final = (Pipeline.ID_DOCUMENT, Pipeline.KNOWLEDGE, Pipeline.INJECTION)
LinkPipeline: TypeAlias = Annotated[
    Pipeline,
    Meta(description="Which form opens.", extra_json_schema={"enum": [*map(str, LINK_PIPELINES)]}),
]
DEFAULT_EXPIRES_IN_S: Final = 900
MAX_EXPIRES_IN_S: Final = 90 * 86_400
MAX_USES: Final = 1_000_000
_END: Final = r"$(?!\n)"  # in Python, $ alone lets a line break through
ONE_LINE: Final = rf"^[^\x00-\x1f\x7f]+{_END}"
LINES: Final = rf"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*{_END}"
USERID_PREFIX: Final = rf"^[A-Za-z0-9._-]{{1,40}}{_END}"


def _schema_of_fields() -> dict[str, Any]:
    """Return the JSON schema of ``fields``, made from the parameter table."""
    return {
        "properties": {
            row.vendor_name: {
                "description": f"{row.about} For {', '.join(pipelines)}. Value: {row.value.wants}.",
            }
            for row in PARAMETERS
            if (pipelines := [pipeline for pipeline in LINK_PIPELINES if pipeline in row.places])
        },
        "examples": [{"userid": "user_12345", "cf1": "store_17"}],
    }


class LinkRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request for a link."""

    __repr__ = short_repr

    pipeline: LinkPipeline
    fields: Annotated[
        dict[str, Any],
        Meta(
            description="Parameters of the form, by the vendor's names.",
            max_length=len(PARAMETERS),
            extra_json_schema=_schema_of_fields(),
        ),
    ] = {}
    project: Annotated[
        str | None, Meta(description="A project of the settings; may be left out where there is only one.")
    ] = None
    expires_in: Annotated[
        int,
        Meta(
            ge=1,
            le=MAX_EXPIRES_IN_S,
            description="Seconds until the link dies; the form cannot be started later either.",
        ),
    ] = DEFAULT_EXPIRES_IN_S
    max_uses: Annotated[
        Annotated[int, Meta(ge=1, le=MAX_USES)] | None,
        Meta(description="How often it can be used; null for any number of times."),
    ] = 1
    label: Annotated[
        Annotated[str, Meta(min_length=1, max_length=100, pattern=ONE_LINE)] | None,
        Meta(description="What staff call it; kept as it is, so no personal data."),
    ] = None
    unique_userid: Annotated[
        Annotated[str, Meta(pattern=USERID_PREFIX)] | None,
        Meta(description="A prefix: each opening gets a user id of its own, prefix + 16 characters."),
    ] = None
    next: Annotated[
        Annotated[str, Meta(max_length=2000)] | None,
        Meta(
            description="Where the browser goes after the return: an https URL on one of RETURN_HOSTS, or "
            "a URL of an app whose scheme is in RETURN_SCHEMES."
        ),
    ] = None
    note: Annotated[
        Annotated[str, Meta(max_length=500, pattern=LINES)] | None,
        Meta(description="Free text for staff, which visitors never see; encrypted at rest."),
    ] = None

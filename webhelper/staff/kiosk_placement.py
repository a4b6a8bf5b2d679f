"""Where a kiosk stands, and what its codes open."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from liveform import Pipeline
from webhelper.links.link_request import LinkRequest

STORE_FIELD: Final = "cf1"  # the custom field that carries the store to the vendor's records


class Placement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kiosk's place. The codes that it shows can be used once, and carry the store in cf1."""

    store: Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)")]
    project: str
    pipeline: Pipeline = Pipeline.ID_DOCUMENT
    expires_in: Annotated[int, Meta(ge=60, le=3600)] = 180

    @property
    def name(self) -> str:
        """Who the links say they were created by."""
        return f"kiosk {self.store}"

    def link_request(self) -> LinkRequest:
        """What the kiosk asks for, again and again."""
        return LinkRequest(
            project=self.project,
            pipeline=self.pipeline,
            fields={STORE_FIELD: self.store},
            expires_in=self.expires_in,
            label=self.name,
        )


class Kiosk(Struct, frozen=True, kw_only=True):
    """A tablet, where it stands, and who set it up: it works for as long as that person's API token does."""

    placement: Placement
    holder: str
    mark: str

"""What the views work with: made once by ``create_app``, found on the app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from flask import current_app

if TYPE_CHECKING:
    from webhelper.config.settings import Settings
    from webhelper.links.models import Link
    from webhelper.links.returns import Reception
    from webhelper.links.service import Desk
    from webhelper.links.signing.signed_values import Codes

EXTENSION: Final = "webhelper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """The rooms behind the views."""

    settings: Settings
    desk: Desk
    reception: Reception
    codes: Codes

    def url(self, link: Link) -> str:
        """Return the address of a link. Case does not count in it, so that a QR code can be small."""
        return f"{self.settings.base_url}/r/{self.desk.token(link)}"


def helper() -> Helper:
    """Return the rooms of the app that answers this request."""
    return cast("Helper", current_app.extensions[EXTENSION])

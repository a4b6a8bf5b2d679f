"""The words of error pages, by HTTP status."""

from __future__ import annotations

from http import HTTPStatus

from flask_babel import gettext as _


def words_of(status: HTTPStatus) -> tuple[str, str]:
    """Return title and text of the error page of an HTTP status, in the reader's language."""
    words = {
        HTTPStatus.BAD_REQUEST: (_("This cannot be read"), _("The address is damaged. Please start again.")),
        HTTPStatus.FORBIDDEN: (_("Request refused"), _("Please open the page itself and try again.")),
        HTTPStatus.NOT_FOUND: (_("Page not found"), _("This page does not exist. Is the address complete?")),
        HTTPStatus.METHOD_NOT_ALLOWED: (
            _("This address cannot be opened"),
            _("Only a form leads here. Please go back, and send the form again."),
        ),
        HTTPStatus.GONE: (
            _("This can no longer be used"),
            _("It has been used before, has expired, or was withdrawn."),
        ),
        HTTPStatus.TOO_MANY_REQUESTS: (_("Too many attempts"), _("Please wait a moment, and try again.")),
        HTTPStatus.SERVICE_UNAVAILABLE: (_("Just a moment"), _("Please try again in a few seconds.")),
    }
    return words.get(status, (_("Something went wrong"), _("Please try again in a moment.")))

"""``POST /webhooks/<project>``: the webhook URL for the dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from liveform import MalformedError, UntrustedInputError
from liveform.webhooks import MAX_BODY_BYTES
from webhelper.confirmation.refusals import TOO_LARGE
from webhelper.errors import SenderError, UnknownProjectError
from webhelper.inbox.sender_address import check_sender
from webhelper.services import services

if TYPE_CHECKING:
    from webhelper.config.settings import Settings

blueprint = Blueprint("inbox", __name__)

_JSON: Final = "application/json"
_NEW: Final = b'{"received":true,"duplicate":false}'
_DUPLICATE: Final = b'{"received":true,"duplicate":true}'
_UNREADABLE: Final = "the webhook cannot be read"  # why is counted, and not said


@blueprint.route("/webhooks/<project>", methods=["POST"], provide_automatic_options=False)
def receive(project: str) -> Response:
    """Keep an event of the vendor, and answer when it is on the disk."""
    ours = services()
    counted_as = project if project in ours.settings.projects else ""
    try:
        receipt = ours.inbox.receive(project, _body(ours.settings, project))
    except (SenderError, UnknownProjectError) as refusal:
        ours.inbox.refuse(counted_as, refusal.code)
        raise
    except RequestEntityTooLarge:
        ours.inbox.refuse(counted_as, TOO_LARGE)
        raise
    except UntrustedInputError as refusal:
        ours.inbox.refuse(counted_as, refusal.code)
        raise MalformedError(_UNREADABLE) from None
    return Response(_NEW if receipt.is_new else _DUPLICATE, mimetype=_JSON)


def _body(settings: Settings, project: str) -> bytes:
    """Return what was posted; of anybody else, or for nobody, it is not even read.

    Raises:
        SenderError, UnknownProjectError, RequestEntityTooLarge: checked in this order.
        MalformedError: it is cut short.
    """
    check_sender(request.environ, settings.webhook_senders, proxies=settings.proxies)
    if project not in settings.projects:
        raise UnknownProjectError
    request.max_content_length = MAX_BODY_BYTES + 1  # of a chunked body, Werkzeug reads as much and no more
    try:
        body = request.get_data()
    except ClientDisconnected:
        raise MalformedError(_UNREADABLE) from None
    if len(body) > MAX_BODY_BYTES:
        raise RequestEntityTooLarge
    return body

"""Receive the messages of a web helper with Django, in a site that does not install liveform.

Install what it needs: pip install '.[web]' django
Run it: python examples/outgoing_django.py
"""

import base64
import hmac
import json
import logging
import time
from collections.abc import Mapping
from queue import SimpleQueue
from typing import Any

import django
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from webhelper.messages.standard_webhooks import sign  # the web helper's part, for main() alone

SECRET = (
    "whsec_" + base64.b64encode(b"an example of a secret, 32 bytes").decode()
)  # yours is in OUTGOING_SECRETS
SEEN: set[str] = set()  # yours is a unique column, written together with the work
WORK: SimpleQueue[Any] = SimpleQueue()  # yours is a queue that survives a restart


def receive(request: HttpRequest) -> HttpResponse:
    """Take a message in, and answer at once."""
    try:
        body = request.body
    except RequestDataTooBig:
        return HttpResponse(status=413)
    if not is_genuine(body, request.headers):
        return HttpResponse(status=401)
    if request.headers["webhook-id"] not in SEEN:
        WORK.put(json.loads(body))
        SEEN.add(request.headers["webhook-id"])
    return HttpResponse(status=204)


def is_genuine(body: bytes, headers: Mapping[str, str]) -> bool:
    """Return whether the web helper signed it, in the last five minutes (Standard Webhooks 1.0.0)."""
    timestamp = headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or len(timestamp) > 12 or abs(time.time() - int(timestamp)) > 300:
        return False
    signed = f"{headers.get('webhook-id', '')}.{timestamp}.".encode() + body
    digest = hmac.digest(base64.b64decode(SECRET.removeprefix("whsec_")), signed, "sha256")
    wanted = b"v1," + base64.b64encode(digest)
    signatures = headers.get("webhook-signature", "").encode().split()
    return any(hmac.compare_digest(wanted, one) for one in signatures)


# No CSRF token: the web helper has no session with us, and signs what it sends.
urlpatterns = [path("liveform", csrf_exempt(require_POST(receive)))]


def main() -> None:
    """Send a message twice, then one that was changed, and one that was kept for an hour."""
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["testserver"], LOGGING_CONFIG=None)
    django.setup()
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    client, now = Client(), time.time()
    body = b'{"type":"outcome.confirmed","data":{"userid":"user_12345","status":"approved"}}'
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    for name, content, at in (
        ("first", body, now),
        ("again", body, now + 5),
        ("changed", body.replace(b"approved", b"rejected"), now),
        ("old", body, now - 3600),
    ):
        headers = sign(body, message_id="msg_1", at=at, secrets=[key])
        answer = client.post("/liveform", data=content, content_type="application/json", headers=headers)
        print(f"{name}:", answer.status_code)
    print("to do:", WORK.get(), "and", WORK.qsize(), "more")


if __name__ == "__main__":
    main()

"""Receive the vendor's webhooks with Django.

Install what it needs: pip install '.[webhooks]' django
Run it: python examples/webhook_django.py
"""

import logging
import sys
from hmac import compare_digest
from queue import SimpleQueue
from secrets import token_urlsafe

import django
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from liveform import LiveformError, Project
from liveform.webhooks import MAX_BODY_BYTES, Event, build_event, read_event

PROJECT = Project("abc123de45", api_key="an example of an API key", secure_data_transfer=True)
SECRET = token_urlsafe(32)  # yours is a setting; it is a part of the webhook URL in the dashboard
SEEN: set[str] = set()  # yours is a unique column, written together with the work
WORK: SimpleQueue[Event] = SimpleQueue()  # yours is a queue that survives a restart


def receive(request: HttpRequest, secret: str) -> HttpResponse:
    """Take an event in, and answer at once."""
    if not compare_digest(secret.encode(), SECRET.encode()):
        raise Http404
    try:
        event = read_event(request.body, PROJECT)
    except RequestDataTooBig:
        return HttpResponse(status=413)
    except LiveformError as error:
        logging.getLogger(__name__).warning("webhook refused: %s", error.code)  # never the body
        return HttpResponse(status=400)
    if event.key not in SEEN:
        WORK.put(event)
        SEEN.add(event.key)
    return HttpResponse(status=204)


# No CSRF token: the vendor's server has no session with us.
urlpatterns = [path("webhooks/<secret>", csrf_exempt(require_POST(receive)))]


def main() -> None:
    """Send an event twice, then a plain one, and one to a guessed address."""
    logging.basicConfig(stream=sys.stdout, format="log: %(message)s")
    settings.configure(
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["testserver"],
        DATA_UPLOAD_MAX_MEMORY_SIZE=MAX_BODY_BYTES,
        LOGGING_CONFIG=None,
    )
    django.setup()
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    body = build_event("approved", {"submission_id": "kz3m1x9q2w8ab", "userid": "user_12345"}, PROJECT)
    client = Client()
    for name, secret, content in (
        ("first", SECRET, body),
        ("again", SECRET, body),
        ("plain", SECRET, build_event("aml", {}, PROJECT, encrypt=False)),
        ("guess", "guess", body),
    ):
        answer = client.post(f"/webhooks/{secret}", data=content, content_type="application/json")
        print(f"{name}:", answer.status_code)
    print("to do:", WORK.get(), "and", WORK.qsize(), "more")


if __name__ == "__main__":
    main()

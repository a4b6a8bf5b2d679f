"""Receive the vendor's webhooks with plain WSGI (PEP 3333), without any framework.

Install what it needs: pip install '.[webhooks]'
Run it: python examples/webhook_wsgi.py
"""

import logging
import sys
from collections.abc import Iterable
from hmac import compare_digest
from io import BytesIO
from queue import SimpleQueue
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from liveform import LiveformError, Project
from liveform.webhooks import MAX_BODY_BYTES, Event, build_event, read_event

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

PROJECT = Project("abc123de45", api_key="an example of an API key", secure_data_transfer=True)
SECRET = token_urlsafe(32)  # yours is a setting; it is a part of the webhook URL in the dashboard
SEEN: set[str] = set()  # yours is a unique column, written together with the work
WORK: SimpleQueue[Event] = SimpleQueue()  # yours is a queue that survives a restart


def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer a request."""
    start_response(receive(environ), [("Content-Length", "0")])
    return []


def receive(environ: "WSGIEnvironment") -> str:
    """Take an event in, and return the status for it at once."""
    if not compare_digest(environ["PATH_INFO"].encode(), f"/webhooks/{SECRET}".encode()):
        return "404 Not Found"
    if environ["REQUEST_METHOD"] != "POST":
        return "405 Method Not Allowed"
    length = environ.get("CONTENT_LENGTH", "")
    if not length.isdecimal():
        return "411 Length Required"
    if len(length) > 7 or int(length) > MAX_BODY_BYTES:
        return "413 Content Too Large"
    try:
        event = read_event(environ["wsgi.input"].read(int(length)), PROJECT)
    except LiveformError as error:
        logging.getLogger(__name__).warning("webhook refused: %s", error.code)  # never the body
        return "400 Bad Request"
    if event.key not in SEEN:
        WORK.put(event)
        SEEN.add(event.key)
    return "204 No Content"


def main() -> None:
    """Send an event twice, then a plain one, and one to a guessed address."""
    logging.basicConfig(stream=sys.stdout, format="log: %(message)s")
    body = build_event("approved", {"submission_id": "kz3m1x9q2w8ab", "userid": "user_12345"}, PROJECT)
    for name, path, content in (
        ("first", SECRET, body),
        ("again", SECRET, body),
        ("plain", SECRET, build_event("aml", {}, PROJECT, encrypt=False)),
        ("guess", "guess", body),
    ):
        request = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": f"/webhooks/{path}",
            "CONTENT_LENGTH": str(len(content)),
        }
        print(f"{name}:", receive({**request, "wsgi.input": BytesIO(content)}))
    print("to do:", WORK.get(), "and", WORK.qsize(), "more")


if __name__ == "__main__":
    main()

"""Receive the vendor's webhooks with Flask.

Install what it needs: pip install '.[webhooks]' flask
Run it: python examples/webhook_flask.py
"""

import logging
import sys
from hmac import compare_digest
from queue import SimpleQueue
from secrets import token_urlsafe

from flask import Flask, Response, abort, request

from liveform import LiveformError, Project
from liveform.webhooks import MAX_BODY_BYTES, Event, build_event, read_event

PROJECT = Project("abc123de45", api_key="an example of an API key", secure_data_transfer=True)
SECRET = token_urlsafe(32)  # yours is a setting; it is a part of the webhook URL in the dashboard
SEEN: set[str] = set()  # yours is a unique column, written together with the work
WORK: SimpleQueue[Event] = SimpleQueue()  # yours is a queue that survives a restart

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES


@app.post("/webhooks/<secret>")
def receive(secret: str) -> Response:
    """Take an event in, and answer at once."""
    if not compare_digest(secret.encode(), SECRET.encode()):
        abort(404)
    try:
        event = read_event(request.get_data(), PROJECT)
    except LiveformError as error:
        app.logger.warning("webhook refused: %s", error.code)  # never the body
        return Response(status=400)
    if event.key not in SEEN:
        WORK.put(event)
        SEEN.add(event.key)
    return Response(status=204)


def main() -> None:
    """Send an event twice, then a plain one, and one to a guessed address."""
    logging.basicConfig(stream=sys.stdout, format="log: %(message)s")
    body = build_event("approved", {"submission_id": "kz3m1x9q2w8ab", "userid": "user_12345"}, PROJECT)
    client = app.test_client()
    for name, path, content in (
        ("first", SECRET, body),
        ("again", SECRET, body),
        ("plain", SECRET, build_event("aml", {}, PROJECT, encrypt=False)),
        ("guess", "guess", body),
    ):
        print(f"{name}:", client.post(f"/webhooks/{path}", data=content).status_code)
    print("to do:", WORK.get(), "and", WORK.qsize(), "more")


if __name__ == "__main__":
    main()

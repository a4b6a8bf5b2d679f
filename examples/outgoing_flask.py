"""Receive the messages of a web helper with Flask, in a site that does not install liveform.

Install what it needs: pip install '.[web]'
Run it: python examples/outgoing_flask.py
"""

import base64
import hmac
import json
import time
from queue import SimpleQueue
from typing import Any

from flask import Flask, Response, request
from werkzeug.datastructures import Headers

from webhelper.messages.standard_webhooks import sign  # the web helper's part, for main() alone

SECRET = (
    "whsec_" + base64.b64encode(b"an example of a secret, 32 bytes").decode()
)  # yours is in OUTGOING_SECRETS
SEEN: set[str] = set()  # yours is a unique column, written together with the work
WORK: SimpleQueue[Any] = SimpleQueue()  # yours is a queue that survives a restart

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 65_536


@app.post("/liveform")
def receive() -> Response:
    """Take a message in, and answer at once."""
    body = request.get_data()
    if not is_genuine(body, request.headers):
        return Response(status=401)
    if request.headers["webhook-id"] not in SEEN:
        WORK.put(json.loads(body))
        SEEN.add(request.headers["webhook-id"])
    return Response(status=204)


def is_genuine(body: bytes, headers: Headers) -> bool:
    """Return whether the web helper signed it, in the last five minutes (Standard Webhooks 1.0.0)."""
    timestamp = headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or len(timestamp) > 12 or abs(time.time() - int(timestamp)) > 300:
        return False
    signed = f"{headers.get('webhook-id', '')}.{timestamp}.".encode() + body
    digest = hmac.digest(base64.b64decode(SECRET.removeprefix("whsec_")), signed, "sha256")
    wanted = b"v1," + base64.b64encode(digest)
    signatures = headers.get("webhook-signature", "").encode().split()
    return any(hmac.compare_digest(wanted, one) for one in signatures)


def main() -> None:
    """Send a message twice, then one that was changed, and one that was kept for an hour."""
    client, now = app.test_client(), time.time()
    body = b'{"type":"outcome.confirmed","data":{"userid":"user_12345","status":"approved"}}'
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    for name, content, at in (
        ("first", body, now),
        ("again", body, now + 5),
        ("changed", body.replace(b"approved", b"rejected"), now),
        ("old", body, now - 3600),
    ):
        headers = sign(body, message_id="msg_1", at=at, secrets=[key])
        print(f"{name}:", client.post("/liveform", data=content, headers=headers).status_code)
    print("to do:", WORK.get(), "and", WORK.qsize(), "more")


if __name__ == "__main__":
    main()

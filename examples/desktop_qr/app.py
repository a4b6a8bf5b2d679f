"""QR code on the desktop, ID check on the phone: the desktop page changes when the phone is done.

Install what it needs: pip install '.[web]'
Start the web helper (`make demo`), then:
  HELPER_TOKEN=<the API token that it prints> flask --app examples/desktop_qr/app.py run --port 3000
and open http://127.0.0.1:3000. HELPER says where the web helper is, if it is somewhere else.
"""

import json
import os
from secrets import token_urlsafe
from typing import Any
from urllib.request import Request, urlopen

from flask import Flask, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

HELPER = os.environ.get("HELPER", "http://127.0.0.1:8000")
LANGUAGES = ("en", "ko")

app = Flask(__name__)
app.secret_key = os.environ.get("SECRET_KEY") or token_urlsafe()  # your own setting: it signs the session


def call_helper(method: str, path: str, body: object = None) -> dict[str, Any]:
    """Return what the web helper answers to this server."""
    headers = {"Authorization": f"Bearer {os.environ['HELPER_TOKEN']}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(HELPER + path, data, headers, method=method), timeout=10) as answer:  # noqa: S310
        told: dict[str, Any] = json.load(answer)
    return told


@app.get("/")
def start() -> str:
    """Offer the check."""
    return render_template("start.html", language=language())


@app.post("/check")
def begin() -> Response:
    """Make a link of one use for this user; the session remembers what this server waits for."""
    session.setdefault("userid", f"user_{token_urlsafe(8)}")  # yours comes from your sign-in
    link = {"project": "shop", "pipeline": "id_document", "fields": {"userid": session["userid"]}}
    made = call_helper("POST", "/api/links", link)
    session["link"], session["wait"] = made["url"], made["wait"]
    return redirect(url_for("check", lang=language()), 303)


@app.get("/check")
def check() -> str | Response:
    """Show the code, and wait."""
    if "wait" not in session:
        return redirect(url_for("start"))
    return render_template("check.html", language=language(), helper=HELPER, **session)


@app.get("/welcome")
def welcome() -> tuple[str, int] | Response:
    """Let the user in: this server asks the web helper itself, for a browser can say anything."""
    if "wait" not in session:
        return redirect(url_for("start"))
    wait = call_helper("GET", f"/api/waits/{session['wait']}")
    is_approved = (wait["level"], wait["status"]) == ("confirmed", "approved")
    page = render_template("welcome.html", language=language(), is_approved=is_approved)
    return page, 200 if is_approved else 403


def language() -> str:
    """Return the language of the page."""
    chosen = request.args.get("lang") or request.accept_languages.best_match(LANGUAGES)
    return chosen if chosen in LANGUAGES else "en"

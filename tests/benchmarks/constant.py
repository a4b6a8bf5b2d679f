"""This app is the web helper's reference: plain Flask that redirects and does nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, redirect

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

app = Flask(__name__)


@app.get("/r/<token>")
def lead_on(token: str) -> Response:
    """Return a redirect, always to the same form."""
    return redirect("https://form.argosidentity.com/?pid=abc123de45")

"""Build a URL, explain it, read a return and draw a QR code, all offline.

Install what it needs: pip install '.[qr]'
Run it: python examples/tour.py
"""

import secrets
import sys
from urllib.parse import urlencode

from liveform import Project
from liveform.qr import make_qr


def heading(text: str) -> None:
    """Print a heading."""
    print(f"\n== {text}")


def main() -> None:
    """Follow one user from the URL to the return."""
    key = secrets.token_urlsafe(30)  # yours is the API key or secretKey from the dashboard
    project = Project("abc123de45", key=key, cipher="gcm", encryption_only=True)
    print(f"A project with a key made up for this tour: {project}")

    heading("1. One correct URL for one user")
    url = project.form_url(
        userid="user_12345", email="jane@example.com", cf1="store-17", start_valid_until=900
    )
    print(url)

    heading("2. What the vendor will see of it")
    print(project.explain(url).to_text())

    heading("3. A mistake that the vendor would ignore without a word")
    print(project.explain(f"{url}&email=other@example.com").to_text().splitlines()[-1])

    heading("4. The user comes back: claims, not proof")
    vendor = Project("abc123de45", key=key, cipher="ecb")  # Return URLs are always ECB
    encrypted = vendor.encrypt({"kycStatus": "approved", "userid": "user_12345"})
    claims = project.read_return("https://app.example.com/done?" + urlencode({"encrypted": encrypted}))
    print(f"{claims.kyc_status=!s} {claims.userid=} {claims.encrypted=}")

    heading("5. A QR code for the counter")
    print(make_qr("https://shop.example.com/r/K7Q2M9").to_terminal(color=sys.stdout.isatty()))
    print("\nNext: the README, `liveform --help`, and the other examples.")


if __name__ == "__main__":
    main()

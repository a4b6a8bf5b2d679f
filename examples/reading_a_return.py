"""Read Return URLs: claims, an error page, and damaged or forged URLs.

Install what it needs: pip install .
Run it: python examples/reading_a_return.py
"""

from urllib.parse import quote

from liveform import DecryptError, KycStatus, LiveformError, Project, UnexpectedValueError

PROJECT = Project("abc123de45", return_key="an example of a key, not a real one")
VENDOR = Project("abc123de45", key="an example of a key, not a real one", cipher="ecb")


STATUS = {
    KycStatus.APPROVED: "claimed approved: wait for the webhook, or ask the API",
    KycStatus.PENDING: "claimed pending: the webhook will tell",
    KycStatus.REJECTED: "claimed rejected: the API knows why",
    None: "no status was sent",
}


def answer(url: str) -> str:
    """Return the line that a site would show for a return."""
    try:
        claims = PROJECT.read_return(url)
    except DecryptError:
        return "not made with our key, or damaged: ask the user to start again"
    except UnexpectedValueError as error:
        return f"readable, but new to us: {error.field}"
    except LiveformError as error:
        return f"refused: {error}"
    if claims.error_code is not None:
        return f"an error page sent the user back: {claims.error_code}"
    return STATUS[claims.kyc_status]


def return_url(**members: str) -> str:
    """Return the URL to which the vendor would redirect, with these members encrypted."""
    return f"https://app.example.com/done?encrypted={quote(VENDOR.encrypt(members), safe='')}"


def main() -> None:
    """Read one return of each kind."""
    approved = return_url(kycStatus="approved", submissionId="kz3m1x9q2w8ab")
    print("as sent:       ", answer(approved))
    print("plus unescaped:", answer(approved.replace("%2B", "+")))
    print("padding lost:  ", answer(approved.replace("%3D", "")))
    print("error page:    ", answer(return_url(errorCode="TK-10001")))
    print("new status:    ", answer(return_url(kycStatus="on_hold")))
    print("cut off:       ", answer(approved[:-30]))
    print("given twice:   ", answer(f"{approved}&encrypted=AAAA"))


if __name__ == "__main__":
    main()

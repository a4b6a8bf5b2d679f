"""These tests check where ``next`` may lead to, and that a refusal says what is wrong."""

import pytest

from webhelper.links.next_urls import NextUrls

NEXT_URLS = NextUrls(["app.example.com", "[::1]:3000", "localhost:3000"], ["myapp", "com.example.app"])


@pytest.mark.parametrize(
    "url",
    [
        "myapp://kyc/done",
        "myapp://kyc/done?step=2#end",
        "MyApp://kyc",
        "myapp:done",
        "com.example.app:/kyc/done",
        "https://app.example.com/%EC%99%84%EB%A3%8C",
    ],
)
def test_next_may_be_an_app_of_a_listed_scheme(url: str) -> None:  # L8
    """A next may open an app whose scheme is in RETURN_SCHEMES, in whatever form the app writes it."""
    assert NEXT_URLS.problem_of(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1]:3000",
        "http://[::1]:3000/done",
        "http://[0:0:0:0:0:0:0:1]:3000/done",
        "https://[::1]:3000/done",
        "http://LOCALHOST:3000",
    ],
)
def test_next_on_loopback_may_have_every_spelling_of_it(url: str) -> None:  # L9
    """A listed loopback host is allowed with http, whether its IPv6 address is written short or long."""
    assert NEXT_URLS.problem_of(url) is None


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://app.example.com/완료", "not ASCII; percent-encode it"),
        ("https://app.example.com/a|b", "URLs cannot have; percent-encode it"),
        ("https://app.example.com/{id}", "URLs cannot have; percent-encode it"),
        ("https://app.example.com/a b", "URLs cannot have; percent-encode it"),
        ("https://app.example.com/a\n", "URLs cannot have; percent-encode it"),
        ("https://[app.example.com/", "has a host that cannot be read"),
        ("https://other.example.com/", "has a host that is not in RETURN_HOSTS; allowed are [::1]:3000, app"),
        ("https://app.example.com:8443/", "has a port that is not in RETURN_HOSTS"),
        ("http://[::1]:3001/", "has a port that is not in RETURN_HOSTS"),
        ("http://app.example.com/", "must begin with https://"),
        ("https://jane@app.example.com/", "no user name or password"),
        ("https:/app.example.com/", "must be a whole URL"),
        ("https:app.example.com", "must be a whole URL"),
        ("/done", "must be a whole URL"),
        ("otherapp://kyc/done", "scheme is in RETURN_SCHEMES; allowed are com.example.app, myapp"),
        ("myapp", "must be a whole URL"),
        ("myapp:", "must be a whole URL"),
        ("myapp://", "must be a whole URL"),
        ("myapp://kyc/완료", "not ASCII"),
        ("javascript:alert(1)", "must be a whole URL"),
    ],
)
def test_refusal_says_what_is_wrong(url: str, said: str) -> None:  # L8
    """A next that is not allowed is refused for the reason that it has, and not for its host."""
    problem = NEXT_URLS.problem_of(url)
    assert problem is not None
    assert said in problem


@pytest.mark.parametrize("url", ["https://app.example.com/", "myapp://kyc"])
def test_site_without_lists_says_so(url: str) -> None:
    """Without RETURN_HOSTS and RETURN_SCHEMES no next is allowed, and the refusal names the setting."""
    problem = NextUrls((), ()).problem_of(url)
    assert problem is not None
    assert problem.endswith("allowed are none")

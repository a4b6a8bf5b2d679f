"""These tests run the app as it is served: under gunicorn, and with ``liveform serve``."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentTypeError
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from servers import DemoServer, free_port, wait_until_it_answers
from visitors import call_api

from liveform import ConfigError
from webhelper.serving import check_address, port_number

TOKEN = "an-API-token-for-tests-0123456789-abcdef"
SECRET = "a-secret-key-for-tests-0123456789-abcdef"
KEY = "an example of a key for tests"
EMAIL = "jane@example.com"
USERID = "user_personal_4711"
VISITORS = 24


class Site:
    """A site under gunicorn with two processes and their threads, and its log."""

    def __init__(self, directory: Path) -> None:
        self.base_url = f"http://127.0.0.1:{free_port()}"
        self.log_file = directory / "server.log"
        self.environ = {
            "PATH": "",
            "PYTHONPATH": ":".join(path for path in sys.path if path),
            "LIVEFORM_BASE_URL": self.base_url,
            "LIVEFORM_SECRET_KEYS": SECRET,
            "LIVEFORM_API_TOKENS": f"tests={TOKEN}",
            "LIVEFORM_STORE": f"sqlite:///{directory / 'links.db'}",
            "LIVEFORM_PID": "abc123de45",
            "LIVEFORM_KEY": KEY,
            "LIVEFORM_CIPHER": "gcm",
        }

    def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Return the members that the API answers."""
        request = urllib.request.Request(
            self.base_url + path,
            method=method,
            headers={"Authorization": f"Bearer {TOKEN}"},
            data=None if body is None else json.dumps(body).encode(),
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            members: dict[str, Any] = json.load(answer)
        return members

    def log_with(self, *lines: str) -> str:
        """Return the log once it has these lines: each worker writes its own a tenth of a second later."""
        log = ""
        for _ in range(400):
            log = self.log_file.read_text(encoding="utf-8")
            if all(line in log for line in lines):
                return log
            time.sleep(0.05)
        raise AssertionError(f"the log misses {[line for line in lines if line not in log]}")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Handles a redirect as an answer, and does not follow it."""

    def redirect_request(self, *_: object) -> None:
        return None


def status_of(method: str, url: str) -> int:
    """Return the status of a request, whatever it is."""
    opener = urllib.request.build_opener(_NoRedirects)
    try:
        with opener.open(urllib.request.Request(url, method=method), timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a site that runs in an empty directory, started as docs/deployment.md says."""
    directory = tmp_path_factory.mktemp("site")
    site = Site(directory)
    command = [sys.executable, "-m", "gunicorn", "--config", "python:webhelper.gunicorn_conf"]
    command += ["--workers", "2", "--bind", site.base_url.removeprefix("http://"), "webhelper.wsgi:app"]
    with site.log_file.open("wb") as log:
        process = subprocess.Popen(
            command, cwd=directory, env=site.environ, stdout=log, stderr=subprocess.STDOUT
        )
    wait_until_it_answers(f"{site.base_url}/readyz")
    yield site
    process.terminate()
    process.wait(timeout=30)


def test_race_for_a_one_use_link_has_one_winner(site: Site) -> None:
    """A link of one use opens for one of 24 browsers at once and answers 410 to the other 23."""
    for _ in range(5):
        url = site.call("POST", "/api/links", {"pipeline": "id_document"})["url"]
        with ThreadPoolExecutor(VISITORS) as pool:
            answers = list(pool.map(lambda _, url=url: status_of("POST", url), range(VISITORS)))
        assert sorted(answers) == [303] + [410] * (VISITORS - 1)


def test_race_for_five_uses_has_five_winners(site: Site) -> None:
    """A link of five uses opens for exactly five of 24 browsers at once."""
    link = site.call("POST", "/api/links", {"pipeline": "id_document", "max_uses": 5})
    with ThreadPoolExecutor(VISITORS) as pool:
        answers = list(pool.map(lambda _: status_of("POST", link["url"]), range(VISITORS)))
    assert sorted(answers) == [303] * 5 + [410] * (VISITORS - 5)
    assert site.call("GET", f"/api/links/{link['id']}")["uses"] == 5


def test_log_of_a_whole_run_holds_no_personal_data(site: Site) -> None:
    """The log under gunicorn has the routes, and neither personal data, tokens nor keys."""
    link_request = {"pipeline": "id_document", "fields": {"email": EMAIL, "userid": USERID}, "max_uses": None}
    url = site.call("POST", "/api/links", link_request)["url"]
    token = url.rsplit("/", 1)[1]
    status_of("GET", url)
    status_of("GET", f"{url}/qr.svg")
    status_of("GET", f"{url[:-1]}")
    status_of("GET", f"{site.base_url}/return/default?{urlencode({'email': EMAIL, 'userid': USERID})}")
    status_of("GET", f"{site.base_url}/nowhere/{USERID}?email={EMAIL}")
    log = site.log_with("GET (no route) 404", "GET /r/<token> 302", "GET /return/<project> 400")
    for personal in (EMAIL, EMAIL.replace("@", "%40"), USERID, token, token.lower(), TOKEN, SECRET, KEY):
        assert personal not in log


def test_second_start_finds_the_links_of_the_first(tmp_path: Path) -> None:
    """A link of a demo survives stopping and starting ``python -m webhelper --demo``."""
    server = DemoServer(tmp_path)
    server.start()
    try:
        request = urllib.request.Request(
            f"{server.base_url}/api/links",
            headers={"Authorization": f"Bearer {server.token}"},
            data=json.dumps({"pipeline": "id_document", "project": "shop"}).encode(),
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            url = json.load(answer)["url"]
        server.stop()
        server.start()
        assert status_of("POST", url) == 303
        assert status_of("POST", url) == 410
    finally:
        server.stop()


@pytest.mark.parametrize("host", ["0.0.0.0", "::1"])
def test_demo_works_at_the_address_that_it_prints(tmp_path: Path, host: str) -> None:  # O1, O3
    """In a network and on IPv6, links, form and return have one address, and a webhook confirms."""
    server = DemoServer(tmp_path, host=host)
    server.start()
    try:
        link = call_api(server, "POST", "/api/links", {"pipeline": "id_document", "project": "shop"})
        assert link["url"].startswith(f"{server.base_url}/r/")
        form = redirect_of(link["url"])
        assert form.startswith(f"{server.base_url}/simulator/?pid=")
        data = urlencode({"query": urlsplit(form).query, "outcome": "approved", "field": "cf3"}).encode()
        back = redirect_of(f"{server.base_url}/simulator/submit", data)
        assert back.startswith(f"{server.base_url}/return/shop?")
        while not (call_api(server, "GET", f"/api/links/{link['id']}")["outcome"] or {}).get("level"):
            time.sleep(0.1)
    finally:
        server.stop()


def redirect_of(url: str, data: bytes = b"") -> str:
    """Return where a POST leads."""
    try:
        urllib.request.build_opener(_NoRedirects).open(urllib.request.Request(url, data), timeout=20)
    except urllib.error.HTTPError as answer:
        answer.close()
        return str(answer.headers["Location"])
    pytest.fail("no redirect")


def test_server_starts_without_a_home(tmp_path: Path) -> None:  # O4
    """A user without a writable HOME gets a server whose log has no error."""
    server = DemoServer(tmp_path, environ={"HOME": "/proc/none", "XDG_RUNTIME_DIR": ""})
    server.start()
    try:
        assert status_of("GET", f"{server.base_url}/healthz") == 200
    finally:
        server.stop()
    log = server.log_file.read_text(encoding="utf-8")
    assert "error" not in log.lower()


def test_gunicorn_without_settings_lists_the_variables(tmp_path: Path) -> None:  # O5
    """gunicorn ends without a traceback, with one list that names each variable."""
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{free_port()}", "webhelper.wsgi:app"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PATH": "", "PYTHONPATH": ":".join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    for name in ("BASE_URL", "SECRET_KEYS", "API_TOKENS", "PROJECTS"):
        assert done.stderr.count(f"LIVEFORM_{name}: is missing") == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({}, "PROJECTS: is missing"),
        ({"LIVEFORM_PID": "abc123de45"}, "BASE_URL: is missing"),
        ({"LIVEFORM_PID": "abc123de45"}, "SECRET_KEYS: is missing"),
        ({"LIVEFORM_PID": "abc123de45", "LIVEFORM_SECRET_KEYS": "weak-and-secret"}, "SECRET_KEYS: must be"),
        ({"LIVEFORM_SETTINGS": "nowhere.toml"}, "LIVEFORM_SETTINGS"),
    ],
)
def test_serve_without_good_settings_says_so_and_leaves(
    tmp_path: Path, environ: dict[str, str], told: str
) -> None:
    """``liveform serve`` with wrong settings prints one line without values and exits with 2."""
    done = subprocess.run(
        [sys.executable, "-m", "liveform.cli", "serve", "--port", str(free_port())],
        cwd=tmp_path,
        env={"PATH": "", "PYTHONPATH": ":".join(path for path in sys.path if path)} | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert told.lower() in done.stderr.lower()
    assert done.stderr.count("\n") == 1
    assert "weak-and-secret" not in done.stderr


@pytest.mark.parametrize("host", ["", "[]", "0", "[::1", "::1]", "127", "\udcff", "é" * 64, "a\0"])
def test_host_that_the_system_would_take_for_another_is_refused(host: str) -> None:
    """An empty variable in ``--host "$HOST"`` does not make a site listen on every address."""
    with pytest.raises(ConfigError, match=r"--host: must be a name, or an address such as 127\.0\.0\.1"):
        check_address(host, 0)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "::1", "[::1]"])
def test_host_of_this_machine_is_right(host: str) -> None:
    """Names and addresses of this machine can be listened on."""
    check_address(host, 0)


@pytest.mark.parametrize("text", ["٨٧٦٥", "8_765", "-1", "", "1.0", " 80", "808080"])
def test_port_that_is_not_decimal_digits_is_refused(text: str) -> None:
    """A port is written with the digits 0 to 9."""
    with pytest.raises(ArgumentTypeError):
        port_number(text)
    assert port_number("8765") == 8765

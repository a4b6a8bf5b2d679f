"""These tests hold the files of deploy/ to the code, and run those for which Debian has a program."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import sys
import time
import tomllib
from http.client import HTTPSConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trustme
import yaml
from gunicorn_sites import GunicornSite
from programs import required_program
from servers import START_S, free_port

from liveform.settings.table import variables
from webhelper import gunicorn_conf
from webhelper.config.environment import read_environment
from webhelper.config.operating_rules import MOST_DRAIN_S
from webhelper.config.settings import NAMES, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.client import HTTPMessage

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
HOST = "shop.example.com"
SECRET = "Zm9yIHRlc3RzIG9ubHksIGFuZCBzdHJvbmcu-"


def read(name: str) -> str:
    """Return a file of deploy/."""
    return (DEPLOY / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """Return the services of compose.yaml."""
    services: dict[str, Any] = yaml.safe_load(read("compose.yaml"))["services"]
    return services


class Proxy:
    """The nginx of deploy/nginx.conf in front of a site, on loopback."""

    def __init__(self, directory: Path, site: GunicornSite, port: int) -> None:
        self.directory = directory
        self.port = port
        self.plain_port = free_port()
        self._authority = trustme.CA()
        pair = self._authority.issue_cert("127.0.0.1")
        (directory / "key.pem").write_bytes(pair.private_key_pem.bytes())
        (directory / "chain.pem").write_bytes(b"".join(one.bytes() for one in pair.cert_chain_pems))
        (directory / "main.conf").write_text(self._main(site.port), encoding="utf-8")

    def _main(self, upstream_port: int) -> str:
        """Return a configuration that includes ours, with the addresses and paths of this test."""
        ours = read("nginx.conf")
        for old, new in {
            "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            "listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl",
            "server 127.0.0.1:8000;": f"server 127.0.0.1:{upstream_port};",
            "/etc/ssl/liveform/fullchain.pem": f"{self.directory}/chain.pem",
            "/etc/ssl/liveform/privkey.pem": f"{self.directory}/key.pem",
            "/var/log/nginx/": f"{self.directory}/",
        }.items():
            assert old in ours, old
            ours = ours.replace(old, new)
        paths = "".join(
            f"{name}_temp_path {self.directory}/{name};\n"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;\n" if os.geteuid() == 0 else ""  # who else may read the directory of a test
        return (
            f"daemon off;\n{user}pid {self.directory}/nginx.pid;\n"
            f"error_log {self.directory}/main.log;\nevents {{}}\nhttp {{\n{paths}{ours}}}\n"
        )

    def run(self) -> subprocess.Popen[bytes]:
        """Check the configuration, and start nginx."""
        words = [required_program("nginx"), "-c", str(self.directory / "main.conf")]
        checked = subprocess.run([*words, "-t"], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
        assert "[warn]" not in checked.stderr
        return subprocess.Popen(words)

    def call(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, HTTPMessage, str]:
        """Return status, headers and text of an answer."""
        context = ssl.create_default_context()
        self._authority.configure_trust(context)
        connection = HTTPSConnection("127.0.0.1", self.port, timeout=START_S, context=context)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """Yield nginx in front of gunicorn."""
    directory, port = tmp_path_factory.mktemp("proxied"), free_port()
    site = GunicornSite(
        directory,
        LIVEFORM_BASE_URL=f"https://127.0.0.1:{port}",
        LIVEFORM_PROXIES="1",
        LIVEFORM_LOG_FORMAT="json",
        LIVEFORM_METRICS_TOKEN=f"met-{SECRET}",
    )
    with site:
        nginx = Proxy(directory, site, port)
        process = nginx.run()
        try:
            _wait_for(nginx)
            yield nginx
        finally:
            process.terminate()
            process.wait(timeout=START_S)


def _wait_for(proxy: Proxy) -> None:
    end = time.monotonic() + START_S
    while True:
        try:
            assert proxy.call("GET", "/readyz")[0] == 200
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.05)
        else:
            return


def test_nginx_hands_requests_on_with_an_id_of_its_own(proxy: Proxy) -> None:
    """A site behind nginx answers, and nobody outside chooses the id of a request."""
    chosen = "chosen-by-a-client-0123"
    status, headers, _ = proxy.call("GET", "/healthz", **{"X-Request-Id": chosen})
    assert status == 200
    assert re.fullmatch("[0-9a-f]{32}", headers["X-Request-Id"])


@pytest.mark.parametrize("path", ["/healthz", "/sign-in", "/static/site.css", "/api/links", "/nowhere"])
def test_nginx_adds_no_header_that_the_site_sends(proxy: Proxy, path: str) -> None:
    """Each header comes once, HSTS too: browsers take no notice of a second one (RFC 6797 section 8.1)."""
    _, headers, _ = proxy.call("GET", path)
    names = [name.lower() for name in headers if name.lower() != "set-cookie"]
    assert sorted(set(names)) == sorted(names)
    assert headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_proxies_leave_security_headers_to_the_site(name: str) -> None:
    """HSTS and what else every answer has are written in one place, for whatever proxy is in front."""
    instructions = re.sub(r"#.*", "", read(name))
    assert "Strict-Transport-Security" not in instructions
    assert re.search(r"^\s*(?:add_header|header)\b", instructions, re.MULTILINE) is None


def test_nginx_keeps_metrics_inside(proxy: Proxy) -> None:
    """Metrics are not for the internet, whoever has the token."""
    for path in ("/metrics", "/kyc/metrics", "/%6Detrics"):
        assert proxy.call("GET", path, Authorization=f"Bearer met-{SECRET}")[0] == 404


def test_nginx_hands_on_nothing_that_moves_the_site(proxy: Proxy) -> None:  # A11
    """Headers of a client do not say where the site is."""
    _, usual, _ = proxy.call("GET", "/")
    status, headers, _ = proxy.call(
        "GET", "/", SCRIPT_NAME="//evil.example", **{"X-Forwarded-Host": "evil.example"}
    )
    assert (status, headers["Location"]) == (303, usual["Location"])


def test_nginx_takes_the_longest_return(proxy: Proxy) -> None:
    """A Return URL of 8,000 characters reaches the site, and is not in any log."""
    query = "encrypted=" + "planted" * 1_100
    assert proxy.call("GET", f"/return/default?{query}")[0] == 400
    assert proxy.call("GET", "/r/planted")[0] == 404
    for log in proxy.directory.glob("*.log"):
        assert "planted" not in log.read_text(encoding="utf-8")
    assert " GET 404 " in (proxy.directory / "liveform.log").read_text(encoding="utf-8")


def test_nginx_leads_to_https_on_the_host_of_the_site(proxy: Proxy) -> None:
    """A plain request is led to the host in the file, whatever host it names."""
    from http.client import HTTPConnection

    connection = HTTPConnection("127.0.0.1", proxy.plain_port, timeout=START_S)
    connection.request("GET", "/sign-in", headers={"Host": "evil.example"})
    assert connection.getresponse().headers["Location"] == f"https://{HOST}/sign-in"
    connection.close()


def test_unit_of_systemd_is_right(tmp_path: Path) -> None:
    """systemd reads the unit without a warning, and finds that the service may do little."""
    analyze = required_program("systemd-analyze")
    unit = tmp_path / "liveform.service"
    text = re.sub(r"/opt/liveform/bin/gunicorn", "/bin/true", read("liveform.service"))
    unit.write_text(text, encoding="utf-8")
    verified = subprocess.run([analyze, "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")
    rated = [analyze, "security", "--offline=true", "--threshold=20", str(unit)]
    assert subprocess.run(rated, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("name", ["liveform.service", "Containerfile"])
def test_threads_share_two_heaps(name: str) -> None:
    """With a heap for each thread, memory that one has freed serves no other."""
    assert re.search(r"^(Environment=|ENV .*)MALLOC_ARENA_MAX=2$", read(name), re.MULTILINE)


def test_whoever_stops_a_process_waits_for_it(compose: dict[str, Any]) -> None:
    """systemd and Compose wait for longer than gunicorn waits for its processes."""
    (timeout_s,) = re.findall(r"^TimeoutStopSec=(\d+)$", read("liveform.service"), re.MULTILINE)
    assert int(timeout_s) > gunicorn_conf.graceful_timeout > MOST_DRAIN_S
    assert int(compose["web"]["stop_grace_period"].removesuffix("s")) > gunicorn_conf.graceful_timeout


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_proxies_close_idle_connections_first(name: str) -> None:
    """A proxy gives a connection up before gunicorn does, so that no request meets a closed one."""
    seconds = [int(one) for one in re.findall(r"keepalive(?:_timeout)? (\d+)s", read(name))]
    assert seconds == [gunicorn_conf.keepalive - 1]


def test_caddy_writes_no_addresses() -> None:
    """The Caddyfile turns no access log on, leaves out the log with addresses, and its blocks are whole."""
    text = re.sub(r"#.*", "", read("Caddyfile"))
    assert re.findall(r"^\s*log\b.*", text, re.MULTILINE) == ["\tlog {"]
    assert "exclude http.log.error" in text
    assert text.count("{") == text.count("}")
    assert "@metrics path */metrics\n\trespond @metrics 404\n" in text


def test_image_has_what_it_copies_and_extras_that_there_are(compose: dict[str, Any]) -> None:
    """Each source of the image is in the tree and in its ignore file, and each extra in pyproject.toml."""
    containerfile, kept = read("Containerfile"), read("Containerfile.dockerignore")
    for words in re.findall(r"^COPY (?!--from)(.+) \S+$", containerfile, re.MULTILINE):
        for name in words.split():
            assert (ROOT / name).exists(), name
            assert f"!{name}\n" in kept
    (extras,) = re.findall(r"^ARG EXTRAS=(\S+)$", containerfile, re.MULTILINE)
    known = set(
        tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
            "optional-dependencies"
        ]
    )
    assert set(extras.split(",")) <= known
    assert set(compose["web"]["build"]["args"]["EXTRAS"].split(",")) <= known


def test_image_can_build_a_wheel_of_what_it_copies(tmp_path: Path) -> None:
    """With the copied files alone, without those that the ignore file leaves out, a wheel can be built."""
    for words in re.findall(r"^COPY (?!--from)(.+) \S+$", read("Containerfile"), re.MULTILINE):
        for name in words.split():
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, tmp_path / name)
    wheels = tmp_path / "wheels"
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(wheels)]
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [wheel.name.partition("-")[0] for wheel in wheels.iterdir()] == ["liveform"]


def test_services_of_compose_are_a_site_with_right_settings(compose: dict[str, Any], tmp_path: Path) -> None:
    """The example of an environment has the settings of a site, once its secrets are filled in."""
    lines = [line.partition("=") for line in read("example.env").splitlines() if line and line[0] != "#"]
    given = {name: value for name, _, value in lines}
    filled = given | {
        "LIVEFORM_SECRET_KEYS": f"key-{SECRET}",
        "LIVEFORM_API_TOKENS": f"{given['LIVEFORM_API_TOKENS']}tok-{SECRET}",
        "LIVEFORM_METRICS_TOKEN": f"met-{SECRET}",
        "LIVEFORM_PID": "shoppid001",
        "LIVEFORM_KEY": "an example of a key",
        "LIVEFORM_API_KEY": "an example of an API key",
        "POSTGRES_PASSWORD": "secret",
    }
    environ = filled | {
        name: re.sub(r"\$\{(\w+):\?\}", lambda found: filled[found[1]], value)
        for name, value in compose["web"]["environment"].items()
    }
    known = {f"LIVEFORM_{name}" for name in NAMES} | set(variables("LIVEFORM_"))
    assert {name for name in environ if name.startswith("LIVEFORM_")} <= known
    assert environ["LIVEFORM_STORE"] == "postgresql://liveform:secret@db/liveform"
    settings = read_settings(
        read_environment(environ | {"LIVEFORM_STORE": f"sqlite:///{tmp_path / 'links.db'}"})
    )
    assert (settings.base_url, settings.proxies, settings.log_format) == (f"https://{HOST}", 1, "json")
    assert (
        compose["db"]["environment"]["POSTGRES_USER"]
        == compose["db"]["environment"]["POSTGRES_DB"]
        == "liveform"
    )


def test_only_the_proxy_is_open_to_others(compose: dict[str, Any]) -> None:
    """Neither the web helper nor the database has a port on the host."""
    assert [name for name, service in compose.items() if "ports" in service] == ["proxy"]
    assert compose["web"]["read_only"] is True
    assert compose["proxy"]["environment"]["UPSTREAM"] == "web:8000"
    assert '"0.0.0.0:8000"' in read("Containerfile")

"""These tests check every rule of the settings, and that all faults are reported at once."""

import traceback
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outcomes import faults_of, outcome
from sites import BASE_URL, HOLDER, KEY, OTHER_KEY, TOKEN, VENDOR_KEY, projects, settings

from liveform import ConfigError, InlineKeyWarning, Project
from webhelper import create_app
from webhelper.config.rules import time_zone
from webhelper.config.settings import NAMES, Settings, read_settings
from webhelper.links.next_urls import NextUrls

LOOPBACK = "http://127.0.0.1:5000"
FORM = f"{LOOPBACK}/simulator"


def read(**changes: object) -> Settings:
    """Return settings that are valid but for ``changes``."""
    return read_settings(settings(Path("/tmp"), **changes))


def faults(**changes: object) -> dict[str, str]:
    """Return what is wrong with settings that have ``changes``, by setting."""
    return faults_of(lambda: read(**changes))


def test_settings_are_read_and_defaults_stand_for_the_rest() -> None:
    """Four settings are enough, and the others have defaults."""
    read_one = read_settings(
        {
            "BASE_URL": BASE_URL,
            "SECRET_KEYS": [KEY],
            "API_TOKENS": {HOLDER: TOKEN},
            "PROJECTS": {"shop": Project("abc123de45")},
        }
    )
    assert (read_one.store, read_one.state_field) == ("sqlite:///liveform-links.db", "cf3")
    assert (read_one.return_hosts, read_one.cors_origins) == (frozenset(), frozenset())
    assert (read_one.simulator, read_one.retention_days) == (False, 90)
    assert read_one.site_name == read_one.host == "shop.example.com"
    assert read_one.is_https


def test_settings_given_are_those_read() -> None:
    """A given setting is read, with hosts in small letters and origins without a slash."""
    read_one = read(
        SECRET_KEYS=(KEY, OTHER_KEY),
        STORE="sealed:",
        RETURN_HOSTS=["App.Example.com", "localhost:3000"],
        CORS_ORIGINS=["https://app.example.com", "http://localhost:3000/"],
        STATE_FIELD="cf1",
        SITE_NAME="예시 매장",
        RETENTION_DAYS=0,
    )
    assert read_one.secret_keys == (KEY, OTHER_KEY)
    assert (read_one.store, read_one.state_field, read_one.site_name) == ("sealed:", "cf1", "예시 매장")
    assert read_one.return_hosts == {"app.example.com", "localhost:3000"}
    assert read_one.cors_origins == {"https://app.example.com", "http://localhost:3000"}
    assert read_one.retention_days == 0
    assert set(read_one.projects) == {"plain", "shop", "signup"}


# Everything at once, by name and never by value


def test_settings_missing_are_told_at_once() -> None:
    """The four settings without a default are reported together if they are missing."""
    assert faults_of(lambda: read_settings({})) == dict.fromkeys(
        ["BASE_URL", "SECRET_KEYS", "API_TOKENS", "PROJECTS"], "is missing"
    )


def test_settings_wrong_are_told_at_once() -> None:
    """Wrong, missing and unknown settings are reported together."""
    wrong: dict[str, object] = dict.fromkeys(NAMES, object())
    del wrong["PROJECTS"]
    found = faults_of(lambda: read_settings(wrong | {"COLOUR": "red"}))
    assert set(found) == {*NAMES, "COLOUR"}
    assert found["PROJECTS"] == "is missing"


def test_secrets_are_never_told() -> None:
    """A secret in the wrong place does not appear in a message, repr or traceback."""
    secret = "PLANTED-Zm9yIHRlc3RzIG9ubHk-0123456789abcdef"
    places: list[dict[str, object]] = [{name: secret} for name in NAMES]
    places += [{name: [secret]} for name in NAMES]
    places += [{name: [secret, secret, "weak"]} for name in ("SECRET_KEYS", "RETURN_HOSTS", "CORS_ORIGINS")]
    places += [
        {"BASE_URL": f"https://{secret}@shop.example.com"},
        {"SECRET_KEYS": [secret, f" {secret}"]},
        {"API_TOKENS": {"till": secret, "door": secret}},
        {"API_TOKENS": {"till": f"{secret} "}},
        {"API_TOKENS": {secret: ""}},
        {"API_TOKENS": {secret: "till"}},
        {"SECRET_KEYS": [secret], "API_TOKENS": {"till": secret}},
        {"PROJECTS": {"shop": {"pid": "abc123de45", "key": secret}}},
        {"PROJECTS": {"shop": secret}},
        {"STORE": f"postgres://user:{secret}@host/db"},
        {"STORE": f"postgresql://user:{secret}@host/db"},
        {"SIMULATOR": True, "SECRET_KEYS": [secret]},
    ]
    refused = 0
    for changes in places:
        try:
            read_one = read(**changes)
        except ConfigError as error:
            refused += 1
            texts = [str(error), repr(error), repr(error.faults), *traceback.format_exception(error)]
            assert not any("PLANTED" in text for text in texts), changes
        else:
            assert "PLANTED" not in repr(read_one) or changes.keys() == {"SITE_NAME"}
    assert refused > len(places) // 2


def test_secrets_are_not_in_the_repr_of_settings() -> None:
    """The repr of settings shows neither keys, tokens, their digests nor the vendor's key."""
    text = repr(read(SECRET_KEYS=[KEY, OTHER_KEY]))
    for secret in (KEY, OTHER_KEY, TOKEN, VENDOR_KEY, "api_tokens", "secret_keys"):
        assert secret not in text


def test_tokens_are_kept_as_digests() -> None:
    """The settings keep a digest of 32 bytes for each API token, and not the token."""
    tokens = read().api_tokens
    assert set(tokens) == {HOLDER}
    assert len(tokens[HOLDER]) == 32
    assert TOKEN.encode() not in tokens[HOLDER]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("SECRET_KEY", "SECRET_KEYS"),
        ("base_url", "BASE_URL"),
        ("PROJECT", "PROJECTS"),
        ("CORS_ORIGIN", "CORS_ORIGINS"),
        ("STATEFIELD", "STATE_FIELD"),
        ("retention_days", "RETENTION_DAYS"),
    ],
)
def test_setting_that_is_none_is_refused_with_the_one_meant(name: str, meant: str) -> None:
    """A misspelt setting is refused with a guess at the right name."""
    assert faults(**{name: "x"}) == {name: f"is not a setting; did you mean {meant}?"}


@pytest.mark.parametrize("name", ["COLOUR", "DEBUG", "", "x" * 100])
def test_setting_like_no_other_is_refused(name: str) -> None:
    """An unknown setting is refused without a guess, and its name is cut to 31 characters."""
    assert faults(**{name: "x"}) == {name[:31]: "is not a setting"}


@pytest.mark.parametrize("mapping", [None, [], "BASE_URL", 7, object()])
def test_settings_that_are_no_mapping_are_refused(mapping: Any) -> None:
    """Settings that are not a mapping, such as a path, are refused."""
    assert faults_of(lambda: read_settings(mapping)) == {"settings": "must be a mapping"}


# Each rule: what it takes


@pytest.mark.parametrize(
    ("changes", "attribute", "value"),
    [
        ({"BASE_URL": "https://shop.example.com/"}, "base_url", "https://shop.example.com"),
        ({"BASE_URL": "https://shop.example.com:8443"}, "base_url", "https://shop.example.com:8443"),
        ({"BASE_URL": "http://localhost:8000"}, "base_url", "http://localhost:8000"),
        ({"BASE_URL": "http://127.0.0.1"}, "base_url", "http://127.0.0.1"),
        ({"BASE_URL": "http://[::1]:8000"}, "base_url", "http://[::1]:8000"),
        ({"BASE_URL": "https://xn--9d0bp1s.example"}, "base_url", "https://xn--9d0bp1s.example"),
        ({"SECRET_KEYS": {KEY}}, "secret_keys", (KEY,)),
        ({"STORE": "sqlite:////var/lib/links.db"}, "store", "sqlite:////var/lib/links.db"),
        ({"STORE": "postgresql://db.internal/links"}, "store", "postgresql://db.internal/links"),
        ({"RETURN_HOSTS": []}, "return_hosts", frozenset()),
        ({"RETURN_HOSTS": ["[::1]:3000"]}, "return_hosts", frozenset(["[::1]:3000"])),
        ({"RETURN_HOSTS": {"a.example": 1}.keys()}, "return_hosts", frozenset(["a.example"])),
        ({"STATE_FIELD": "cf2"}, "state_field", "cf2"),
        ({"SITE_NAME": None}, "site_name", "shop.example.com"),
        ({"SITE_NAME": "x"}, "site_name", "x"),
        ({"SITE_NAME": "x" * 60}, "site_name", "x" * 60),
        ({"TIME_ZONE": None}, "time_zone", None),
        ({"TIME_ZONE": "UTC"}, "time_zone", ZoneInfo("UTC")),
        ({"TIME_ZONE": "Asia/Seoul"}, "time_zone", ZoneInfo("Asia/Seoul")),
        ({"RETENTION_DAYS": 3650}, "retention_days", 3650),
        ({"SIMULATOR": False}, "simulator", False),
    ],
    ids=str,
)
def test_setting_within_its_rule_is_taken(changes: dict[str, object], attribute: str, value: object) -> None:
    """A setting at the limits of its rule is accepted."""
    assert getattr(read(**changes), attribute) == value


def test_settings_given_as_iterators_are_read_whole() -> None:
    """A list setting may be an iterator, and is read whole."""
    read_one = read(
        SECRET_KEYS=iter([KEY, OTHER_KEY]),
        RETURN_HOSTS=iter(["a.example", "b.example"]),
        CORS_ORIGINS=iter(["https://a.example", "https://b.example"]),
    )
    assert read_one.secret_keys == (KEY, OTHER_KEY)
    assert read_one.return_hosts == {"a.example", "b.example"}
    assert read_one.cors_origins == {"https://a.example", "https://b.example"}


@pytest.mark.parametrize(("base_url", "is_https"), [(BASE_URL, True), (LOOPBACK, False)])
def test_cookies_are_secure_where_the_site_is(base_url: str, is_https: bool) -> None:
    """A site counts as https if its BASE_URL does."""
    assert read(BASE_URL=base_url).is_https is is_https


@pytest.mark.parametrize("secret", ["a1B2c3D4e5" + "x" * 22, "0123456789" * 4, VENDOR_KEY])
def test_secret_that_is_strong_enough_is_taken(secret: str) -> None:
    """A secret of 32 characters, 10 of them different, is accepted."""
    assert read(SECRET_KEYS=[secret]).secret_keys == (secret,)
    assert set(read(API_TOKENS={"x" * 31: secret}).api_tokens) == {"x" * 31}


# Each rule: what it refuses


WEAK = [
    "",
    "dev",
    "a1B2c3D4e5" + "x" * 21,
    "123456789" * 4,
    "x" * 100,
    KEY + " ",
    KEY + "\n",
    KEY[:20] + " " + KEY[20:],
    KEY + "é",
    KEY + "\x00",
    KEY + "\ud800",
    KEY.encode(),
    None,
    7,
    [KEY],
]


@pytest.mark.parametrize("secret", WEAK, ids=ascii)
def test_secret_that_is_weak_is_refused(secret: Any) -> None:
    """A secret that is short, repetitive, with spaces or beyond ASCII is refused, with advice."""
    assert set(faults(SECRET_KEYS=[KEY, secret])) == {"SECRET_KEYS"}
    found = faults(API_TOKENS={"till": secret, "door": TOKEN})
    assert set(found) == {"API_TOKENS.till"}
    assert "token_urlsafe" in found["API_TOKENS.till"]


@pytest.mark.parametrize(
    "value", [[], (), "", KEY, {KEY: KEY}, None, 7, [[KEY]], [KEY, KEY], [KEY, None]], ids=ascii
)
def test_secret_keys_that_are_no_list_of_different_secrets_are_refused(value: Any) -> None:
    """SECRET_KEYS that is empty, a single text or has a key twice is refused."""
    assert set(faults(SECRET_KEYS=value)) == {"SECRET_KEYS"}


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        [TOKEN],
        TOKEN,
        None,
        7,
        {"a": TOKEN, "b": TOKEN},
        {"": TOKEN},
        {"x" * 32: TOKEN},
        {"a\nb": TOKEN},
        {7: TOKEN},
        {None: TOKEN},
        {TOKEN: "till"},
    ],
    ids=ascii,
)
def test_api_tokens_that_are_no_names_of_different_tokens_are_refused(value: Any) -> None:
    """API_TOKENS that is not a mapping of names to different tokens is refused."""
    assert set(faults(API_TOKENS=value)) == {"API_TOKENS"}


def test_api_token_that_is_a_secret_key_is_refused() -> None:
    """An API token that is also a secret key is refused, because its holder could sign links."""
    for holder in (KEY, OTHER_KEY):
        found = faults(SECRET_KEYS=[KEY, OTHER_KEY], API_TOKENS={"till": TOKEN, "door": holder})
        assert found == {"API_TOKENS": "must not contain one of SECRET_KEYS; its holder could sign links"}


@pytest.mark.parametrize(
    "value",
    [
        "",
        "shop.example.com",
        "//shop.example.com",
        "https://",
        "https:///",
        "http://shop.example.com",
        "ftp://shop.example.com",
        "javascript:alert(1)",
        "https://shop.example.com//",
        "https://shop.example.com/?a=b",
        "https://shop.example.com#top",
        "https://user:pass@shop.example.com",
        "https://Shop.Example.com",
        "https://shop.example.com:",
        "https://shop.example.com:99999",
        "https://shop.example.com:x",
        "https://shop..example.com",
        "https://.example.com",
        "https://shop.example.com.",
        "https://shop_1.example.com",
        "https://bücher.example",
        "https://shop.example.com\\evil.example",
        "https://shop.example.com evil",
        "https://[::1",
        "https://[zz]",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://192.168.0.7:8000",
        "https://shop.example.com:443",
        "http://localhost:80",
        None,
        7,
        b"https://shop.example.com",
        ["https://shop.example.com"],
    ],
    ids=ascii,
)
def test_base_url_that_is_not_of_https_is_refused(value: Any) -> None:
    """BASE_URL and CORS_ORIGINS accept https, and http on loopback, and nothing more."""
    assert set(faults(BASE_URL=value)) == {"BASE_URL"}
    assert set(faults(CORS_ORIGINS=["https://app.example.com", value])) == {"CORS_ORIGINS"}


@pytest.mark.parametrize(
    "value",
    [
        ["http://app.example.com"],
        ["https://app.example.com/done"],
        ["ftp://app.example.com"],
        ["https://"],
        ["myapp://kyc"],
        ["app.example.com:99999"],
        ["127.1"],
        ["[::g]"],
        ["app.example.com/"],
        ["*.example.com"],
        ["*"],
        [""],
        ["app.example.com "],
        ["a@app.example.com"],
        ["bücher.example"],
        ["app.example.com:123456"],
        ["app.example.com\n"],
        [None],
        ["a.example", 7],
        "app.example.com",
        {"app.example.com": True},
        None,
        7,
    ],
    ids=ascii,
)
def test_return_hosts_that_are_no_list_of_hosts_are_refused(value: Any) -> None:
    """RETURN_HOSTS accepts a list of host names, without patterns, paths or other schemes."""
    assert set(faults(RETURN_HOSTS=value)) == {"RETURN_HOSTS"}


@pytest.mark.parametrize(
    ("value", "host"),
    [
        ("[::1]:3000", "[::1]:3000"),
        ("http://[::1]:3000", "[::1]:3000"),
        ("http://[0:0:0:0:0:0:0:1]:3000/", "[::1]:3000"),
        ("http://localhost:3000", "localhost:3000"),
        ("http://localhost:80", "localhost"),
        ("https://App.Example.com", "app.example.com"),
        ("https://app.example.com:443", "app.example.com"),
        ("app.example.com:443", "app.example.com"),
    ],
)
def test_return_host_is_kept_as_browsers_write_it(value: str, host: str) -> None:  # L9
    """A host of RETURN_HOSTS may be copied with its scheme, and an IPv6 address may be written long."""
    read_one = read(RETURN_HOSTS=[value])
    assert read_one.return_hosts == {host}
    scheme = "http" if value.startswith("http:") else "https"
    assert NextUrls(read_one.return_hosts, ()).problem_of(f"{scheme}://{host}/done") is None


@pytest.mark.parametrize(
    ("value", "scheme"), [("myapp", "myapp"), ("MyApp:", "myapp"), ("com.example.app://", "com.example.app")]
)
def test_return_scheme_is_kept_in_lower_case(value: str, scheme: str) -> None:  # L8
    """A scheme of RETURN_SCHEMES may be written with its colon and slashes."""
    assert read(RETURN_SCHEMES=[value]).return_schemes == {scheme}


@pytest.mark.parametrize(
    "value",
    [
        ["https"],
        ["http"],
        ["HTTPS://"],
        ["javascript"],
        ["data"],
        ["file"],
        ["intent"],
        ["blob:"],
        [""],
        ["a"],
        ["1app"],
        ["my app"],
        ["myapp://kyc"],
        ["myäpp"],
        ["*"],
        "myapp",
        None,
    ],
    ids=ascii,
)
def test_return_scheme_of_no_app_is_refused(value: Any) -> None:  # L8
    """RETURN_SCHEMES accepts a list of schemes of apps, and none of browsers or systems."""
    assert set(faults(RETURN_SCHEMES=value)) == {"RETURN_SCHEMES"}


@pytest.mark.parametrize(
    ("base_url", "origin", "path"),
    [
        ("https://shop.example.com", "https://shop.example.com", ""),
        ("https://shop.example.com/", "https://shop.example.com", ""),
        ("https://shop.example.com/kyc", "https://shop.example.com", "/kyc"),
        ("https://shop.example.com/kyc/", "https://shop.example.com", "/kyc"),
        ("https://shop.example.com:8443/a/b-1_c.d~e", "https://shop.example.com:8443", "/a/b-1_c.d~e"),
        ("http://[0:0:0:0:0:0:0:1]:8000/kyc", "http://[::1]:8000", "/kyc"),
    ],
)
def test_base_url_may_have_a_path(base_url: str, origin: str, path: str) -> None:  # L6
    """A site is at the root of its host or under a path, which its cookies keep to."""
    read_one = read(BASE_URL=base_url)
    assert (read_one.base_url, read_one.origin, read_one.path) == (origin + path, origin, path)
    assert read_one.cookie_path == (path or "/")
    expected = "__Secure-" if path else "__Host-"
    assert read_one.cookie_prefix == (expected if base_url.startswith("https:") else "")


@pytest.mark.parametrize(
    "path", ["//", "/a//b", "/a//", "/../b", "/a/.", "/a b", "/%6b", "/한", "/a?b", "/a;b", "/a#"]
)
def test_base_url_with_another_path_is_refused(path: str) -> None:
    """BASE_URL accepts no path that browsers or proxies write in another way."""
    assert set(faults(BASE_URL=f"https://shop.example.com{path}")) == {"BASE_URL"}


@pytest.mark.parametrize("base_url", ["http://192.168.0.7:8000", "http://[fd00::7]:8000/kyc"])
def test_demo_may_be_in_a_private_network(base_url: str) -> None:  # O1
    """On that word alone, the simulator and http are allowed on an address of a private network."""
    port_and_path = ":8000/kyc" if base_url.endswith("/kyc") else ":8000"
    local = f"http://127.0.0.1{port_and_path}"
    of_demo = {"BASE_URL": base_url, "PROJECTS": projects(f"{local}/simulator")}
    read_one = read(SIMULATOR="lan", **of_demo)
    assert (read_one.is_in_lan, read_one.local_url) == (True, local)
    assert set(faults(SIMULATOR=True, **of_demo)) >= {"BASE_URL", "SIMULATOR"}
    assert set(faults(**of_demo)) == {"BASE_URL"}


@pytest.mark.parametrize(
    "base_url",
    ["https://192.168.0.7:8000", "https://shop.example.com", "http://8.8.8.8", "http://printer.local"],
)
def test_demo_elsewhere_is_refused(base_url: str) -> None:
    """The word is for http and addresses of private networks, not for names or the internet."""
    found = faults(BASE_URL=base_url, SIMULATOR="lan", PROJECTS=projects("http://127.0.0.1:8000/simulator"))
    assert set(found) & {"SIMULATOR", "BASE_URL"}


def test_demo_in_a_network_has_its_form_on_loopback_too() -> None:
    """The form of a demo's projects is named by its address on loopback, which the message tells."""
    found = faults(BASE_URL="http://192.168.0.7:8000", SIMULATOR="lan")
    assert "http://127.0.0.1:8000/simulator" in found["PROJECTS.shop"]


@pytest.mark.parametrize("value", ["LAN", "wan", "", 1, None, ["lan"]])
def test_simulator_of_another_word_is_refused(value: Any) -> None:
    """SIMULATOR is true, false or lan."""
    assert "SIMULATOR" in faults(SIMULATOR=value)


@pytest.mark.parametrize(
    "origin", ["capacitor://localhost", "ionic://localhost", "tauri://localhost/", "com.example.app://app"]
)
def test_origin_of_an_app_may_ask(origin: str) -> None:  # L8
    """CORS_ORIGINS accepts the origin of an app that is made of web pages."""
    assert read(CORS_ORIGINS=[origin]).cors_origins == {origin.removesuffix("/")}


@pytest.mark.parametrize(
    "origin",
    [
        "capacitor:",
        "capacitor://",
        "capacitor://localhost/x",
        "capacitor://localhost:3000",
        "Capacitor://localhost",
        "file://",
        "file://localhost",
        "chrome-extension://abcdef",
        "javascript://localhost",
        "https://app.example.com/kyc",
    ],
)
def test_origin_of_no_app_is_refused(origin: str) -> None:
    """CORS_ORIGINS accepts no path, no port of an app, and no scheme of the browser itself."""
    assert set(faults(CORS_ORIGINS=[origin])) == {"CORS_ORIGINS"}


@pytest.mark.parametrize(
    "value", [["*"], ["null"], "https://app.example.com", {"a": "b"}, None, 7], ids=ascii
)
def test_cors_origins_that_are_no_list_of_origins_are_refused(value: Any) -> None:
    """CORS_ORIGINS that is a wildcard, "null" or not a list is refused."""
    assert set(faults(CORS_ORIGINS=value)) == {"CORS_ORIGINS"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STORE", "sqlite:///"),
        ("STORE", "sqlite://links.db"),
        ("STORE", "links.db"),
        ("STORE", "sealed"),
        ("STORE", "SEALED:"),
        ("STORE", "postgresql://"),
        ("STORE", "postgres://host/db"),
        ("STORE", ""),
        ("STORE", None),
        ("STORE", 7),
        ("STORE", ["sealed:"]),
        ("STATE_FIELD", "cf4"),
        ("STATE_FIELD", "CF1"),
        ("STATE_FIELD", ""),
        ("STATE_FIELD", "userid"),
        ("STATE_FIELD", None),
        ("STATE_FIELD", ["cf1"]),
        ("SIMULATOR", "true"),
        ("SIMULATOR", 1),
        ("SIMULATOR", 0),
        ("SIMULATOR", None),
        ("SITE_NAME", ""),
        ("SITE_NAME", "x" * 61),
        ("SITE_NAME", "a\nb"),
        ("SITE_NAME", "\u202egpj"),
        ("SITE_NAME", 7),
        ("TIME_ZONE", ""),
        ("TIME_ZONE", "KST"),
        ("TIME_ZONE", "+09:00"),
        ("TIME_ZONE", "Asia"),
        ("TIME_ZONE", "Asia/Nowhere"),
        ("TIME_ZONE", "../Asia/Seoul"),
        ("TIME_ZONE", "/etc/localtime"),
        ("TIME_ZONE", "Asia/Se=" * 4_000),
        ("TIME_ZONE", "Asia/Seoul\0"),
        ("TIME_ZONE", 9),
        ("TIME_ZONE", True),
        ("RETENTION_DAYS", -1),
        ("RETENTION_DAYS", 3651),
        ("RETENTION_DAYS", "90"),
        ("RETENTION_DAYS", 1.5),
        ("RETENTION_DAYS", True),
        ("RETENTION_DAYS", None),
    ],
    ids=ascii,
)
def test_setting_beyond_its_rule_is_refused(name: str, value: Any) -> None:
    """A setting beyond the limits of its rule, or of another type, is refused."""
    assert set(faults(**{name: value})) == {name}


def test_every_time_zone_of_the_system_is_taken() -> None:
    """No name of the IANA database is beyond the rule of TIME_ZONE."""
    names = available_timezones()
    assert {str(time_zone("TIME_ZONE", name)) for name in names} == names


# Projects


def test_projects_are_objects_or_tables() -> None:
    """A project is an object or a table, and a key in the table causes a warning."""
    table = {"pid": "abc123de45", "cipher": "gcm", "key": VENDOR_KEY}
    with pytest.warns(InlineKeyWarning, match="key"):
        read_one = read(
            PROJECTS={"shop": Project("abc123de45"), "A-b_9": table, "x" * 64: {"pid": "abc123de45"}}
        )
    assert read_one.projects["A-b_9"].cipher == "gcm"
    assert set(read_one.projects) == {"shop", "A-b_9", "x" * 64}


@pytest.mark.parametrize("name", ["", "a b", "a/b", "a.b", "x" * 65, "한국", "a\n", 7, None], ids=ascii)
def test_project_of_a_name_that_cannot_stand_in_a_url_is_refused(name: Any) -> None:
    """A project name that does not fit into a URL is refused."""
    assert "names must be" in faults(PROJECTS={name: Project("abc123de45")})["PROJECTS"]


@pytest.mark.parametrize("value", [{}, [], None, "liveform.toml", 7, [Project("abc123de45")]], ids=ascii)
def test_projects_that_are_no_mapping_are_refused(value: Any) -> None:
    """PROJECTS that is empty or not a mapping is refused."""
    assert set(faults(PROJECTS=value)) == {"PROJECTS"}


def test_projects_wrong_are_told_at_once() -> None:
    """The faults of all projects are reported together, as PROJECTS.name.setting."""
    found = faults(
        PROJECTS={
            "a": {"pid": "", "cipher": "rot13"},
            "b": {"pid": "abc123de45", "kye": "x"},
            "c": 7,
            "projects": {},
            "d e": {},
            "f": Project("abc123de45"),
        }
    )
    assert {"PROJECTS", "PROJECTS.a.pid", "PROJECTS.a.cipher", "PROJECTS.c"} <= set(found)
    assert any(name.startswith("PROJECTS.b") for name in found)
    assert any(name.startswith("PROJECTS.projects") for name in found)


# The simulator


def test_simulator_on_loopback_with_its_own_forms_is_taken() -> None:
    """The simulator is allowed on loopback if every project's form is the simulator."""
    for base_url in (
        LOOPBACK,
        "http://localhost:5000",
        "https://127.0.0.1",
        "http://[::1]:5000",
        "http://127.8.8.8",
    ):
        read_one = read(BASE_URL=base_url, SIMULATOR=True, PROJECTS=projects(f"{base_url}/simulator"))
        assert read_one.simulator


def test_simulator_with_a_real_form_is_refused() -> None:
    """The simulator is refused beside a real form, and each project with one is named."""
    mixed = projects(FORM) | {"real": Project("abc123de45"), "real-2": Project("abc123de45")}
    assert set(faults(BASE_URL=LOOPBACK, SIMULATOR=True, PROJECTS=mixed)) == {
        "PROJECTS.real",
        "PROJECTS.real-2",
    }


@pytest.mark.parametrize(
    "form",
    [LOOPBACK, f"{LOOPBACK}/other", "http://localhost:5000/simulator", "http://127.0.0.1:5001/simulator"],
)
def test_simulator_with_the_form_of_another_server_is_refused(form: str) -> None:
    """The simulator is refused beside a form on another host, port or path."""
    assert set(faults(BASE_URL=LOOPBACK, SIMULATOR=True, PROJECTS=projects(form))) == {
        "PROJECTS.plain",
        "PROJECTS.shop",
        "PROJECTS.signup",
    }


def test_simulator_on_a_public_site_is_refused() -> None:
    """The simulator is refused on a public site, whatever its projects are."""
    found = faults(SIMULATOR=True, PROJECTS=projects(f"{BASE_URL}/simulator"))
    assert set(found) == {"SIMULATOR"}
    assert set(faults(SIMULATOR=True)) == {"SIMULATOR", "PROJECTS.plain", "PROJECTS.shop", "PROJECTS.signup"}


# Anything at all


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.binary()
    | st.just(object()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.integers(), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from(NAMES) | st.text(st.characters()) | st.integers(), ANYTHING, max_size=6)
)
def test_settings_of_anything_raise_only_config_errors(changes: dict[Any, object]) -> None:
    """A mapping of any keys and values gives settings or a ConfigError."""
    mapping = {**settings(Path("/tmp")), **changes}
    assert isinstance(outcome(lambda: read_settings(mapping)), Settings | ConfigError)


def test_store_that_cannot_be_opened_is_told_by_the_name_of_its_setting(tmp_path: Path) -> None:
    """A store that cannot be opened is refused at the start, under the name STORE."""
    with pytest.raises(ConfigError, match=r"^STORE: cannot be opened: "):
        create_app(settings(tmp_path, STORE=f"sqlite:///{tmp_path}"))

"""These tests run ``readReturn`` of liveform.js in Node: on a server, and on a page that is a stand-in."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from pages_in_node import MODULE, run_in_node

from liveform.returns import DYNAMIC_FIELDS

START = """
const helper = "https://helper.example";
const read = { status: "approved", state_ok: true, code: "a code", wait: "a.b.c" };
page.answers = [read];
const readReturn = (options) => liveform.readReturn({ helper, fetch: page.fetch, ...options });
const bodies = () => page.requests.map(({ body }) => JSON.parse(body));
const failing = (options) => readReturn(options).then(() => null, (error) => [error.name, error.code]);
const url = "https://app.example/done?kycStatus=approved";
"""
PAGE = """
globalThis.location = { href: "https://app.example/done?step=2&kycStatus=approved" };
const replaceState = (state, _, href) => Object.assign(location, { href, state });
globalThis.history = { state: null, replaceState };
"""


def in_node(script: str) -> Any:
    """Return what a script returns that reads returns in Node."""
    return run_in_node(START + script)


def test_server_reads_the_url_that_it_is_given() -> None:  # J7
    """On a server, a whole URL, a path, a query and a URL object are read, each time anew."""
    told = in_node("""
        const urls = [url, url, new URL(url), "/done?kycStatus=approved", "kycStatus=approved"];
        const results = [];
        for (const url of urls) results.push(await readReturn({ url }));
        return { results, bodies: bodies(), frozen: results.every(Object.isFrozen) };
    """)
    result = {"status": "approved", "errorCode": None, "stateOk": True, "code": "a code", "wait": "a.b.c"}
    assert told["results"] == [result | {"claimed": True}] * 5
    assert told["bodies"] == [{"query": "?kycStatus=approved"}] * 5
    assert told["frozen"]


def test_server_without_url_or_helper_gets_an_error_that_says_so() -> None:  # J7
    """Without a page there is no address to read; without a helper nobody is asked."""
    told = in_node("""
        const errors = [
            await failing({}),
            await failing({ url, helper: undefined }),
            await failing({ url, helper: "helper.example" }),
            await failing({ url, helper: "file:///helper" }),
            await failing({ url, helper: null }),
        ];
        const none = await readReturn({ url: "/done", helper: undefined });
        return { errors, none, sent: page.requests.length };
    """)
    assert told["errors"] == [["ReturnError", "url"], *[["ReturnError", "helper"]] * 4]
    assert told["none"] is None
    assert told["sent"] == 0


def test_module_defines_no_elements_where_there_are_none() -> None:  # J7
    """In Node, the module can be imported, and its classes are there."""
    names = in_node("return Object.keys(liveform).sort();")
    assert names == ["LiveformQr", "LiveformWait", "ReturnError", "readReturn", "waitForResult"]


def test_question_has_the_claims_alone_and_goes_nowhere_else() -> None:
    """The cookie goes with the claims; a referrer, the page's own parameters and redirects do not."""
    (request,) = in_node("""
        const all = "https://app.example/done?session=secret&step=2?encrypted=a+b/%2Bc==&errorCode=TK-1#/private";
        await readReturn({ url: all, project: "shop" });
        return page.requests;
    """)
    assert request == {
        "address": "https://helper.example/api/returns",
        "method": "POST",
        "headers": {"Content-Type": "application/json"},
        "body": '{"query":"?encrypted=a+b/%2Bc==&errorCode=TK-1","project":"shop"}',
        "credentials": "include",
        "redirect": "error",
        "referrerPolicy": "no-referrer",
    }


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ("kycStatus=approved&userid=u&email=e&cf1=1&cf2=2&cf3=3&submissionId=s&step=2", None),
        ("userid=u&email=e&kycStatus=approved", None),
        ("encrypted=A&userid=own&cf3=own", "?encrypted=A"),
        ("encrypted=A&kycStatus=approved", None),
        ("kycStatus=approved&kycStatus=pending", None),
        ("cf1=wh?at&kycStatus=approved", None),
        ("userid=own&step=2?kycStatus=approved&userid=u", "?kycStatus=approved&userid=u"),
        ("%6BycStatus=approved", None),
        ("kycStatus=%E0%A4%A", None),
        ("errorCode=", None),
    ],
)
def test_claims_are_sent_as_they_came(query: str, sent: str | None) -> None:
    """What the vendor wrote is sent as it is, also what the web helper will refuse; the page's own is not."""
    (body,) = in_node(f"await readReturn({{ url: 'https://app.example/done?{query}' }}); return bodies();")
    assert body == {"query": sent or f"?{query}".removesuffix("&step=2")}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ('"offline"', "network"),
        ('{ http: 502, text: "<h1>Bad gateway</h1>" }', "network"),
        ('{ http: 200, text: "<h1>Sign in to this Wi-Fi</h1>" }', "network"),
        ("{ http: 200 }", "network"),
        ('{ http: 200, text: "null" }', "network"),
        ('{ http: 500, error: "TypeError" }', "network"),
        ('{ http: 503, error: { code: "store", message: "later" } }', "store"),
        ('{ http: 422, error: { code: "field", message: "project is needed" } }', "field"),
        ('{ http: 429, error: { code: "malformed", message: "" } }', "malformed"),
    ],
)
def test_page_keeps_the_claims_until_there_is_an_answer(answer: str, code: str) -> None:  # J1
    """A failure that says nothing about the return leaves the address alone; the next call asks again."""
    told = in_node(
        PAGE
        + f"""
        page.answers = [{answer}, read];
        const errors = [await failing({{}})];
        const before = location.href;
        const result = await readReturn();
        return {{ errors, before, status: result.status, after: location.href, sent: page.requests.length }};
    """
    )
    assert told == {
        "errors": [["ReturnError", code]],
        "before": "https://app.example/done?step=2&kycStatus=approved",
        "status": "approved",
        "after": "https://app.example/done?step=2",
        "sent": 2,
    }


def test_web_helper_that_never_answers_is_not_waited_for() -> None:
    """After 30 seconds, the return is given up for now."""
    told = in_node("""
        page.answers = ["hang"];
        const watch = watched(readReturn({ url }));
        await page.advance(29_999);
        const before = watch.state;
        await page.advance(1);
        await page.settle();
        return [before, watch.code, page.timers.size];
    """)
    assert told == ["open", "network", 0]


def test_calls_at_once_and_later_get_the_same_result() -> None:  # J2
    """On a page, one request answers every call, before and after the address is clean."""
    told = in_node(
        PAGE
        + """
        const both = await Promise.all([readReturn(), readReturn()]);
        const later = await readReturn({ project: "another" });
        return [JSON.stringify(both[0]), ...both.map((one) => JSON.stringify(one)), JSON.stringify(later),
            page.requests.length];
    """
    )
    assert len(set(told[:4])) == 1
    assert told[4] == 1


@pytest.mark.parametrize(
    ("state", "kept"),
    [
        ("null", None),
        ("7", 7),
        ("[1, 'a?kycStatus=b']", [1, "a?kycStatus=b"]),
        ("{ key: 'x', idx: 0 }", {"key": "x", "idx": 0}),
        (
            "{ current: '/done?step=2&kycStatus=approved', scroll: { left: 0 } }",
            {"current": "/done?step=2", "scroll": {"left": 0}},
        ),
        ("{ current: '/#/done?kycStatus=approved' }", {"current": "/#/done"}),
    ],
)
def test_state_of_the_history_is_kept_without_claims(state: str, kept: object) -> None:
    """A router's state stays as it is, but for addresses with claims."""
    told = in_node(f"{PAGE} history.state = {state}; await readReturn(); return location.state;")
    assert told == kept


def test_page_that_may_not_change_its_history_has_the_result_still() -> None:
    """Where the browser forbids to change the address or to keep anything, the caller gets the result."""
    status = in_node(
        PAGE
        + """
        history.replaceState = () => { throw new Error("SecurityError"); };
        globalThis.sessionStorage = undefined;
        return (await readReturn()).status;
    """
    )
    assert status == "approved"


def test_entry_of_the_history_owns_its_answer() -> None:
    """Each visit to an address has its own answer when the visitor goes back; a new one has none."""
    told = in_node(
        PAGE
        + """
        const rejected = { ...read, status: "rejected" };
        page.answers = [rejected, read];
        globalThis.navigation = { currentEntry: { key: "first" } };
        const visit = (key, href) => {
            navigation.currentEntry = { key };
            location.href = `https://app.example/done${href}`;
            return readReturn().then((result) => result?.status ?? null);
        };
        return [
            await visit("first", "?kycStatus=rejected"),
            await visit("second", ""),
            await visit("third", "?kycStatus=approved"),
            await visit("first", ""),
            await visit("third", ""),
            await visit("third", "?step=2"),
            Object.keys(JSON.parse(page.stored.get("liveform-return"))),
        ];
    """
    )
    assert told == ["rejected", None, "approved", "rejected", "approved", None, ["first", "third"]]


def test_page_that_goes_on_before_the_answer_does_not_own_it() -> None:
    """The answer belongs to the entry of the history that had the claims, also if it comes late."""
    told = in_node(
        PAGE
        + """
        globalThis.navigation = { currentEntry: { key: "first" } };
        const answer = readReturn();
        navigation.currentEntry = { key: "second" };
        location.href = "https://app.example/done?step=2";
        const results = [(await answer).status, await readReturn()];
        navigation.currentEntry = { key: "first" };
        return [...results, (await readReturn()).status];
    """
    )
    assert told == ["approved", None, "approved"]


def test_tab_keeps_the_latest_answers() -> None:
    """A tab keeps the answers of its last ten returns over a reload."""
    told = in_node(
        PAGE
        + """
        for (let number = 0; number < 12; number += 1) {
            globalThis.navigation = { currentEntry: { key: `entry ${number}` } };
            location.href = `https://app.example/done?submissionId=${number}`;
            await readReturn();
        }
        return Object.keys(JSON.parse(page.stored.get("liveform-return")));
    """
    )
    assert told == [f"entry {number}" for number in range(2, 12)]


def test_url_of_an_app_leaves_the_answer_of_the_page() -> None:
    """A URL that is not the page's, such as an app's deep link, takes the page's own answer from nobody."""
    told = in_node(
        PAGE
        + """
        page.answers = [{ ...read, status: "rejected" }, read];
        const results = [await readReturn(), await readReturn({ url: "app://done?kycStatus=pending" })];
        results.push(await readReturn(), await readReturn({ url: location.href }));
        return [...results.map(({ status }) => status), page.requests.length];
    """
    )
    assert told == ["rejected", "approved", "rejected", "rejected", 2]


def test_router_that_fails_to_clean_does_not_take_the_answer_away() -> None:
    """What ``clean`` throws is written to the console, and the caller gets the result."""
    told = in_node(
        PAGE
        + """
        const written = [];
        console.error = (error) => written.push(error.message);
        const clean = () => { throw new Error("router"); };
        return [(await readReturn({ clean })).status, written];
    """
    )
    assert told == ["approved", ["router"]]


def test_server_keeps_nothing_of_one_visitor_for_the_next() -> None:
    """A server with a sessionStorage of its own, as in Node 25, keeps no result and no token there."""
    told = in_node("""
        delete globalThis.document;
        await readReturn({ url });
        const later = await readReturn({ url: "https://app.example/done" });
        return [page.stored.size, later, await liveform.waitForResult()];
    """)
    assert told == [0, None, None]


def test_claims_are_those_that_the_library_reads() -> None:
    """The module knows the same claims as ``Project.read_return``."""
    (names,) = re.findall(r"^const CLAIMS = (\[.*\]);$", MODULE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(json.loads(names)) == sorted(("encrypted", *DYNAMIC_FIELDS))

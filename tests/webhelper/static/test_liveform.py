"""These tests run ``waitForResult`` of liveform.js in Node, on a page whose clock is the test's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pages_in_node import run_in_node

START = """
const helper = "https://helper.example";
const waiting = { stage: "waiting", status: null, level: null, final: false, next_in_s: 5 };
const opened = { ...waiting, stage: "opened" };
const claimed = { stage: "returned", status: "approved", level: "claimed", final: false, next_in_s: 5 };
const pending = { stage: "confirmed", status: "pending", level: "confirmed", final: false, next_in_s: 60 };
const approved = { stage: "confirmed", status: "approved", level: "confirmed", final: true, next_in_s: 60 };
const changes = [];
const onChange = (answer) => changes.push([page.now / 1000, answer.stage, answer.level]);
const wait = (options) =>
  watched(liveform.waitForResult({ wait: "a.b.c", helper, fetch: page.fetch, onChange, ...options }));
const seconds = () => page.asked.map((moment) => moment / 1000);
"""


def in_node(script: str) -> Any:
    """Return what a script returns that uses liveform.js on a page of its own."""
    return run_in_node(START + script)


def test_waiting_tells_each_change_and_ends_with_the_confirmed_decision() -> None:
    """Each answer that differs is told once, and the promise ends with the final one."""
    told = in_node("""
        page.answers = [waiting, waiting, opened, claimed, approved];
        const watch = wait();
        await page.advance(60_000);
        const left = [page.listenersOf("online").size, page.timers.size];
        return { watch, changes, asked: seconds(), left };
    """)
    assert told["watch"]["state"] == "resolved"
    final = {"stage": "confirmed", "status": "approved", "level": "confirmed", "final": True}
    assert told["watch"]["value"] == final
    assert told["changes"] == [
        [0, "waiting", None],
        [10, "opened", None],
        [15, "returned", "claimed"],
        [20, "confirmed", "confirmed"],
    ]
    assert told["asked"] == [0, 5, 10, 15, 20]
    assert told["left"] == [0, 0]


def test_question_goes_to_the_web_helper_alone_and_says_nothing_else() -> None:
    """A question has no cookie, no referrer and no cache, and follows no redirect elsewhere."""
    (request, *_) = in_node("""
        page.answers = [approved];
        const watch = wait({ helper: "https://helper.example/any/path/?query#hash" });
        await page.advance(0);
        return page.requests;
    """)
    assert request == {
        "address": "https://helper.example/any/path/api/waits/a.b.c",
        "cache": "no-store",
        "credentials": "omit",
        "redirect": "error",
        "referrerPolicy": "no-referrer",
    }


@pytest.mark.parametrize(
    ("next_in_s", "pause"),
    [("5", 5), ("17", 17), ("60", 60), ("61", 60), ("3600", 60), ("4", 5), ("0", 60), ("-1", 5)]
    + [(odd, 60) for odd in ("null", "undefined", "NaN", '"soon"', "{}")],
)
def test_pace_is_the_web_helpers_within_5_and_60_seconds(next_in_s: str, pause: int) -> None:
    """The helper sets the pace; whatever it says, it is 5 to 60 seconds."""
    script = f"""
        page.answers = [{{ ...waiting, next_in_s: {next_in_s} }}];
        wait();
        await page.advance(130_000);
        return seconds();
    """
    assert in_node(script)[:3] == [0, pause, 2 * pause]


def test_pauses_are_spread_and_never_shorter() -> None:
    """A pause is up to a fifth longer than the pace, so that pages do not ask all at once."""
    assert in_node("""
        Math.random = () => 0.999_999;
        page.answers = [waiting];
        wait();
        await page.advance(20_000);
        return seconds().map((moment) => Math.round(moment * 1000) / 1000);
    """) == [0, 6, 12, 18]


@pytest.mark.parametrize("event", ["visibilitychange", "online", "pageshow"])
def test_waking_asks_at_once(event: str) -> None:
    """A page that wakes asks at once, and goes on at its pace from there."""
    script = f"""
        page.answers = [pending];
        wait();
        await page.advance(30_000);
        page.fire({event!r});
        await page.advance(65_000);
        return seconds();
    """
    assert in_node(script) == [0, 30, 90]


def test_waking_again_and_again_asks_every_5_seconds_at_most() -> None:
    """Events that come in a storm do not make more than one question in 5 seconds."""
    asked = in_node("""
        page.answers = [pending];
        wait();
        for (let step = 0; step < 200; step += 1) {
          await page.advance(100);
          page.fire("online");
          page.fire("visibilitychange");
        }
        return seconds();
    """)
    assert asked == [0, 5, 10, 15, 20]


def test_page_that_is_hidden_is_not_woken() -> None:
    """A page that becomes hidden is no reason to ask; it goes on at its pace."""
    assert in_node("""
        page.answers = [pending];
        wait();
        await page.advance(30_000);
        page.visibility = "hidden";
        page.fire("visibilitychange");
        await page.advance(40_000);
        return seconds();
    """) == [0, 60]


def test_question_from_before_the_sleep_is_given_up() -> None:
    """A question that nobody answers any more is given up when the page wakes, and asked again at once."""
    told = in_node("""
        page.answers = ["hang", approved];
        const watch = wait();
        await page.advance(4_999);
        page.fire("pageshow");
        await page.advance(0);
        const early = seconds();
        await page.advance(5_001);
        page.fire("pageshow");
        await page.advance(0);
        return { early, asked: seconds(), state: watch.state };
    """)
    assert told == {"early": [0], "asked": [0, 10], "state": "resolved"}


def test_answer_that_never_comes_is_given_up_after_30_seconds() -> None:
    """Without an answer for 30 seconds the question is asked again after the usual pause."""
    assert in_node("""
        page.answers = ["hang", opened];
        wait();
        await page.advance(41_000);
        return seconds();
    """) == [0, 35, 40]


def test_waking_during_a_question_that_fails_is_not_lost() -> None:
    """The network came back while a question was out: if that one fails, the next comes without a pause."""
    assert in_node("""
        page.answers = ["hang", "hang", opened];
        wait();
        await page.advance(2_000);
        page.fire("online");
        await page.advance(70_000);
        return seconds();
    """) == [0, 30, 70]


@pytest.mark.parametrize(
    "trouble",
    [
        '"offline"',
        "{ http: 500 }",
        '{ http: 502, text: "<html>bad gateway</html>" }',
        "{ http: 503 }",
        '{ http: 404, text: "<html>not found</html>" }',
        '{ http: 404, error: "nothing of ours" }',
        "{ http: 429 }",
        '{ text: "<html>a hotel wants you to sign in</html>" }',
        '{ text: "null" }',
        "{}",
        "{ stage: 7, final: true }",
    ],
)
def test_trouble_on_the_way_ends_nothing_and_slows_down(trouble: str) -> None:
    """What is no answer of the helper is asked again after 5, 10, 20, 40, then 60 seconds."""
    told = in_node(f"""
        page.answers = [{trouble}];
        const watch = wait();
        await page.advance(200_000);
        page.answers = [claimed, approved];
        await page.advance(70_000);
        return {{ asked: seconds(), state: watch.state, changes }};
    """)
    assert told["asked"] == [0, 5, 15, 35, 75, 135, 195, 255, 260]
    assert told["state"] == "resolved"
    assert [stage for _, stage, _ in told["changes"]] == ["returned", "confirmed"]


def test_answer_after_trouble_brings_the_pace_back() -> None:
    """After an answer, the next trouble starts again with the shortest pause."""
    assert in_node("""
        page.answers = ["offline", "offline", opened, "offline", opened];
        wait();
        await page.advance(27_000);
        return seconds();
    """) == [0, 5, 15, 20, 25]


@pytest.mark.parametrize(
    ("retry_after", "pause"),
    [
        ("5", 5),
        ("30", 30),
        ("120", 120),
        ("86400", 600),
        ("0", 5),
        ("-5", 5),
        ("soon", 5),
        ("", 5),
        ("Fri, 01 Jan 2027 00:01:30 GMT", 90),
        ("Thu, 31 Dec 2026 23:00:00 GMT", 5),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_kept_to(status: int, retry_after: str, pause: int) -> None:
    """A Retry-After, in seconds or as a date, is kept to for up to 10 minutes, whatever wakes the page."""
    asked = in_node(f"""
        const headers = {{ "Retry-After": {json.dumps(retry_after)} }};
        page.answers = [{{ http: {status}, headers }}, opened];
        wait();
        await page.advance(1_000);
        page.fire("online");
        await page.advance(603_000);
        return seconds();
    """)
    assert asked[:2] == [0, pause]


@pytest.mark.parametrize("status", [400, 403, 404, 410])
def test_bad_token_rejects_with_the_code_of_the_helper(status: int) -> None:
    """A refusal of the helper ends the waiting with a ReturnError, and the tab forgets the token."""
    told = in_node(f"""
        page.answers = [{{ http: {status}, error: {{ code: "unknown", message: "there is no such link" }} }}];
        const watch = wait();
        const other = wait();
        await page.advance(200_000);
        const later = watched(liveform.waitForResult());
        await page.settle();
        return {{ watch, other, asked: seconds(), later }};
    """)
    refused = {
        "state": "rejected",
        "name": "ReturnError",
        "code": "unknown",
        "message": "there is no such link",
    }
    assert (told["watch"], told["other"], told["asked"]) == (refused, refused, [0])
    assert told["later"] == {"state": "resolved", "value": None}


@pytest.mark.parametrize("token", ["", "a/b", "..", ".", "a b", "a?b", "é", "x" * 2001, "%2e", None, 7])
def test_value_that_is_no_token_is_not_sent(token: object) -> None:
    """What cannot be a token rejects before anything is asked."""
    told = in_node(f"""
        const watch = wait({{ wait: {json.dumps(token)} }});
        await page.advance(10_000);
        return {{ code: watch.code, name: watch.name, asked: seconds(), stored: page.stored.size }};
    """)
    assert told == {"code": "unknown", "name": "ReturnError", "asked": [], "stored": 0}


@pytest.mark.parametrize("helper", ["undefined", '""', '"helper"', '"file:///x"', '"javascript:x"', "null"])
def test_helper_that_is_no_address_is_refused(helper: str) -> None:
    """Without the address of a web helper, as in Node, the promise rejects with a ReturnError."""
    told = in_node(f"""
        const watch = wait({{ helper: {helper} }});
        await page.advance(10_000);
        return [watch.name, watch.code, page.asked.length];
    """)
    assert told == ["ReturnError", "helper", 0]


def test_until_returned_ends_with_the_claim() -> None:
    """``until: "returned"`` is content with what the return claims."""
    told = in_node("""
        page.answers = [opened, claimed];
        const watch = wait({ until: "returned" });
        const refused = wait({ until: "approved" });
        await page.advance(60_000);
        return { value: watch.value, refused: refused.name, asked: seconds() };
    """)
    assert (told["value"]["level"], told["refused"], told["asked"]) == ("claimed", "TypeError", [0, 5])


def test_confirmed_that_is_open_yet_is_waited_out() -> None:
    """A confirmed review ends nothing: only a decision does."""
    told = in_node("""
        page.answers = [pending, pending, approved];
        const watch = wait();
        await page.advance(130_000);
        return { value: watch.value.status, asked: seconds() };
    """)
    assert told == {"value": "approved", "asked": [0, 60, 120]}


def test_abort_ends_the_waiting_with_the_usual_error() -> None:
    """An AbortSignal ends the waiting with AbortError or its own reason, before it and during it."""
    told = in_node("""
        page.answers = [opened];
        const [early, late, own] = [new AbortController(), new AbortController(), new AbortController()];
        early.abort();
        const before = wait({ signal: early.signal });
        await page.advance(0);
        const asked = page.asked.length;
        const during = wait({ signal: late.signal });
        const reasoned = wait({ signal: own.signal });
        await page.advance(12_000);
        late.abort();
        own.abort(new RangeError("enough"));
        await page.advance(60_000);
        return { asked, before: before.name, during: during.name, reasoned: reasoned.name, all: seconds(),
                 listeners: page.listenersOf("online").size, timers: page.timers.size };
    """)
    assert told == {
        "asked": 0,
        "before": "AbortError",
        "during": "AbortError",
        "reasoned": "RangeError",
        "all": [0, 5, 10],
        "listeners": 0,
        "timers": 0,
    }


def test_callers_of_one_token_share_the_questions() -> None:
    """Two callers make one series of questions; the later one hears at once what is known."""
    told = in_node("""
        page.answers = [opened, opened, claimed, approved];
        const first = wait();
        await page.advance(7_000);
        const heard = [];
        const second = wait({ onChange: (answer) => heard.push([page.now / 1000, answer.stage]) });
        await page.advance(30_000);
        const third = wait({ onChange: (answer) => heard.push([page.now / 1000, answer.stage]) });
        await page.advance(0);
        return { states: [first.state, second.state, third.state], asked: seconds(), heard };
    """)
    assert told["states"] == ["resolved"] * 3
    assert told["asked"] == [0, 5, 10, 15]
    assert told["heard"] == [[7, "opened"], [10, "returned"], [15, "confirmed"], [37, "confirmed"]]


def test_caller_after_a_rejection_hears_of_the_next_try() -> None:
    """A rejection ends a wait; a caller 5 seconds later asks anew, since there may be a next try."""
    told = in_node("""
        const rejected = { ...approved, status: "rejected" };
        const checked = { ...claimed, status: "unknown" };
        page.answers = [rejected, checked, approved];
        const first = wait();
        await page.advance(4_999);
        const second = wait();
        await page.advance(0);
        const ended = [first.value.status, second.value.status, seconds()];
        await page.advance(1);
        const heard = [];
        const third = wait({ onChange: (answer) => heard.push([page.now / 1000, answer.status]) });
        await page.advance(30_000);
        return { ended, third: third.value.status, asked: seconds(), heard };
    """)
    assert told["ended"] == ["rejected", "rejected", [0]]
    assert told["third"] == "approved"
    assert told["asked"] == [0, 5, 10]
    assert told["heard"] == [[5, "unknown"], [10, "approved"]]


def test_caller_that_leaves_and_comes_back_asks_no_sooner() -> None:
    """React's StrictMode ends a waiting and starts it again: the answer that is on its way is used."""
    told = in_node("""
        page.answers = [opened];
        for (let step = 0; step < 20; step += 1) {
          const controller = new AbortController();
          wait({ signal: controller.signal });
          await page.advance(100);
          controller.abort();
        }
        wait();
        await page.advance(4_000);
        return { asked: seconds(), changes: changes.length };
    """)
    assert told == {"asked": [0, 5], "changes": 21}


def test_callers_of_two_tokens_ask_each_for_itself() -> None:
    """Two tokens are two series of questions."""
    assert in_node("""
        page.answers = [opened];
        wait();
        wait({ wait: "d.e.f" });
        wait({ helper: "https://other.example" });
        await page.advance(1_000);
        return page.requests.map(({ address }) => address);
    """) == [
        "https://helper.example/api/waits/a.b.c",
        "https://helper.example/api/waits/d.e.f",
        "https://other.example/api/waits/a.b.c",
    ]


def test_error_in_onchange_ends_that_caller_alone() -> None:
    """A mistake in one caller's ``onChange`` rejects its promise; the other caller goes on."""
    told = in_node("""
        page.answers = [opened, approved];
        const bad = wait({ onChange: () => { throw new SyntaxError("mine"); } });
        const good = wait();
        await page.advance(10_000);
        return [bad.name, good.state];
    """)
    assert told == ["SyntaxError", "resolved"]


def test_reload_goes_on_without_arguments() -> None:
    """After a reload, ``waitForResult()`` goes on with the last token and its helper."""
    told = in_node("""
        page.answers = [opened];
        wait();
        await page.advance(1_000);
        return [...page.stored];
    """)
    assert told == [["liveform-wait", '{"wait":"a.b.c","helper":"https://helper.example"}']]
    assert in_node("""
        page.stored.set("liveform-wait", '{"wait":"a.b.c","helper":"https://helper.example"}');
        page.answers = [approved];
        const watch = watched(liveform.waitForResult({ fetch: page.fetch }));
        await page.advance(0);
        return [watch.value.stage, page.requests[0].address];
    """) == ["confirmed", "https://helper.example/api/waits/a.b.c"]


@pytest.mark.parametrize(
    ("kept", "options"),
    [
        ("", "{}"),
        ("null", "{}"),
        ("no json", "{}"),
        ('{"wait":"a.b.c"}', "{}"),
        ('{"wait":"a.b.c","helper":"file:///x"}', "{}"),
        ('{"wait":"a.b.c","helper":"https://other.example"}', '{ helper: "https://helper.example" }'),
    ],
)
def test_nothing_to_wait_for_gives_null(kept: str, options: str) -> None:
    """Without a token of this tab, or with one of another helper, there is nothing to wait for."""
    told = in_node(f"""
        page.stored.set("liveform-wait", {json.dumps(kept)});
        const watch = watched(liveform.waitForResult({{ fetch: page.fetch, ...{options} }}));
        await page.advance(1_000);
        return [watch, page.asked.length];
    """)
    assert told == [{"state": "resolved", "value": None}, 0]


@pytest.mark.parametrize(
    "stored", ["undefined", "{ setItem() { throw new Error(); }, getItem() { throw new Error(); } }"]
)
def test_waiting_works_where_nothing_may_be_kept(stored: str) -> None:
    """A browser that keeps nothing for the page, and Node, can wait all the same."""
    told = in_node(f"""
        globalThis.sessionStorage = {stored};
        globalThis.addEventListener = globalThis.removeEventListener = undefined;
        page.answers = [opened, approved];
        const watch = wait();
        const without = watched(liveform.waitForResult());
        await page.advance(5_000);
        return [watch.state, without.value];
    """)
    assert told == ["resolved", None]

/**
 * liveform for frontends: read the Return URL without a key, show a link as a QR code, and wait for the confirmed result.
 *
 *   import { readReturn, waitForResult } from "https://helper.example/static/liveform.js";
 *   const result = await readReturn();
 *   const confirmed = await waitForResult({ wait: result.wait });
 *
 * A return contains claims, not proof. Only the vendor's API or webhook confirms the outcome. What a page learns is for its
 * reader: a server decides by what it asks itself.
 */

const HOME = homeOf(import.meta.url);
const CLAIMS = ["encrypted", "kycStatus", "submissionId", "userid", "email", "cf1", "cf2", "cf3", "errorCode"];
const OF_A_RETURN = ["encrypted", "kycStatus", "submissionId", "errorCode"]; // the others may be a page's own
const LAST_RETURN = "liveform-return";
const MOST_RETURNS = 10; // that a tab keeps

/** Return the address of the web helper that serves this module; null from a bundle, a CDN or Node: it has none there. */
function homeOf(address) {
  try {
    const { origin, pathname } = new URL(address);
    const path = /^(.*)\/static\/liveform\.js$/.exec(pathname)?.[1] ?? null;
    return origin !== "null" && path !== null ? origin + path : null;
  } catch {
    return null;
  }
}

/** The error of `readReturn` and `waitForResult`. Its `code`, such as "malformed", is the same in all releases. */
export class ReturnError extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.name = "ReturnError";
    this.code = code;
  }
}

/**
 * @typedef {object} ReturnResult
 * @property {"approved" | "pending" | "rejected" | "error" | "unknown"} status the claimed status; "error" after an error
 *   page, "unknown" for a status that is not known yet
 * @property {string | null} errorCode the vendor's error code, such as "TK-10001", if this page's address has it in plain
 * @property {boolean} stateOk whether the return belongs to a link of the web helper, and to this browser
 * @property {string | null} code what your server sends to `/api/results` for the claims; it works once, for ten minutes
 * @property {string | null} wait the token for `waitForResult` and `<liveform-wait>`; null without `stateOk`
 * @property {true} claimed always true, because the result is a claim
 */

/**
 * Read what the Return URL of this page claims.
 *
 * Only a page of the same site as the web helper (app.example.com and shop.example.com) gets `stateOk` and `code`: browsers
 * keep the web helper's cookie, which says who redeemed the link, from the pages of other sites.
 *
 * A page gets one answer, whoever asks and how often, also after a reload. Once it is there, the claims leave the address
 * bar. Without an answer they stay, so that a reload or another call tries again.
 *
 * @param {object} [options]
 * @param {string} [options.helper] address of the web helper; by default the one that serves this module
 * @param {string} [options.project] name of the project in the web helper; optional if there is only one
 * @param {string | URL} [options.url] the URL to read; by default that of this page
 * @param {boolean | ((address: string) => void)} [options.clean] whether to remove the claims from the address bar, by
 *   default true; or a function that does it, such as a router's: it gets the address without claims
 * @param {typeof globalThis.fetch} [options.fetch] a replacement for fetch, for tests
 * @returns {Promise<ReturnResult | null>} null if the URL has no claims, and the page had none
 * @throws {ReturnError} the return cannot be read, or the web helper cannot be reached
 */
export async function readReturn({ helper = HOME, project, url, clean = true, fetch = globalThis.fetch } = {}) {
  const address = addressToRead(url);
  const { query, rest } = withoutClaims(address);
  if (query === null) {
    return opened(answerOf(rest));
  }
  const owner = address === globalThis.location?.href ? entry() : null; // before the page can go on
  const answer = await answerTo(query, { helper: addressOf(helper), project, fetch });
  if (owner !== null) {
    keepAnswer(owner, { address: rest, ...answer });
  }
  cleanAddress(query, clean);
  return opened(answer);
}

/** Return the address that a caller means: a whole one on a page. */
function addressToRead(url) {
  const page = globalThis.location?.href;
  const text = String(url ?? page ?? "");
  if (text === "") {
    throw new ReturnError("url", "there is no page here; give the url to read");
  }
  try {
    return new URL(text, page).href;
  } catch {
    return text; // a path, such as a server sees it
  }
}

const answers = new Map(); // question -> the promise of its answer: frameworks mount a component twice

/** Return the answer to these claims. On a page they are sent once; a server has many pages, and remembers nothing. */
function answerTo(query, { helper, project, fetch }) {
  const question = JSON.stringify([helper, project, query]);
  const answer = answers.get(question) ?? sendClaims(query, { helper, project, fetch });
  if (globalThis.history !== undefined) {
    answers.set(question, answer);
    answer.catch(() => answers.delete(question));
  }
  return answer;
}

/** Send claims to the web helper: return what they say as `result`, or as `refusal` that nobody can read them. */
async function sendClaims(query, { helper, project, fetch }) {
  const { response, body } = await post(`${helper}/api/returns`, project === undefined ? { query } : { query, project }, fetch);
  if (response.ok && typeof body?.status === "string") {
    if (body.wait) {
      keepWait({ wait: body.wait, helper });
    }
    const { status, state_ok: stateOk, code = null, wait = null } = body;
    return { result: { status, errorCode: errorCodeOf(query), stateOk, code, wait, claimed: true } };
  }
  if (typeof body?.error?.code !== "string") {
    throw new ReturnError("network", "the web helper has not answered");
  }
  const { code, message = "the return cannot be read" } = body.error;
  if (response.status === 400 && code === "malformed") {
    return { refusal: { code, message } };
  }
  throw new ReturnError(code, message); // about the question or the web helper, not the return
}

async function post(address, content, fetch) {
  const question = new AbortController();
  const patience = setTimeout(() => question.abort(), PATIENCE_MS);
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(content),
      credentials: "include",
      redirect: "error", // claims go nowhere else
      referrerPolicy: "no-referrer",
      signal: question.signal,
    });
    return { response, body: await response.json() };
  } catch {
    throw new ReturnError("network", "the web helper cannot be reached");
  } finally {
    clearTimeout(patience);
  }
}

/** Return the result that an answer has, or throw its refusal. */
function opened(answer) {
  if (answer?.refusal) {
    throw new ReturnError(answer.refusal.code, answer.refusal.message);
  }
  return answer === null ? null : Object.freeze(answer.result);
}

const returns = new Map(); // entry of the history -> the address without claims, and the answer

/**
 * Return the key of the page's entry in the history (HTML standard section 7.2.6.3): it owns its answer, and no other
 * visit to the same address does. Browsers without keys have one answer for the tab.
 */
function entry() {
  return globalThis.navigation?.currentEntry?.key ?? "";
}

function keepAnswer(owner, answer) {
  returns.set(owner, answer);
  const others = Object.entries(kept(LAST_RETURN) ?? {}).filter(([key]) => key !== owner);
  keep(LAST_RETURN, Object.fromEntries([...others, [owner, answer]].slice(-MOST_RETURNS)));
}

/** Return the answer that the page of this address had before it was reloaded or left; else null. */
function answerOf(address) {
  const owner = globalThis.history === undefined ? null : entry();
  const answer = returns.get(owner) ?? (owner === null || isNewVisit() ? null : kept(LAST_RETURN)?.[owner]);
  return answer?.address === address && (answer.result || answer.refusal) ? answer : null;
}

/** Return whether the visitor has come here by a link or an address, not by reload or back. */
function isNewVisit() {
  return ["navigate", "prerender"].includes(globalThis.performance?.getEntriesByType?.("navigation")?.[0]?.type);
}

/**
 * Part an address into its claims, as a query, or null, and the rest, exactly as it was.
 *
 * The vendor does not document how it adds claims to a Return URL. They may follow a `?` or `&`, a second `?`, or be in the
 * fragment, where routers have a path and a query of their own.
 */
function withoutClaims(address) {
  const claims = [];
  let rest = "";
  for (const segment of segmentsOf(address)) {
    const names = claimsIn(segment);
    const own = segment.filter((piece) => !names.includes(nameOf(piece)));
    if (own.length === segment.length) {
      rest += segment.join("");
      continue;
    }
    claims.push(...segment.filter((piece) => names.includes(nameOf(piece))).map(withoutMark));
    if (own.length > 0) {
      const mark = segment[0].slice(0, segment[0].length - withoutMark(segment[0]).length);
      rest += (mark === "?" && /\?[^#]*$/.test(rest) ? "&" : mark) + own.map(withoutMark).join("&");
    }
  }
  return { query: claims.length > 0 ? `?${claims.join("&")}` : null, rest };
}

/** Return the pieces of an address between its `&`, in segments that begin at `?` and `#`. */
function segmentsOf(address) {
  const segments = [];
  for (const piece of address.split(/(?=[?#&])/)) {
    const last = segments[segments.length - 1];
    if (piece[0] === "&" && last !== undefined) {
      last.push(piece);
    } else if (piece[0] === "?" && last?.[0][0] === "?" && !CLAIMS.includes(nameOf(piece))) {
      last[last.length - 1] += piece; // part of a value
    } else {
      segments.push([piece]);
    }
  }
  return segments;
}

/** Return the names that are claims in this segment: none in a page's own; beside `encrypted`, those that say so themselves. */
function claimsIn(segment) {
  const names = segment.map(nameOf);
  if (!OF_A_RETURN.some((name) => names.includes(name))) {
    return [];
  }
  return names.includes("encrypted") ? OF_A_RETURN : CLAIMS;
}

function nameOf(piece) {
  return piece.includes("=") ? [...new URLSearchParams(withoutMark(piece)).keys()][0] : undefined;
}

function withoutMark(piece) {
  return piece.replace(/^[?#&]/, "");
}

/** Return a plain error code of a query, or null. Anybody can type one, so only its own form is shown. */
function errorCodeOf(query) {
  const code = new URLSearchParams(query).get("errorCode");
  return /^[A-Z]{2}-[0-9]{1,5}$/.test(code ?? "") ? code : null;
}

/** Remove claims from the address bar and the history, because they may contain personal data, if they are still there. */
function cleanAddress(read, clean) {
  const page = globalThis.location && globalThis.history ? withoutClaims(location.href) : null;
  if (clean === false || page === null || page.query !== read) {
    return;
  }
  if (typeof clean === "function") {
    try {
      clean(page.rest);
    } catch (error) {
      console.error(error); // the answer is there all the same
    }
    return;
  }
  try {
    history.replaceState(cleanState(history.state), "", page.rest);
  } catch {
    // a frame without a history
  }
}

/** Return a router's state without claims: Vue Router keeps addresses there, and puts them back into the history. */
function cleanState(state) {
  if (state === null || Object.getPrototypeOf(state) !== Object.prototype) {
    return state;
  }
  const cleaned = ([name, value]) => [name, typeof value === "string" ? withoutClaims(value).rest : value];
  return Object.fromEntries(Object.entries(state).map(cleaned));
}

/**
 * `<liveform-qr link="https://helper.example/r/..." preset="screen" label="Check your ID">`: the QR code of a link. The
 * image is also a link, for visitors who see the page on their phone.
 */
export class LiveformQr extends (globalThis.HTMLElement ?? Object) {
  static observedAttributes = ["link", "preset", "label"];

  connectedCallback() {
    this.#show();
  }

  attributeChangedCallback() {
    if (this.isConnected) {
      this.#show();
    }
  }

  #show() {
    const link = linkOf(this.getAttribute("link"));
    if (link === null) {
      this.textContent = "";
      return;
    }
    const label = this.getAttribute("label") ?? link.host;
    const image = new Image();
    image.src = `${link.href}/qr.svg?preset=${encodeURIComponent(this.getAttribute("preset") ?? "screen")}`;
    image.alt = `QR code: ${label}`;
    image.style.cssText = "display: block; width: 100%; height: auto; background: #fff";
    const anchor = document.createElement("a");
    anchor.href = link.href;
    anchor.rel = "noreferrer";
    anchor.append(image);
    this.textContent = "";
    this.append(anchor);
  }
}

/** Return the URL of a link without query and fragment, or null if the text is not one. */
function linkOf(text) {
  try {
    const { protocol, origin, pathname } = new URL(text);
    const isLink = ["https:", "http:"].includes(protocol) && /\/r\/[A-Z2-7]+$/i.test(pathname);
    return isLink ? new URL(origin + pathname) : null;
  } catch {
    return null;
  }
}

if (globalThis.customElements && !customElements.get("liveform-qr")) {
  customElements.define("liveform-qr", LiveformQr);
}

/**
 * @typedef {object} WaitAnswer
 * @property {"waiting" | "opened" | "returned" | "confirmed" | "expired" | "revoked"} stage how far the check is; the last two
 *   are the ends of a link that nobody opened
 * @property {"approved" | "pending" | "rejected" | "error" | "unknown" | null} status the outcome; null before the return
 * @property {"claimed" | "confirmed" | null} level whether the return claims it, or the vendor has confirmed it
 * @property {boolean} final whether nothing more is waited for now: a rejected visitor may try again
 */

const FASTEST_MS = 5_000; // between two questions, whatever happens
const SLOWEST_MS = 60_000;
const LONGEST_MS = 600_000; // that a Retry-After is followed
const PATIENCE_MS = 30_000; // for one answer
const SPREAD = 0.2; // pauses are up to a fifth longer, so that pages do not ask all at once
const WAKING = ["visibilitychange", "online", "pageshow"];
const FOR_A_WHILE = [408, 425, 429]; // refusals that pass
const WAIT_TOKEN = /^[\w-][\w.-]{0,1999}$/;
const LAST_WAIT = "liveform-wait";

/**
 * Wait until the vendor has confirmed a decision. This may take days, because people may have to look at it. Called again
 * after a rejection, it asks anew, since the visitor may have tried again.
 *
 * It asks the web helper alone, at the pace that the web helper sets. It goes on after sleep, in background tabs, without
 * network, and after a restart of the web helper. After a reload, `waitForResult()` without arguments goes on. Callers with
 * the same token share one series of questions, and the `fetch` of the first.
 *
 * @param {object} [options]
 * @param {string} [options.wait] the `wait` of a link or of `readReturn`; by default the last one of this tab
 * @param {string} [options.helper] address of the web helper; by default that of the last `wait`, or of this module
 * @param {AbortSignal} [options.signal] ends the waiting
 * @param {(answer: WaitAnswer) => void} [options.onChange] gets the first answer, and each that differs from the one before
 * @param {"confirmed" | "returned"} [options.until] "returned" waits for no more than what the return claims
 * @param {typeof globalThis.fetch} [options.fetch] a replacement for fetch, for tests
 * @returns {Promise<WaitAnswer | null>} the last answer; null if there is nothing to wait for
 * @throws {ReturnError} the token is not one of the web helper, or its week is over
 * @throws {DOMException} the AbortError of `signal`, or its reason
 */
export async function waitForResult({ wait, helper, signal, onChange, until = "confirmed", fetch = globalThis.fetch } = {}) {
  if (until !== "confirmed" && until !== "returned") {
    throw new TypeError('until must be "confirmed" or "returned"');
  }
  const asked = wait === undefined ? lastWait(helper) : { wait, helper: addressOf(helper ?? HOME) };
  if (asked === null) {
    return null;
  }
  if (typeof asked.wait !== "string" || !WAIT_TOKEN.test(asked.wait)) {
    throw new ReturnError("unknown", "this is not a token to wait with");
  }
  if (signal?.aborted) {
    throw reasonOf(signal);
  }
  keepWait(asked);
  try {
    return await lastAnswer(pollOf(asked, fetch), { signal, onChange, until });
  } catch (error) {
    if (error instanceof ReturnError && lastWait()?.wait === asked.wait) {
      keepWait(null);
    }
    throw error;
  }
}

/** Return a promise of the answer that ends the waiting, and hand on the answers before it. */
function lastAnswer(poll, { signal, onChange, until }) {
  return new Promise((resolve, reject) => {
    let heard = null;
    const caller = {
      hear(answer) {
        if (answer === heard) {
          return;
        }
        heard = answer;
        try {
          onChange?.(answer);
        } catch (error) {
          end(reject, error);
          return;
        }
        if (answer.final || (until === "returned" && answer.level !== null)) {
          end(resolve, answer);
        }
      },
      fail: (error) => end(reject, error),
    };
    const abort = () => end(reject, reasonOf(signal));
    const end = (settle, value) => {
      poll.leave(caller);
      signal?.removeEventListener("abort", abort);
      settle(value);
    };
    signal?.addEventListener("abort", abort);
    poll.join(caller);
  });
}

/** Return why a signal was aborted; older browsers do not say. */
function reasonOf(signal) {
  return signal.reason ?? new DOMException("the waiting was aborted", "AbortError");
}

/** The questions about one token. They outlive their callers, so that one who comes back does not ask any sooner. */
class Poll {
  #address;
  #fetch;
  #callers = new Set();
  #answer = null;
  #failures = 0;
  #due = 0; // the next question, in milliseconds of performance.now(): nobody can set that clock
  #soonest = 0; // the same if something wakes us
  #timer;
  #question = null; // the AbortController of the question that is out
  #woken = false; // since that question was asked

  constructor(address, fetch) {
    this.#address = address;
    this.#fetch = fetch;
  }

  join(caller) {
    if (this.#callers.size === 0) {
      WAKING.forEach((event) => globalThis.addEventListener?.(event, this.#wake));
    }
    this.#callers.add(caller);
    if (this.#answer?.final && this.#answer.status === "rejected" && performance.now() >= this.#soonest) {
      this.#answer = null; // the visitor may have tried again since
      this.#due = 0;
    }
    if (this.#answer !== null) {
      queueMicrotask(() => this.#callers.has(caller) && caller.hear(this.#answer));
    }
    this.#plan(this.#due);
  }

  leave(caller) {
    this.#callers.delete(caller);
    if (this.#callers.size === 0) {
      WAKING.forEach((event) => globalThis.removeEventListener?.(event, this.#wake));
      clearTimeout(this.#timer);
    }
  }

  /** Ask as soon as the pauses allow: the page was asleep, hidden or without network. */
  #wake = () => {
    if (globalThis.document?.visibilityState === "hidden") {
      return;
    }
    if (performance.now() >= this.#soonest) {
      this.#question?.abort(); // it is from before, and nobody may answer it any more
      this.#question = null;
    }
    this.#woken = this.#question !== null;
    this.#plan(this.#soonest);
  };

  #plan(due) {
    clearTimeout(this.#timer);
    this.#due = Math.max(due, this.#soonest);
    if (this.#callers.size > 0 && this.#question === null && !this.#answer?.final) {
      this.#timer = setTimeout(() => this.#ask(), this.#due - performance.now());
    }
  }

  async #ask() {
    const question = new AbortController();
    const patience = setTimeout(() => question.abort(), PATIENCE_MS);
    this.#question = question;
    this.#woken = false;
    this.#soonest = performance.now() + FASTEST_MS;
    const { answer, refusal, pause } = await ask(this.#address, this.#fetch, question.signal);
    clearTimeout(patience);
    if (this.#question !== question) {
      return; // another one is out, or planned
    }
    this.#question = null;
    if (answer !== undefined) {
      this.#hear(answer, pause);
    } else if (refusal !== undefined) {
      [...this.#callers].forEach((caller) => caller.fail(refusal));
    } else {
      this.#tryAgain(pause);
    }
  }

  #hear(answer, pause) {
    const isNew = ["stage", "status", "level", "final"].some((name) => answer[name] !== this.#answer?.[name]);
    this.#answer = isNew ? answer : this.#answer;
    this.#failures = 0;
    this.#plan(performance.now() + spread(pause));
    [...this.#callers].forEach((caller) => caller.hear(this.#answer));
  }

  #tryAgain(pause) {
    this.#soonest = Math.max(this.#soonest, performance.now() + pause);
    this.#failures += 1;
    const backoff = Math.min(SLOWEST_MS, FASTEST_MS * 2 ** (this.#failures - 1));
    const later = performance.now() + spread(Math.max(pause, backoff));
    this.#plan(this.#woken ? this.#soonest : later); // what failed may be from before the network was back
  }
}

const polls = new Map(); // address -> its poll

function pollOf({ wait, helper }, fetch) {
  const address = `${helper}/api/waits/${wait}`;
  if (!polls.has(address)) {
    polls.set(address, new Poll(address, fetch));
  }
  return polls.get(address);
}

/** Ask once: return an answer or a refusal, or neither if it may work later; and the pause that was asked for. */
async function ask(address, fetch, signal) {
  try {
    const response = await fetch(address, {
      signal,
      cache: "no-store",
      credentials: "omit",
      redirect: "error", // the address has the token
      referrerPolicy: "no-referrer",
    });
    const body = await response.json().catch(() => null);
    if (response.ok && typeof body?.stage === "string") {
      const { stage, status, level, final } = body;
      const pause = Math.min(Math.max(body.next_in_s * 1000 || SLOWEST_MS, FASTEST_MS), SLOWEST_MS);
      return { answer: Object.freeze({ stage, status, level, final }), pause };
    }
    const isForGood = response.status >= 400 && response.status < 500 && !FOR_A_WHILE.includes(response.status);
    if (isForGood && typeof body?.error?.code === "string") {
      return { refusal: new ReturnError(body.error.code, body.error.message) };
    }
    return { pause: retryAfter(response.headers.get("Retry-After")) };
  } catch {
    return { pause: 0 };
  }
}

/** Return the milliseconds of a Retry-After header (RFC 9110 section 10.2.3); 0 without a good one. */
function retryAfter(text) {
  const pause = /^\d+$/.test(text ?? "") ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return pause > 0 ? Math.min(pause, LONGEST_MS) : 0;
}

function spread(pause) {
  return pause * (1 + SPREAD * Math.random());
}

/** Return the web helper's address without a slash behind: questions go nowhere else. */
function addressOf(helper) {
  try {
    const { protocol, origin, pathname } = new URL(helper);
    if (protocol === "https:" || protocol === "http:") {
      return origin + pathname.replace(/\/+$/, "");
    }
  } catch {
    // not an address
  }
  throw new ReturnError("helper", "helper must be the address of the web helper, such as https://helper.example");
}

/** Keep what this tab waits for over a reload; where the browser forbids that, a reload ends the waiting. */
function keepWait(asked) {
  keep(LAST_WAIT, asked);
}

function keep(name, value) {
  try {
    storage().setItem(name, JSON.stringify(value));
  } catch {
    // blocked, full, or not a browser
  }
}

function kept(name) {
  try {
    return JSON.parse(storage().getItem(name));
  } catch {
    return null;
  }
}

/** Return what a tab keeps. A server may have a sessionStorage too (Node 25), which all its visitors would share. */
function storage() {
  return globalThis.document === undefined ? undefined : sessionStorage;
}

/** Return what this tab waited for last, if it was for this helper; else null. */
function lastWait(helper) {
  try {
    const last = kept(LAST_WAIT);
    const asked = { wait: last.wait, helper: addressOf(last.helper) };
    return helper === undefined || asked.helper === addressOf(helper) ? asked : null;
  } catch {
    return null;
  }
}

/** What `<liveform-wait>` says, by language, for each stage before the return and for each level and status after it. */
const WORDS = {
  en: {
    waiting: "Not opened yet. Scan the code with your phone to begin.",
    opened: "The check is open. Finish it there; this page changes by itself.",
    "claimed-approved": "Thank you, you are done. We are waiting for the result to be confirmed.",
    "claimed-pending": "Thank you. A person will look at it. This can take a while; you can close this page.",
    "claimed-rejected": "It seems that this did not work out. We are waiting for the result to be confirmed.",
    "claimed-error": "The check stopped before it was finished. Try again there, or ask for a new link.",
    "claimed-unknown": "Thank you, you are done. The result is not known yet.",
    "confirmed-approved": "Confirmed: your check was successful.",
    "confirmed-pending": "A person is looking at it. This can take a while; you can close this page.",
    "confirmed-rejected": "Confirmed: your check was not successful.",
    "confirmed-unknown": "The result is not known yet.",
    expired: "The link has expired before it was opened. Ask for a new one.",
    revoked: "The link can no longer be used. Ask for a new one.",
    lost: "This page can no longer follow the check.",
  },
  ko: {
    waiting: "아직 열지 않았습니다. 휴대폰으로 코드를 스캔하여 시작해 주세요.",
    opened: "확인 절차가 열렸습니다. 그곳에서 마치시면 이 페이지가 저절로 바뀝니다.",
    "claimed-approved": "감사합니다. 절차를 마치셨습니다. 결과가 확정되기를 기다리고 있습니다.",
    "claimed-pending": "감사합니다. 담당자가 검토할 예정입니다. 시간이 걸릴 수 있으며, 이 페이지는 닫으셔도 됩니다.",
    "claimed-rejected": "확인되지 않은 것으로 보입니다. 결과가 확정되기를 기다리고 있습니다.",
    "claimed-error": "확인이 끝나기 전에 중단되었습니다. 다시 시도하시거나 새 링크를 요청해 주세요.",
    "claimed-unknown": "감사합니다. 절차를 마치셨습니다. 결과는 아직 알 수 없습니다.",
    "confirmed-approved": "확정되었습니다. 신분 확인이 승인되었습니다.",
    "confirmed-pending": "담당자가 검토하고 있습니다. 시간이 걸릴 수 있으며, 이 페이지는 닫으셔도 됩니다.",
    "confirmed-rejected": "확정되었습니다. 신분 확인이 승인되지 않았습니다.",
    "confirmed-unknown": "결과는 아직 알 수 없습니다.",
    expired: "열기 전에 링크가 만료되었습니다. 새 링크를 요청해 주세요.",
    revoked: "이 링크는 더 이상 사용할 수 없습니다. 새 링크를 요청해 주세요.",
    lost: "이 페이지에서는 더 이상 진행 상황을 알 수 없습니다.",
  },
};
const TEXTS = Object.keys(WORDS.en).map((name) => `text-${name}`);

/**
 * `<liveform-wait wait="..." helper="https://helper.example">`: says how far a check is, until its result is confirmed.
 *
 * The words are English or Korean, as the element's language is. `text-opened="..."` replaces one of them, and so does
 * `<template slot="opened">...</template>` inside, with markup. What else is inside is shown until the first answer. Style it
 * by `data-stage`, `data-status` and `data-level`. Events: `liveform-change` and, at the end, `liveform-result`, with the
 * answer as `detail`; `liveform-error` with the ReturnError of a token that is not good.
 */
export class LiveformWait extends (globalThis.HTMLElement ?? Object) {
  static observedAttributes = ["wait", "helper", "lang", ...TEXTS];
  #abort = null;
  #name = null;
  #words = null;

  connectedCallback() {
    if (!this.hasAttribute("role")) {
      this.setAttribute("role", "status");
    }
    this.#restart();
  }

  disconnectedCallback() {
    this.#abort?.abort();
  }

  attributeChangedCallback(name) {
    if (name === "wait" || name === "helper") {
      this.#restart();
    } else {
      this.#show();
    }
  }

  /** Follow the token of the attributes, once the script that sets them has set all. */
  #restart() {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    queueMicrotask(() => !abort.signal.aborted && this.isConnected && this.#follow(abort.signal));
  }

  async #follow(signal) {
    const wait = this.getAttribute("wait");
    if (!wait) {
      return;
    }
    const helper = this.getAttribute("helper") ?? undefined;
    const onChange = (answer) => {
      this.#change(answer);
      this.#tell("liveform-change", answer);
    };
    try {
      const answer = await waitForResult({ wait, helper, signal, onChange });
      this.#tell("liveform-result", answer);
    } catch (error) {
      if (!signal.aborted) {
        this.#change({ stage: "lost", status: null, level: null });
        this.#tell("liveform-error", error);
      }
    }
  }

  #change({ stage, status, level }) {
    for (const [name, value] of Object.entries({ stage, status, level })) {
      if (value === null) {
        this.removeAttribute(`data-${name}`);
      } else {
        this.setAttribute(`data-${name}`, value);
      }
    }
    const name = level === null ? stage : `${level}-${status}`;
    this.#name = Object.keys(WORDS.en).includes(name) ? name : "claimed-unknown";
    this.#show();
  }

  #show() {
    if (this.#name === null) {
      return;
    }
    const children = [...this.children];
    const template = children.find((child) => child.localName === "template" && child.slot === this.#name);
    const own = template?.content.cloneNode(true) ?? this.getAttribute(`text-${this.#name}`);
    const language = this.matches(":lang(ko)") ? "ko" : "en";
    if (this.#words === null) {
      this.#words = document.createElement("span");
      this.textContent = "";
      this.append(...children.filter((child) => child.localName === "template"), this.#words);
    }
    this.#words.removeAttribute("lang");
    if (own === null) {
      this.#words.lang = language;
    }
    this.#words.textContent = "";
    this.#words.append(own ?? WORDS[language][this.#name]);
  }

  #tell(event, detail) {
    this.dispatchEvent(new CustomEvent(event, { bubbles: true, composed: true, detail }));
  }
}

if (globalThis.customElements && !customElements.get("liveform-wait")) {
  customElements.define("liveform-wait", LiveformWait);
}

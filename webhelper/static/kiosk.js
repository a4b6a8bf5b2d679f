/**
 * The kiosk: it shows a new code for the next customer, and a card for each customer who has opened one.
 *
 * Lifetimes are counted from the arrival of an answer with a monotonic clock, because a tablet's clock may be wrong.
 * All texts are in the page.
 */

const POLL_MS = 2_000;
const MAX_WAIT_MS = 10_000;
/** What a card can say, in this order, and how long it stays: never how it went, because everybody can read it. */
const STAGES = ["opened", "returned", "confirmed"];
const STAY_MS = { opened: 15 * 60_000, returned: 60_000, confirmed: 8_000 };
const MAX_IDS = 20;
const MEMORY = "kiosk";

const page = {
  root: document.getElementById("kiosk"),
  code: document.getElementById("code"),
  cover: document.getElementById("cover"),
  signedOut: document.getElementById("signed-out"),
  bar: document.getElementById("bar"),
  countdown: document.getElementById("countdown"),
  customers: document.getElementById("customers"),
  connection: document.getElementById("connection"),
  template: document.getElementById("customer"),
};

/** The code on the screen: {id, expires, renews, life}, in milliseconds of performance.now(). */
let current = null;
/** Codes that are watched: id -> {number, card, until}. A code that was opened has a number and a card with a stage. */
const watched = new Map();
let customers = 0;
let failures = 0;

class SignedOut extends Error {}

/** The site answers, but in private mode it has no token id for a new code just now. */
class NoTokenId extends Error {}

async function ask(address, options = {}) {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store", ...options });
  if (answer.status === 401) {
    throw new SignedOut();
  }
  if (answer.status === 503 && (await answer.json()).error.code === "no_token_id") {
    throw new NoTokenId();
  }
  if (!answer.ok) {
    throw new Error(String(answer.status));
  }
  return answer.json();
}

/** Request a code, and show it when its image has loaded. */
async function renew() {
  const code = await ask(page.root.dataset.codes, { method: "POST" });
  const now = performance.now();
  await show(code.qr_svg);
  current = { id: code.id, expires: now + code.expires_in * 1000, renews: now + code.renew_in * 1000, life: code.renew_in * 1000 };
  watched.set(code.id, { number: null, card: null, until: current.expires });
  remember();
}

async function show(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  page.code.src = address;
  page.cover.hidden = true;
}

/** Request the states of the watched codes. */
async function look() {
  const ids = [...watched.keys()].slice(-MAX_IDS);
  if (ids.length === 0) {
    return;
  }
  const query = new URLSearchParams(ids.map((id) => ["id", id]));
  const { links } = await ask(`${page.root.dataset.states}?${query}`);
  for (const link of links) {
    follow(link);
  }
  remember();
}

/** Update the screen for the state of one code. */
function follow(link) {
  const code = watched.get(link.id);
  if (code === undefined) {
    return;
  }
  if (link.uses > 0 && code.number === null) {
    customers += 1;
    code.number = customers;
    code.card = addCard(code.number);
    turn(code, "opened");
  }
  if (current?.id === link.id && link.state !== "active") {
    current = null;
  }
  if (code.card !== null && STAGES.indexOf(link.stage) > STAGES.indexOf(code.card.dataset.stage)) {
    turn(code, link.stage);
  }
}

function addCard(number) {
  const card = page.template.content.cloneNode(true).firstElementChild;
  card.querySelector("[data-number]").textContent = String(number);
  page.customers.append(card);
  return card;
}

/** Let a card say how far its customer is. */
function turn(code, stage) {
  const what = code.card.querySelector(".what");
  code.card.dataset.stage = stage;
  what.textContent = what.dataset[stage];
  code.until = performance.now() + STAY_MS[stage];
}

function forget() {
  const now = performance.now();
  for (const [id, code] of watched) {
    if (now > code.until) {
      code.card?.remove();
      watched.delete(id);
    }
  }
}

/** Draw the countdown, and cover a code that has expired. */
function tick() {
  const now = performance.now();
  const left = current === null ? 0 : Math.max(0, current.renews - now);
  const seconds = Math.ceil(left / 1000);
  page.countdown.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  page.bar.style.setProperty("--left", current === null ? 0 : left / current.life);
  if (current === null || now >= current.expires) {
    page.cover.hidden = false;
  }
  forget();
}

/** Request the states, and a new code if the current one was opened or expires soon; return the pause until the next round. */
async function round() {
  let connected = true;
  try {
    await look();
    if (current === null || performance.now() >= current.renews) {
      await renew();
    }
    failures = 0;
  } catch (error) {
    if (error instanceof SignedOut) {
      page.signedOut.hidden = false;
      page.connection.hidden = true;
      return MAX_WAIT_MS;
    }
    failures += 1;
    connected = error instanceof NoTokenId;
  }
  page.signedOut.hidden = true;
  page.connection.hidden = connected;
  return failures === 0 ? POLL_MS : Math.min(MAX_WAIT_MS, 500 * 2 ** failures) * (0.5 + Math.random() / 2);
}

async function run() {
  for (;;) {
    const pause = await round();
    await Promise.race([new Promise((resume) => setTimeout(resume, pause)), online()]);
  }
}

function online() {
  return new Promise((resume) => addEventListener("online", resume, { once: true }));
}

/** Keep the customers and their codes in the session, so that a reload does not lose them. */
function remember() {
  const opened = [...watched].filter(([, code]) => code.number !== null).map(([id, code]) => [id, code.number]);
  const waiting = [...watched].filter(([, code]) => code.number === null).map(([id]) => id);
  sessionStorage.setItem(MEMORY, JSON.stringify({ customers, opened, waiting }));
}

function recall() {
  const kept = JSON.parse(sessionStorage.getItem(MEMORY) ?? "null");
  if (kept === null) {
    return;
  }
  customers = kept.customers;
  for (const [id, number] of kept.opened) {
    const code = { number, card: addCard(number) };
    watched.set(id, code);
    turn(code, "opened");
  }
  for (const id of kept.waiting) {
    watched.set(id, { number: null, card: null, until: performance.now() + STAY_MS.opened });
  }
}

/** Keep the screen on, if the browser allows it. */
async function stayAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // low battery, or not allowed: the kiosk works without it
  }
}

addEventListener("visibilitychange", () => document.visibilityState === "visible" && stayAwake());
stayAwake();
recall();
setInterval(tick, 1000);
run();

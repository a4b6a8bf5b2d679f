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
const MAX_CARDS = 3;
const MEMORY = "kiosk";

const page = {
  root: document.getElementById("kiosk"),
  code: document.getElementById("code"),
  cover: document.getElementById("cover"),
  signedOut: document.getElementById("signed-out"),
  bar: document.getElementById("bar"),
  countdown: document.getElementById("countdown"),
  customers: document.getElementById("customers"),
  more: document.getElementById("more"),
  connection: document.getElementById("connection"),
  template: document.getElementById("customer"),
};

/**
 * The code on the screen, and the one that takes its place as soon as its image is loaded: {id, image, madeAt, expires,
 * renews, life}, in milliseconds of performance.now(), but for madeAt, which outlives the page.
 */
let shown = null;
let next = null;
/** Codes that are watched: id -> {number, card, until}. A code that was opened has a card with a stage. */
const watched = new Map();
let failures = 0;

class SignedOut extends Error {}

/** The site answers, but in private mode it has no token id for a new code just now. */
class NoTokenId extends Error {}

/** The site answers, but this tablet has made more codes than it may just now. */
class TooOften extends Error {}

/** There is a code, but the browser does not get its image or cannot draw it. */
class NoImage extends Error {}

async function ask(address, options = {}) {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store", ...options });
  if (answer.status === 401) {
    throw new SignedOut();
  }
  if (answer.status === 429) {
    throw new TooOften();
  }
  if (answer.status === 503 && (await answer.json()).error.code === "no_token_id") {
    throw new NoTokenId();
  }
  if (!answer.ok) {
    throw new Error(String(answer.status));
  }
  return answer.json();
}

/** Have a code on the screen that the next customer has time to open; make one only if there is none. */
async function renew() {
  if (next !== null && performance.now() >= next.renews) {
    next = null;
  }
  if (next === null && (shown === null || performance.now() >= shown.renews)) {
    const code = await ask(page.root.dataset.codes, { method: "POST" });
    next = codeOf({ ...code, madeAt: Date.now() });
    watched.set(next.id, { number: null, card: null, until: next.expires });
    remember();
  }
  if (next !== null) {
    await draw(next.image);
    shown = next;
    next = null;
    remember();
  }
}

function codeOf({ id, qr_svg: image, expires_in: expiresIn, renew_in: renewIn, madeAt }) {
  const start = performance.now() - (Date.now() - madeAt);
  const times = { expires: start + expiresIn * 1000, renews: start + renewIn * 1000, life: renewIn * 1000 };
  return { id, image, expiresIn, renewIn, madeAt, ...times };
}

async function draw(address) {
  const image = new Image();
  image.src = address;
  try {
    await image.decode();
  } catch {
    throw new NoImage();
  }
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
  links.forEach(follow);
  const known = new Set(links.map((link) => link.id));
  ids.filter((id) => !known.has(id)).forEach(drop);
  remember();
}

/** Stop watching a code: it is the one of a kiosk that this tablet was before, or has been deleted. */
function drop(id) {
  watched.get(id).card?.remove();
  watched.delete(id);
  leave(id);
}

/** Show a code no longer. */
function leave(id) {
  shown = shown?.id === id ? null : shown;
  next = next?.id === id ? null : next;
}

/** Update the screen for the state of one code. */
function follow(link) {
  const code = watched.get(link.id);
  if (code === undefined) {
    return;
  }
  if (link.uses > 0 && code.card === null) {
    welcome(code, link.number);
  }
  if (link.state !== "active") {
    leave(link.id);
  }
  if (code.card !== null && STAGES.indexOf(link.stage) > STAGES.indexOf(code.card.dataset.stage)) {
    turn(code, link.stage);
  }
}

/** Add the card of a customer who has opened a code. The newest is on top. */
function welcome(code, number) {
  code.number = number;
  code.card = page.template.content.cloneNode(true).firstElementChild;
  code.card.querySelector("[data-number]").textContent = String(number);
  page.customers.prepend(code.card);
  turn(code, "opened");
  fit();
}

/** Let a card say how far its customer is. */
function turn(code, stage) {
  const what = code.card.querySelector(".what");
  code.card.dataset.stage = stage;
  what.textContent = what.dataset[stage];
  code.until = performance.now() + STAY_MS[stage];
}

/** Show the newest cards, as many as there is room for, and the number of the others. Nothing else moves for them. */
function fit() {
  const cards = [...page.customers.children];
  const room = page.customers.parentElement;
  for (let count = Math.min(cards.length, MAX_CARDS); count >= 0; count -= 1) {
    cards.forEach((card, place) => (card.hidden = place >= count));
    page.more.hidden = count === cards.length;
    page.more.textContent = `+${cards.length - count}`;
    if (room.scrollHeight <= room.clientHeight) {
      return;
    }
  }
}

function forget() {
  const now = performance.now();
  for (const [id, code] of watched) {
    if (now > code.until) {
      code.card?.remove();
      watched.delete(id);
    }
  }
  fit();
}

/** Draw the countdown, and cover a code that has expired. */
function tick() {
  const now = performance.now();
  const left = shown === null ? 0 : Math.max(0, shown.renews - now);
  const seconds = Math.ceil(left / 1000);
  page.countdown.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  page.bar.style.setProperty("--left", shown === null ? 0 : left / shown.life);
  if (shown === null || now >= shown.expires) {
    page.cover.hidden = false;
  }
  forget();
}

/** Request the states, and a new code if the one on the screen was opened or expires soon; return the pause until the next round. */
async function round() {
  let connected = true;
  try {
    await look();
    await renew();
    failures = 0;
  } catch (error) {
    if (error instanceof SignedOut) {
      page.signedOut.hidden = false;
      page.connection.hidden = true;
      return MAX_WAIT_MS;
    }
    failures += 1;
    connected = [NoTokenId, TooOften, NoImage].some((kind) => error instanceof kind);
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

/** Keep the code, the customers and their codes in the session, so that a reload neither loses them nor makes another code. */
function remember() {
  const opened = [...watched].filter(([, code]) => code.card !== null).map(([id, code]) => [id, code.number]);
  const waiting = [...watched].filter(([, code]) => code.card === null).map(([id]) => id);
  const code = next ?? shown;
  const kept = code && { id: code.id, qr_svg: code.image, expires_in: code.expiresIn, renew_in: code.renewIn, madeAt: code.madeAt };
  try {
    sessionStorage.setItem(MEMORY, JSON.stringify({ code: kept, opened, waiting }));
  } catch {
    // blocked or full: a reload makes another code
  }
}

/** Go on with what the session has. What is unreadable, or of another version, is forgotten: the kiosk begins anew. */
function recall() {
  try {
    restore(JSON.parse(sessionStorage.getItem(MEMORY) ?? "null"));
  } catch {
    page.customers.replaceChildren();
    watched.clear();
    next = null;
  }
}

function restore(kept) {
  if (kept === null) {
    return;
  }
  for (const [id, number] of kept.opened) {
    const code = { number: null, card: null, until: 0 };
    watched.set(id, code);
    welcome(code, number);
  }
  for (const id of kept.waiting) {
    watched.set(id, { number: null, card: null, until: performance.now() + STAY_MS.opened });
  }
  if (kept.code && Date.now() >= kept.code.madeAt) {
    next = codeOf(kept.code);
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
addEventListener("resize", fit);
stayAwake();
recall();
setInterval(tick, 1000);
run();

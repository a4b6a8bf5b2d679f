/**
 * liveform for frontends: read the Return URL without a key, and show a link as a QR code.
 *
 *   import { readReturn } from "https://helper.example/static/liveform.js";
 *   const result = await readReturn();
 *
 * What comes back are claims, not proof. Only the vendor's API or webhook can tell the outcome.
 */

const HOME = new URL(import.meta.url).origin;
const CLAIMS = ["encrypted", "kycStatus", "submissionId", "userid", "email", "cf1", "cf2", "cf3", "errorCode"];

/** What `readReturn` rejects with. `code` stays the same between releases, such as "malformed" or "network". */
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
 * @property {"approved" | "pending" | "rejected" | null} status what is claimed; null after an error page
 * @property {string | null} submissionId the vendor's id of the submission
 * @property {string | null} errorCode such as "TK-10001"; only after an error page
 * @property {boolean} stateOk whether this browser came through a link of yours
 * @property {true} claimed always true: these are claims
 */

/**
 * Read what the Return URL of this page claims.
 *
 * @param {object} [options]
 * @param {string} [options.helper] address of the web helper; where this module came from
 * @param {string} [options.project] its name there; may be left out where there is only one
 * @param {string | URL} [options.url] the URL to read; that of this page
 * @param {boolean} [options.clean] whether the claims are taken out of the address bar (true)
 * @param {typeof globalThis.fetch} [options.fetch] another fetch, for tests
 * @returns {Promise<ReturnResult | null>} null if the URL is no return
 * @throws {ReturnError} it cannot be read, or the helper cannot be reached
 */
export async function readReturn({ helper = HOME, project, url = location.href, clean = true, fetch = globalThis.fetch } = {}) {
  const query = claimsOf(new URL(url, HOME));
  if (query === null) {
    return null;
  }
  if (clean) {
    cleanAddress();
  }
  let answer;
  let body;
  try {
    answer = await fetch(new URL("/api/returns", helper), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(project === undefined ? { query } : { query, project }),
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
    body = await answer.json();
  } catch {
    throw new ReturnError("network", "the web helper cannot be reached");
  }
  if (!answer.ok) {
    throw new ReturnError(body.error?.code ?? "unknown", body.error?.message ?? "the return cannot be read");
  }
  return Object.freeze({
    status: body.status,
    submissionId: body.submission_id,
    errorCode: body.error_code,
    stateOk: body.state_ok,
    claimed: true,
  });
}

/** The part of a URL that carries claims, as a query; null if there is none. How the vendor joins them is not documented. */
function claimsOf(url) {
  for (const part of [url.search, url.hash.replace(/^#/, "")]) {
    const start = part.lastIndexOf("?");
    for (const query of [part.slice(start + 1), part]) {
      const names = [...new URLSearchParams(query).keys()];
      if (CLAIMS.some((name) => names.includes(name))) {
        return `?${part.replace(/^\?/, "")}`;
      }
    }
  }
  return null;
}

/** Take the claims out of the address bar and the history: they hold personal data. */
function cleanAddress() {
  const url = new URL(location.href);
  for (const name of CLAIMS) {
    url.searchParams.delete(name);
  }
  if (claimsOf(new URL(url.hash, HOME)) !== null) {
    url.hash = "";
  }
  history.replaceState(history.state, "", url);
}

/**
 * `<liveform-qr link="https://helper.example/r/..." preset="screen" label="Check your ID">`: the QR code of a link, which
 * is a link itself for who holds the phone already.
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
      this.replaceChildren();
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
    this.replaceChildren(anchor);
  }
}

/** The address of a link, without query and fragment; null for anything else. */
function linkOf(text) {
  const url = URL.canParse(text ?? "") ? new URL(text) : null;
  if (url === null || !["https:", "http:"].includes(url.protocol) || !/^\/r\/[A-Z2-7]+$/i.test(url.pathname)) {
    return null;
  }
  return new URL(url.pathname, url.origin);
}

if (globalThis.customElements && !customElements.get("liveform-qr")) {
  customElements.define("liveform-qr", LiveformQr);
}

/**
 * liveform for frontends: read the Return URL without a key, and show a link as a QR code.
 *
 *   import { readReturn } from "https://helper.example/static/liveform.js";
 *   const result = await readReturn();
 *
 * A return contains claims, not proof. Only the vendor's API or webhook confirms the outcome.
 */

const HOME = new URL(import.meta.url).origin;
const CLAIMS = ["encrypted", "kycStatus", "submissionId", "userid", "email", "cf1", "cf2", "cf3", "errorCode"];

/** The error of `readReturn`. Its `code`, such as "malformed" or "network", is the same in all releases. */
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
 * @property {true} claimed always true, because the result is a claim
 */

/**
 * Read what the Return URL of this page claims.
 *
 * Only a page of the same site as the web helper (app.example.com and shop.example.com) gets `stateOk` and `code`: browsers
 * keep the web helper's cookie, which says who redeemed the link, from the pages of other sites.
 *
 * @param {object} [options]
 * @param {string} [options.helper] origin of the web helper; by default the origin of this module
 * @param {string} [options.project] name of the project in the web helper; optional if there is only one
 * @param {string | URL} [options.url] the URL to read; by default that of this page
 * @param {boolean} [options.clean] whether to remove the claims from the address bar; by default true
 * @param {typeof globalThis.fetch} [options.fetch] a replacement for fetch, for tests
 * @returns {Promise<ReturnResult | null>} null if the URL has no claims
 * @throws {ReturnError} the return cannot be read, or the web helper cannot be reached
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
      credentials: "include",
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
    errorCode: errorCodeOf(query),
    stateOk: body.state_ok,
    code: body.code,
    claimed: true,
  });
}

/** Return the part of a URL with claims, as a query, or null. The vendor does not document how it adds them to a URL. */
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

/** Return a plain error code of a query, or null. Anybody can type one, so only its own form is shown. */
function errorCodeOf(query) {
  const code = new URLSearchParams(query.slice(query.lastIndexOf("?") + 1)).get("errorCode");
  return /^[A-Z]{2}-[0-9]{1,5}$/.test(code ?? "") ? code : null;
}

/** Remove the claims from the address bar and the history, because they may contain personal data. */
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

/** Return the URL of a link without query and fragment, or null if the text is not one. */
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

/** Types of liveform.js, which says what everything does. */

/** The error of `readReturn` and `waitForResult`. */
export class ReturnError extends Error {
  constructor(code: string, message: string);
  /**
   * The same in all releases: "network" (not reached, try again), "malformed" (not a return that can be read), "helper" or
   * "url" (not given), "unknown" (not a token of the web helper), or another code of the web helper.
   */
  code: string;
}

/** What a Return URL claims: claims, not proof. */
export interface ReturnResult {
  /** "error" after an error page; "unknown" for a status that is not known yet. */
  readonly status: "approved" | "pending" | "rejected" | "error" | "unknown";
  /** The vendor's error code, such as "TK-10001", if the address has it in plain. */
  readonly errorCode: string | null;
  /** Whether the return belongs to a link of the web helper, and to this browser. */
  readonly stateOk: boolean;
  /** What your server sends to `/api/results`; it works once, for ten minutes. */
  readonly code: string | null;
  /** The token for `waitForResult` and `<liveform-wait>`; null without `stateOk`. */
  readonly wait: string | null;
  readonly claimed: true;
}

export interface ReadReturnOptions {
  /** Address of the web helper; needed unless the web helper itself serves the module. */
  helper?: string | undefined;
  /** Name of the project in the web helper; optional if there is only one. */
  project?: string | undefined;
  /** The URL to read; by default that of this page. */
  url?: string | URL | undefined;
  /** Whether to remove the claims from the address bar, or a function that does it: it gets the address without claims. */
  clean?: boolean | ((address: string) => void) | undefined;
  /** A replacement for fetch, for tests. */
  fetch?: typeof globalThis.fetch | undefined;
}

/** Read what the Return URL of this page claims; null if it is not a return. Rejects with a ReturnError. */
export function readReturn(options?: ReadReturnOptions): Promise<ReturnResult | null>;

/** How far a check is. */
export interface WaitAnswer {
  readonly stage: "waiting" | "opened" | "returned" | "confirmed" | "expired" | "revoked";
  /** Null before the return. */
  readonly status: "approved" | "pending" | "rejected" | "error" | "unknown" | null;
  /** Whether the return claims it, or the vendor has confirmed it. */
  readonly level: "claimed" | "confirmed" | null;
  /** Whether nothing more is waited for now: a rejected visitor may try again. */
  readonly final: boolean;
}

export interface WaitOptions {
  /** The `wait` of a link or of `readReturn`; by default the last one of this tab. */
  wait?: string | undefined;
  /** Address of the web helper; by default that of the last `wait`, or the one that serves the module. */
  helper?: string | undefined;
  /** Ends the waiting. */
  signal?: AbortSignal | undefined;
  /** Gets the first answer, and each that differs from the one before. */
  onChange?: ((answer: WaitAnswer) => void) | undefined;
  /** "returned" waits for no more than what the return claims. */
  until?: "confirmed" | "returned" | undefined;
  /** A replacement for fetch, for tests. */
  fetch?: typeof globalThis.fetch | undefined;
}

/** Wait for the confirmed result; null if there is nothing to wait for. Rejects with a ReturnError, or as `signal` says. */
export function waitForResult(options?: WaitOptions): Promise<WaitAnswer | null>;

/** `<liveform-qr>`: the QR code of a link. */
export class LiveformQr extends HTMLElement {
  static observedAttributes: string[];
  connectedCallback(): void;
  attributeChangedCallback(): void;
}

/** `<liveform-wait>`: says how far a check is, until its result is confirmed. */
export class LiveformWait extends HTMLElement {
  static observedAttributes: string[];
  connectedCallback(): void;
  disconnectedCallback(): void;
  attributeChangedCallback(name: string): void;
}

/** The names of the words of `<liveform-wait>`. */
export type WaitWords =
  | "waiting"
  | "opened"
  | `claimed-${"approved" | "pending" | "rejected" | "error" | "unknown"}`
  | `confirmed-${"approved" | "pending" | "rejected" | "unknown"}`
  | "expired"
  | "revoked"
  | "lost";

export interface LiveformQrAttributes {
  link?: string | undefined;
  preset?: string | undefined;
  label?: string | undefined;
}

export type LiveformWaitAttributes = {
  wait?: string | undefined;
  helper?: string | undefined;
} & { [words in WaitWords as `text-${words}`]?: string | undefined };

/** What `addEventListener` of an element, of the document and of the window gets. */
export interface LiveformEvents {
  "liveform-change": CustomEvent<WaitAnswer>;
  "liveform-result": CustomEvent<WaitAnswer>;
  "liveform-error": CustomEvent<ReturnError>;
}

/** Properties of React 19, which listens to events of custom elements by these names. */
export type LiveformEventProps = {
  [name in keyof LiveformEvents as `on${name}`]?: ((event: LiveformEvents[name]) => void) | undefined;
};

declare global {
  interface HTMLElementTagNameMap {
    "liveform-qr": LiveformQr;
    "liveform-wait": LiveformWait;
  }
  interface GlobalEventHandlersEventMap extends LiveformEvents {}
}

// @ts-ignore: only where React is installed; its types from 18.2.6 have JSX in the module, those of 19 nowhere else
declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "liveform-qr": React.DetailedHTMLProps<React.HTMLAttributes<LiveformQr>, LiveformQr> & LiveformQrAttributes;
      "liveform-wait": React.DetailedHTMLProps<React.HTMLAttributes<LiveformWait>, LiveformWait> &
        LiveformWaitAttributes &
        LiveformEventProps;
    }
  }
}

// A page whose clock, network and events are a test's. The script of the test arrives on standard input, and what it
// returns is written as JSON. It sees `liveform` (the module), `page` and `watched`.
import { readFileSync } from "node:fs";

class Page {
  now = 0;
  asked = []; // when, in milliseconds
  requests = []; // address and options of each question
  answers = []; // what the next questions get; the last one again and again
  listeners = new Map();
  timers = new Map();
  stored = new Map();
  visibility = "visible";
  #ids = 0;

  install() {
    Math.random = () => 0;
    performance.now = () => this.now;
    Date.now = () => Date.UTC(2027, 0, 1) + this.now;
    globalThis.setTimeout = (run, pause = 0) => {
      this.timers.set(++this.#ids, { run, at: this.now + Math.max(0, pause) });
      return this.#ids;
    };
    globalThis.clearTimeout = (id) => this.timers.delete(id);
    globalThis.addEventListener = (name, listener) => this.listenersOf(name).add(listener);
    globalThis.removeEventListener = (name, listener) => this.listenersOf(name).delete(listener);
    globalThis.sessionStorage = {
      getItem: (name) => this.stored.get(name) ?? null,
      setItem: (name, value) => this.stored.set(name, value),
    };
    const page = this;
    globalThis.document = {
      get visibilityState() {
        return page.visibility;
      },
    };
  }

  listenersOf(name) {
    return this.listeners.get(name) ?? this.listeners.set(name, new Set()).get(name);
  }

  fire(name) {
    [...this.listenersOf(name)].forEach((listener) => listener({ type: name }));
  }

  /** Let the clock run, and everything that is due. */
  async advance(milliseconds) {
    const end = this.now + milliseconds;
    for (;;) {
      await this.settle();
      const [id, timer] = [...this.timers].sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      if (timer === undefined || timer.at > end) {
        break;
      }
      this.timers.delete(id);
      this.now = Math.max(this.now, timer.at);
      timer.run();
    }
    this.now = end;
  }

  /** Let every promise that can go on do so. */
  settle() {
    return new Promise((resume) => setImmediate(resume));
  }

  fetch = (address, options) => {
    this.asked.push(this.now);
    this.requests.push({ address: String(address), ...options, signal: undefined });
    const answer = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
    if (answer === "hang") {
      return new Promise((_, reject) => {
        options.signal.addEventListener("abort", () => reject(options.signal.reason));
      });
    }
    if (answer === "offline") {
      return Promise.reject(new TypeError("Failed to fetch"));
    }
    const { http = 200, headers = {}, text, ...body } = answer;
    return Promise.resolve(new Response(text ?? JSON.stringify(body), { status: http, headers }));
  };
}

/** Return what a promise has come to. */
function watched(promise) {
  const watch = { state: "open" };
  promise.then(
    (value) => Object.assign(watch, { state: "resolved", value }),
    (error) => Object.assign(watch, { state: "rejected", name: error.name, code: error.code, message: error.message }),
  );
  return watch;
}

const { module, script } = JSON.parse(readFileSync(0, "utf8"));
const liveform = await import(module);
const page = new Page();
page.install();
const run = new Function("liveform", "page", "watched", `return (async () => { ${script} })();`);
process.stdout.write(JSON.stringify((await run(liveform, page, watched)) ?? null));

// Firefox, driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/). Its program is the first argument. Commands
// arrive as lines of JSON on standard input: { "goto": address }, { "reload": true } or { "script": expression }. Each
// answer is a line too.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import WebSocket from "ws";

const profile = mkdtempSync(join(tmpdir(), "firefox-"));
const options = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0", "about:blank"];
const firefox = spawn(process.argv[2], options, {
  env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: "1" },
  stdio: ["ignore", "ignore", "pipe"],
});
const ended = new Promise((resolve) => firefox.on("exit", resolve));

function listening() {
  return new Promise((resolve, reject) => {
    createInterface({ input: firefox.stderr }).on("line", (line) => {
      const address = /WebDriver BiDi listening on (ws:\S+)/.exec(line)?.[1];
      if (address !== undefined) {
        resolve(address);
      }
    });
    ended.then(() => reject(new Error("Firefox has ended")));
  });
}

function connected(address) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${address}/session`);
    socket.on("open", () => resolve(socket));
    socket.on("error", reject);
  });
}

const socket = await connected(await listening());
const waiting = new Map();
socket.on("message", (text) => {
  const { id, ...answer } = JSON.parse(text);
  waiting.get(id)?.(answer);
});

let last = 0;
async function send(method, params) {
  const id = ++last;
  socket.send(JSON.stringify({ id, method, params }));
  const { type, result, message } = await new Promise((resolve) => waiting.set(id, resolve));
  if (type === "error") {
    throw new Error(message);
  }
  return result;
}

// Fails after so many seconds without an answer: nobody would notice a test that waits for ever.
function within(seconds, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${seconds} s`)), 1000 * seconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// Opens a page, and once more if Firefox does not say that it has loaded: a page that goes elsewhere by itself at the
// same moment can end the first navigation without a word.
async function load(method, params) {
  const whole = { ...params, wait: "complete" };
  try {
    await within(30, send(method, whole));
  } catch {
    await within(60, send(method, whole));
  }
}

async function evaluate(expression, context) {
  const answer = await send("script.evaluate", {
    expression: `Promise.resolve(${expression}).then((value) => JSON.stringify(value ?? null))`,
    target: { context },
    awaitPromise: true,
  });
  if (answer.type === "exception") {
    throw new Error(answer.exceptionDetails.text);
  }
  return JSON.parse(answer.result.value);
}

try {
  await send("session.new", { capabilities: {} });
  const { contexts } = await send("browsingContext.getTree", {});
  const { context } = contexts[0];
  for await (const line of createInterface({ input: process.stdin })) {
    const { goto, reload, script } = JSON.parse(line);
    let value = null;
    if (goto !== undefined) {
      await load("browsingContext.navigate", { context, url: goto });
    } else if (reload) {
      await load("browsingContext.reload", { context });
    } else {
      value = await within(60, evaluate(script, context));
    }
    process.stdout.write(`${JSON.stringify(value)}\n`);
  }
} finally {
  socket.terminate();
  firefox.kill();
  await ended;
  rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
}

/** Scripts of the console's pages: local times, live states, copy, print, and a confirmation before revoking. */

const POLL_MS = 2_000;

/** Show times in the language of the page, and in the time zone of the site or, if it has none, of the browser. */
const { lang, dataset: { timeZone } } = document.documentElement;
const [minutes, seconds] = ["short", "medium"].map(
  (timeStyle) => new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle, timeZone }),
);

function showTimes(part) {
  for (const element of part.querySelectorAll("time")) {
    const format = "exact" in element.dataset ? seconds : minutes;
    element.textContent = format.format(new Date(element.dateTime));
  }
}

showTimes(document);

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-copy]");
  if (button !== null) {
    copy(button);
  }
});

async function copy(button) {
  const source = document.querySelector(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
  } catch {
    getSelection().selectAllChildren(source); // browsers have no clipboard without https: select the text to be copied by hand
    return;
  }
  const words = button.querySelector("span");
  const before = words.textContent;
  words.textContent = button.dataset.copied;
  setTimeout(() => (words.textContent = before), 2_000);
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => print());
}

for (const form of document.querySelectorAll("form[data-confirm]")) {
  const dialog = document.querySelector(form.dataset.confirm);
  form.addEventListener("submit", (event) => {
    if (dialog.returnValue !== "yes") {
      event.preventDefault();
      dialog.showModal();
    }
  });
  dialog.addEventListener("close", () => dialog.returnValue === "yes" && form.submit());
}

/** Show only the fields of the chosen form; the others are disabled, so that they are not sent. */
const pipeline = document.getElementById("pipeline");
if (pipeline !== null) {
  const fit = () => {
    for (const field of document.querySelectorAll("[data-pipelines]")) {
      const fits = field.dataset.pipelines.split(" ").includes(pipeline.value);
      field.hidden = !fits;
      const control = field.querySelector("input, select, textarea");
      control.disabled = !fits;
      control.required = field.dataset.neededBy?.split(" ").includes(pipeline.value) ?? false;
    }
    for (const group of document.querySelectorAll("details.group")) {
      group.hidden = group.querySelector("[data-pipelines]:not([hidden])") === null;
    }
  };
  pipeline.addEventListener("change", fit);
  fit();
}

/** Update the states of the links on this page. */
const list = document.querySelector("[data-states]");
const links = [...document.querySelectorAll("[data-link]")];

async function look() {
  const query = new URLSearchParams(links.map((element) => ["id", element.dataset.link]));
  const answer = await fetch(`${list.dataset.states}?${query}`, { headers: { Accept: "application/json" } });
  if (answer.status === 401) {
    signedOut();
  }
  if (!answer.ok) {
    return;
  }
  for (const link of (await answer.json()).links) {
    const element = links.find((one) => one.dataset.link === link.id);
    setBadge(element.querySelector('[data-badge="state"]'), { value: link.state });
    if (link.counts === null) {
      setBadge(element.querySelector('[data-badge="outcome"]'), { value: link.outcome, level: link.level });
    } else {
      setCounts(element.querySelector("[data-counts]"), link.counts);
    }
    element.querySelector("[data-uses]").textContent = link.uses_text;
  }
}

function setBadge(place, { value, level }) {
  const shown = place.firstElementChild?.dataset;
  if (value === null || (shown?.value === value && shown.level === level)) {
    return;
  }
  place.replaceChildren(badgeOf(value, level));
}

function badgeOf(value, level) {
  const badges = [...document.getElementById("badges").content.children];
  return badges.find((one) => one.dataset.value === value && one.dataset.level === level).cloneNode(true);
}

/** Show how many browsers came back to a link of many uses, and what their visits show. */
function setCounts(place, { returned_text: returned, kinds }) {
  place.querySelector("[data-returned]").textContent = returned;
  place.querySelectorAll(".count").forEach((count) => count.remove());
  for (const [value, level, number] of kinds) {
    const count = document.createElement("span");
    count.className = "count";
    count.append(badgeOf(value, level), ` × ${number}`);
    place.append(" ", count);
  }
}

/** Leave the page, which may show what is personal, for the sign-in, which leads back to it. */
function signedOut() {
  location.reload();
}

/** Replace the parts of the page that have news, but not one that somebody uses. */
async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html", "X-Page-Refresh": "1" } });
  if (answer.redirected) {
    signedOut();
  }
  if (!answer.ok || answer.redirected) {
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const news = fresh.getElementById(part.id);
    if (news === null || part.contains(document.activeElement)) {
      continue;
    }
    showTimes(news);
    if (news.innerHTML !== part.innerHTML) {
      part.replaceWith(document.adoptNode(news));
    }
  }
}

const jobs = [];
if (list !== null && links.length > 0) {
  jobs.push(look);
}
if (document.querySelector("[data-live]") !== null) {
  jobs.push(refresh);
}

function doJobs() {
  if (document.visibilityState === "visible") {
    jobs.forEach((job) => job().catch(() => {})); // errors are ignored: the next request may succeed
  }
}

setInterval(doJobs, POLL_MS);

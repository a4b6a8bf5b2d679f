/** The page shows news by itself, but not in a part in which somebody reads or types. */

const EVERY_MS = 3_000;

async function refresh() {
  if (document.hidden || getSelection()?.type === "Range") {
    return;
  }
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) {
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      replace(part, page.getElementById(part.id));
    }
  } catch {
    // The simulator has stopped: what is shown stays.
  }
}

function replace(part, fresh) {
  if (fresh === null || part.contains(document.activeElement)) {
    return;
  }
  for (const open of part.querySelectorAll("details[open]")) {
    fresh.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute("open", "");
  }
  if (fresh.innerHTML !== part.innerHTML) {
    part.replaceWith(document.adoptNode(fresh));
  }
}

setInterval(refresh, EVERY_MS);

/** The inbox shows new requests and events by itself, unless somebody reads or types in it. */

const EVERY_MS = 3_000;

async function refresh() {
  const live = document.getElementById("live");
  if (document.hidden || live.contains(document.activeElement) || getSelection()?.type === "Range") {
    return;
  }
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) {
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const open of live.querySelectorAll("details[open]")) {
      page.getElementById(open.id)?.setAttribute("open", "");
    }
    const fresh = page.getElementById("live");
    if (fresh !== null && fresh.innerHTML !== live.innerHTML) {
      live.replaceWith(document.adoptNode(fresh));
    }
  } catch {
    // The simulator has stopped: what is shown stays.
  }
}

setInterval(refresh, EVERY_MS);

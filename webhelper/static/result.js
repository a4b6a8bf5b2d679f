/** The result page: it shows the newest outcome without a reload. All texts are in the page. */

import { waitForResult } from "./liveform.js";

const verdict = document.querySelector("[data-wait]");

/** Show another outcome; the same one again changes nothing, so that nothing is read out twice. */
function show({ status, level, final }) {
  const words = document.getElementById(`${level}-${status}`);
  if (words === null || (status === verdict.dataset.status && level === verdict.dataset.level)) {
    return;
  }
  verdict.style.minHeight = `${verdict.getBoundingClientRect().height}px`; // what is below does not move up
  verdict.replaceChildren(words.content.cloneNode(true));
  Object.assign(verdict.dataset, { status, level });
  document.title = words.dataset.title;
  document.querySelector(".live")?.classList.toggle("over", final);
  for (const element of document.querySelectorAll("[data-for]")) {
    element.hidden = element.dataset.for !== status;
  }
}

if (verdict !== null) {
  waitForResult({ wait: verdict.dataset.wait, onChange: show }).catch(() => {}); // the page stays as it is
}

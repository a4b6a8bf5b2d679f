// A page on http://127.0.0.1:3000 with the helper of `make demo` on port 8000. Serve it with
//   python -m http.server 3000 --bind 127.0.0.1 --directory examples/frontend
// and open http://127.0.0.1:3000/?link=<a link from the console>. In the simulator, choose this page as Return URL.
// `helper` in the query says where the helper is, if it is somewhere else.
const query = new URLSearchParams(location.search);
const helper = query.get("helper") ?? sessionStorage.getItem("helper") ?? "http://127.0.0.1:8000";
sessionStorage.setItem("helper", helper);
const { readReturn } = await import(new URL("/static/liveform.js", helper));

const status = document.getElementById("status");
const details = document.getElementById("details");

try {
  const result = await readReturn({ helper, project: "shop" });
  if (result === null) {
    showCode();
  } else {
    show(result);
  }
} catch (error) {
  status.textContent = `The return cannot be read (${error.code}).`;
}

function showCode() {
  const code = document.createElement("liveform-qr");
  code.setAttribute("link", query.get("link") ?? "");
  code.setAttribute("label", "Open the identity check");
  document.querySelector("main").append(code);
}

function show(result) {
  // Claims, not proof: thank the visitor, and send `result.code` to your server. There it is exchanged once, with an
  // API token, at /api/results for the submission's id; then the vendor's API or webhook confirms the outcome.
  status.textContent = result.status === "error" ? "The check stopped before its end." : "Thank you. We are checking.";
  for (const element of details.querySelectorAll("[data-member]")) {
    element.textContent = String(result[element.dataset.member] ?? "none");
  }
  details.hidden = false;
}

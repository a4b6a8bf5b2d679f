// liveform.js does the waiting; this page shows what it says. Nothing is decided here: /welcome asks the web helper.
const main = document.querySelector("main");

document.addEventListener("liveform-change", ({ detail }) => {
  main.dataset.stage = detail.stage;
  main.dataset.status = detail.status ?? "";
});

document.addEventListener("liveform-result", ({ detail }) => {
  document.getElementById("go-on").hidden = detail.status !== "approved";
  document.getElementById("again").hidden = detail.status === "approved";
});

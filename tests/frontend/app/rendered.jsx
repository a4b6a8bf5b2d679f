// What a server sends, and what React then makes of it; a difference between the two is an error here.
import { StrictMode } from "react";
import { hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { Code } from "./Code.jsx";

const link = new URLSearchParams(location.search).get("link");
const page = (
  <StrictMode>
    <Code link={link} />
  </StrictMode>
);
const root = document.getElementById("root");
root.innerHTML = renderToString(page);
globalThis.differences = [];
hydrateRoot(root, page, { onRecoverableError: (error) => differences.push(error.message) });

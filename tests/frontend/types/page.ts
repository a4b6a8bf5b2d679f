// What a page without a framework writes.
import { readReturn, ReturnError, waitForResult, type ReturnResult, type WaitAnswer } from "liveform-web";

export async function show(signal: AbortSignal): Promise<string | null> {
  const result: ReturnResult | null = await readReturn({ helper: "https://helper.example", clean: (address) => location.replace(address) });
  const answer: WaitAnswer | null = await waitForResult({ wait: result?.wait ?? undefined, signal, until: "returned" });
  return answer === null ? null : `${answer.stage} ${answer.status ?? ""}`;
}

export function codeOf(error: unknown): string | null {
  return error instanceof ReturnError ? error.code : null;
}

const code = document.createElement("liveform-qr");
code.setAttribute("link", "https://helper.example/r/ABC");
document.addEventListener("liveform-result", (event) => console.assert(event.detail.final));
document.querySelector("liveform-wait")?.addEventListener("liveform-error", ({ detail }) => detail.code.length);

// @ts-expect-error: there is no such option
void readReturn({ helpers: "https://helper.example" });
// @ts-expect-error: there is no such status
export const wrong: ReturnResult["status"] = "accepted";

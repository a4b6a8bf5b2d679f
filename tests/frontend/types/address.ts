// What a page without a bundler writes.
import { readReturn } from "https://shop.example.com/static/liveform.js";

export const status: "approved" | "pending" | "rejected" | "error" | "unknown" | undefined = (await readReturn())?.status;

// The types are those that the comments of the module itself give.
import type * as typed from "liveform-web";
import * as source from "./source_of_the_module.js";

export const readReturn: typeof typed.readReturn = source.readReturn;
export const waitForResult: typeof typed.waitForResult = source.waitForResult;
export const readOptions: Parameters<typeof source.readReturn>[0] = {} as typed.ReadReturnOptions;
export const backRead: typed.ReadReturnOptions = {} as NonNullable<Parameters<typeof source.readReturn>[0]>;
export const backWait: typed.WaitOptions = {} as NonNullable<Parameters<typeof source.waitForResult>[0]>;
export const result: Awaited<ReturnType<typeof source.readReturn>> = {} as typed.ReturnResult;
export const answer: Awaited<ReturnType<typeof source.waitForResult>> = {} as typed.WaitAnswer;
export const error: typed.ReturnError = new source.ReturnError("network", "not reached");
export const elements: [typeof typed.LiveformQr, typeof typed.LiveformWait] = [source.LiveformQr, source.LiveformWait];

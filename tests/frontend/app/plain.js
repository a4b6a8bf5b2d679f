import * as liveform from "liveform-web";

globalThis.liveform = liveform;

// What a React component writes.
import type { ReactNode } from "react";
import "liveform-web";

export function Check({ link, wait }: { link: string; wait: string | undefined }): ReactNode {
  return (
    <>
      <liveform-qr link={link} label="Check your ID" className="code" />
      <liveform-wait
        wait={wait}
        text-opened="Go on with your phone."
        text-confirmed-approved="Come in"
        onliveform-result={(event) => console.assert(event.detail.final)}
      >
        One moment
      </liveform-wait>
    </>
  );
}

// @ts-expect-error: a link is text
export const wrong = <liveform-qr link={17} />;

/** The Hub that the runner starts for pages, which cannot start one, nor make it fail. */

import { TestHub } from "./server.ts";
import { agNews, glue, mnist } from "./sets.ts";

/** Starts it. Of `shaky/mnist` every other answer is cut after some bytes. */
export async function pageHub(): Promise<TestHub> {
  const set = mnist(300, 100);
  const hub = await TestHub.start([
    set,
    agNews(80),
    glue(40),
    { ...set, id: "closed/mnist", gated: true },
    { ...set, id: "shaky/mnist" },
  ]);
  let asked = 0;
  hub.fault = ({ at, path }) =>
    at === "cdn" && path.startsWith("/shaky") && asked++ % 2 === 0 ? { cut: 9000 } : undefined;
  return hub;
}

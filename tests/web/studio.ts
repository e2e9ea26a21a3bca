/** What tests of the studio do with its page. */

import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import type { Site } from "./site.ts";

/** Settings in the address, as a shared link has them. */
export const link = (at: Site, settings: Record<string, string>) =>
  `${at.url}#${new URLSearchParams(settings)}`;

/** Waits until there is a data set to train on. */
export async function ready(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    !(document.getElementById("train") as HTMLButtonElement).disabled
  );
}

/** Waits for the end of a run; the result is what the page says. */
export async function ended(page: Page): Promise<string> {
  await page.waitForFunction(
    () => {
      const text = document.getElementById("status")!.textContent!;
      return /^(done|stopped)/.test(text) || !document.getElementById("error")!.hidden;
    },
    undefined,
    { timeout: 120_000 },
  );
  return await page.textContent("#status") + (await page.textContent("#error"))!;
}

/** Presses a button that downloads a file; the result is its bytes. */
export async function downloaded(page: Page, name: string): Promise<Uint8Array> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name, exact: true }).click(),
  ]);
  return new Uint8Array(await readFile(await file.path()));
}

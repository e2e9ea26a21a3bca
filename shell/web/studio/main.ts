/** The studio: from data to clusters in a page. */

import { Cancelled } from "../../errors.ts";
import { byId } from "../dom.ts";
import "../map/element.ts";
import { type Session, train } from "../session/client.ts";
import type { Inspection, SessionResult } from "../session/types.ts";
import { keep } from "./compare_panel.ts";
import { DataPanel } from "./data_panel.ts";
import { LivePanel } from "./live_panel.ts";
import { showPictures } from "./picture_panel.ts";
import { showClusters, showDownloads, showScores } from "./result_panel.ts";
import { type Chosen, SettingsForm } from "./settings_form.ts";

const form = new SettingsForm(byId<HTMLFormElement>("settings"));
const live = new LivePanel();
let found: Inspection | null = null;
let running: { readonly session: Session; readonly controller: AbortController } | null = null;
let paused = false, runs = 0;

const data = new DataPanel((inspection) => {
  found = inspection;
  buttons();
});

function buttons(): void {
  byId<HTMLButtonElement>("train").disabled = !found || running !== null;
  byId("pause").hidden = byId("cancel").hidden = running === null;
  byId("pause").textContent = paused ? "Resume" : "Pause";
}

/** Puts the settings into the address: a reload finds them again, and so does whoever gets it. */
function keepSettings(): void {
  const settings = new URLSearchParams();
  data.store(settings);
  form.store(settings);
  history.replaceState(null, "", `#${settings}`);
}

async function start(): Promise<void> {
  const request = data.request;
  byId("run").hidden = false;
  live.clear();
  byId("found").hidden = true;
  let chosen: Chosen;
  try {
    chosen = form.read();
  } catch (error) {
    return live.fail((error as Error).message);
  }
  keepSettings();
  byId("run").scrollIntoView({ block: "start" });
  const controller = new AbortController();
  const session = train({ ...request!, ...chosen }, {
    signal: controller.signal,
    // What was on its way when the pause began would wipe out its word.
    onEvent: (event) => paused && event.type === "progress" || live.tell(event),
  });
  running = { session, controller };
  buttons();
  try {
    finish(await session.result, chosen);
  } catch (error) {
    if (error instanceof Cancelled) live.say("stopped; nothing was kept", 0);
    else live.fail((error as Error).message);
  } finally {
    running = null;
    paused = false;
    buttons();
  }
}

function finish(result: SessionResult, { method = "autoencoder" }: Chosen): void {
  const names = Array.from({ length: result.count }, (_, cluster) => `cluster ${cluster}`);
  live.say(
    `done: ${result.count} clusters of ${result.clusters.length.toLocaleString("en")} rows`,
    1,
  );
  live.finish(result, names);
  showScores(result);
  const rename = () => {
    live.finish(result, names);
    showDownloads(result, names);
  };
  showClusters(result, names, rename);
  showDownloads(result, names);
  showPictures(result);
  byId("found").hidden = false;
  keep({ title: `${++runs}: ${method}, ${result.name}`, result, names });
}

byId("train").addEventListener("click", () => void start());
byId("cancel").addEventListener("click", () => running?.controller.abort());
byId("pause").addEventListener("click", () => {
  paused = !paused;
  if (paused) running?.session.pause();
  else running?.session.resume();
  live.say(paused ? "paused" : "going on ...", byId<HTMLProgressElement>("bar").value);
  buttons();
});
byId("share").addEventListener("click", async () => {
  keepSettings();
  const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
  byId("share-said").textContent = copied
    ? "The link is copied. It holds settings and names, never your files."
    : "The link is in the address bar. It holds settings and names, never your files.";
});
addEventListener("beforeunload", (event) => running && event.preventDefault());

const link = new URLSearchParams(location.hash.slice(1));
form.restore(link);
data.restore(link);

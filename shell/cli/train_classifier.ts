/** `asterism train classifier`: learn the classes of the training split, score the test split. */

import { CHECKPOINT } from "./checkpoint_file.ts";
import type { Schedule } from "../methods/settings.ts";
import { Classifier } from "../methods/classifier.ts";
import {
  describeRun,
  type Job,
  keepingModel,
  openFolder,
  requireLabels,
  rowsOfSplit,
  trainHooks,
  uploadDataset,
} from "./job.ts";
import type { ValuesOf } from "./options.ts";
import type { RunRecord } from "../report/index.ts";
import { shownTexts } from "../run/explain_run.ts";
import { print, report, warn } from "./report.ts";
import { REPORT_FILE, reportOf } from "./report_file.ts";
import { writeModelAndResults } from "./results.ts";
import type { CLASSIFIER } from "./train_options.ts";

/** What is said where there is nothing to test on. */
const NO_TEST = "the data have no split called test, so there is no test accuracy: put rows to " +
  "test on into a file with test in its name, such as test.csv beside train.csv (or images into a " +
  "folder called test), and give the folder that has both";

/** The whole job; the result is the exit code. */
export async function trainClassifier(
  job: Job,
  values: ValuesOf<typeof CLASSIFIER>,
): Promise<number> {
  const { dataset, device, stage } = job;
  const labels = requireLabels(dataset);
  const [train, test] = ["train", "test"].map((name) => rowsOfSplit(dataset, name));
  const { rows, preprocessing } = uploadDataset(job);
  const { hidden, rate, batch, epochs, seed, clip, patience } = values;
  const schedule = values.schedule as Schedule;
  const settings = { hidden, rate, schedule, batch, epochs, seed, clip, patience };
  const classes = dataset.labelNames!.length;
  const model = new Classifier(device, { input: rows.width, classes, ...settings });
  if (values.plan) return print(model.plan(rows).toString());
  const folder = await openFolder(job);
  return await keepingModel(job, folder, model, async () => {
    const hooks = trainHooks(job, folder);
    const fit = await stage("training", () => model.fit(rows, labels, train, hooks));
    hooks.done();
    fit.warnings.forEach(warn);
    const { losses } = fit.history.training;
    const metrics: Record<string, number> = { loss: losses.at(-1)! };
    if (test.length === 0) warn(NO_TEST);
    else {
      const right = test.reduce((n, id) => n + (fit.labels[id] === labels[id] ? 1 : 0), 0);
      metrics["test accuracy"] = right / test.length;
    }
    const embedding = await stage("codes", () => model.codes(rows));
    rows.free();
    const { confidence, stopReason, warnings } = fit;
    const found = { labels: fit.labels, confidence, embedding, preprocessing };
    const classNames = dataset.labelNames;
    const map = await writeModelAndResults(job, folder, model, { ...found, classNames });
    const run = describeRun(job, "finished", {
      ...{ metrics, losses: { training: losses }, stopReason, warnings },
    });
    const clusters = Int32Array.from(fit.labels);
    const shown = { ...dataset, texts: await shownTexts(dataset), clusters, positions: map };
    await folder.write(REPORT_FILE, await reportOf({ run: run as RunRecord, rows: shown }));
    await folder.writeRun(run);
    await folder.remove(CHECKPOINT);
    if (!values.quiet) {
      losses.forEach((loss, i) => print(`epoch ${i + 1}  loss ${loss.toFixed(4)}`));
    }
    return report(metrics, job, folder.path);
  });
}

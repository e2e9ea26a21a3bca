/** The form of the settings: its values, and the link that restores them. */

import { type ClusteringName, DEFAULTS } from "../../run/defaults.ts";
import { UsageError } from "../../errors.ts";
import { make } from "../dom.ts";
import type { TrainRequest } from "../session/types.ts";
import { type Field, FIELDS } from "./fields.ts";

type Control = HTMLInputElement | HTMLSelectElement;

/** The settings, as a person has set them. */
export type Chosen = Pick<TrainRequest, "method" | "settings" | "map" | "device" | "adapter">;

const OUTER: Readonly<Record<string, string>> = {
  method: "autoencoder",
  map: "pca",
  device: "auto",
};

/** A form whose fields are those of the method. */
export class SettingsForm {
  readonly #controls = new Map<string, Control>();

  constructor(readonly form: HTMLFormElement) {
    const more = make("div");
    for (const field of FIELDS) {
      const control = controlOf(field);
      this.#controls.set(field.name, control);
      const label = field.kind === "flag"
        ? make("label", { className: "inline" }, control, field.label)
        : make("label", {}, field.label, control);
      (field.more ? more : form).append(label);
    }
    form.append(make("details", {}, make("summary", { textContent: "More settings" }), more));
    form.addEventListener("submit", (event) => event.preventDefault());
    this.#controls.get("method")!.addEventListener("change", () => this.#suit());
    this.#suit();
  }

  get #method(): ClusteringName {
    return this.#controls.get("method")!.value as ClusteringName;
  }

  /** Shows the method's fields, with its defaults where nothing else was set. */
  #suit(): void {
    const method = this.#method;
    for (const field of FIELDS) {
      const control = this.#controls.get(field.name)!;
      control.closest("label")!.hidden = field.methods !== undefined &&
        !field.methods.includes(method);
      if (field.outer && field.name in OUTER && !control.value) control.value = OUTER[field.name];
      if (!field.outer && control instanceof HTMLInputElement && field.kind !== "flag") {
        const value = DEFAULTS[method][field.name];
        control.placeholder = field.empty ??
          (Array.isArray(value) ? value.join(", ") : String(value ?? ""));
      }
    }
  }

  /** @throws UsageError that names a field whose value is not allowed */
  read(): Chosen {
    const settings: Record<string, unknown> = {};
    for (const field of FIELDS) {
      const control = this.#controls.get(field.name)!;
      if (field.outer || control.closest("label")!.hidden) continue;
      const value = valueOf(field, control);
      if (value !== undefined) settings[field.name] = value;
    }
    const outer = (name: string) => this.#controls.get(name)!.value.trim() || undefined;
    return {
      method: this.#method,
      settings,
      map: outer("map") as Chosen["map"],
      device: outer("device") as Chosen["device"],
      adapter: outer("adapter"),
    };
  }

  /** What differs from the defaults, for a link. */
  store(to: URLSearchParams): void {
    for (const field of FIELDS) {
      const control = this.#controls.get(field.name)!;
      const value = control instanceof HTMLInputElement && field.kind === "flag"
        ? control.checked ? "yes" : ""
        : control.value;
      if (value !== "" && value !== OUTER[field.name]) to.set(field.name, value);
    }
  }

  /** Takes the settings of a link; what the form does not know is left out. */
  restore(from: URLSearchParams): void {
    for (const field of FIELDS) {
      const value = from.get(field.name);
      if (value === null) continue;
      const control = this.#controls.get(field.name)!;
      if (field.kind === "flag") (control as HTMLInputElement).checked = value === "yes";
      else if (field.kind !== "choice" || field.choices!.some(([one]) => one === value)) {
        control.value = value;
      }
    }
    this.#suit();
  }
}

function controlOf(field: Field): Control {
  if (field.kind === "choice") {
    return make(
      "select",
      {},
      ...field.choices!.map(([value, text]) => make("option", { value, textContent: text })),
    );
  }
  if (field.kind === "flag") return make("input", { type: "checkbox" });
  if (field.kind === "list") return make("input", { type: "text", autocomplete: "off" });
  const { min = 0, max = 0, step = 1 } = field;
  return make("input", {
    type: "number",
    min: `${min}`,
    max: `${max}`,
    step: step === 1 ? "1" : "any",
  });
}

/** The value of a field; undefined where nothing is set. @throws UsageError */
function valueOf(field: Field, control: Control): unknown {
  if (field.kind === "flag") return (control as HTMLInputElement).checked || undefined;
  const text = control.value.trim();
  if (control instanceof HTMLInputElement && control.validity.badInput) {
    throw wrong(field, "a number");
  }
  if (text === "") return undefined;
  if (field.kind === "choice") return text;
  if (field.kind === "list") return text.split(/[\s,]+/).map((part) => numberOf(field, part));
  return numberOf(field, text);
}

function numberOf(field: Field, text: string): number {
  const value = Number(text), { min = 0, max = Infinity, step = 1 } = field;
  const whole = step !== 1 || Number.isInteger(value);
  if (Number.isFinite(value) && value >= min && value <= max && whole) return value;
  throw wrong(field, `${step === 1 ? "a whole number" : "a number"} from ${min} to ${max}`, text);
}

function wrong({ label }: Field, what: string, got?: string): UsageError {
  return new UsageError(`${label}: must be ${what}${got === undefined ? "" : `, got "${got}"`}`);
}

// The plan of one model: sentences whose numbers give their reasons on hover and focus.

import { el, byId } from "./dom.js";
import { quantity } from "./format.js";
import { GROUPS, SOURCES, otherwise } from "./plan-words.js";
import { explain } from "./tip.js";

export class Plan {
  #body = byId("plan-body");
  #drawn = "";

  /** Draws the plan, unless it is as it was: the reader may be in the middle of it. */
  draw(plan) {
    const key = JSON.stringify([settings(plan), plan.remarks, plan.calibration?.status]);
    if (key === this.#drawn) {
      return;
    }
    this.#drawn = key;
    this.#body.replaceChildren(...[measured(plan), ...groups(plan), remarks(plan)].filter(Boolean));
  }

  /** Says that there is none. */
  fail(sentence) {
    this.#drawn = "";
    this.#body.replaceChildren(el("p", { class: "empty" }, sentence));
  }
}

/** The numbers of a plan, by name. */
export function settings(plan) {
  return Object.fromEntries(Object.entries(plan).filter(([, found]) => found && typeof found === "object" && "reason" in found && "unit" in found));
}

function groups(plan) {
  const numbers = settings(plan);
  const known = new Set(GROUPS.flatMap(({ sentences }) => Object.keys(sentences)));
  const rest = Object.keys(numbers).filter((name) => !known.has(name));
  const more = { title: "More", sentences: Object.fromEntries(rest.map((name) => [name, otherwise(name)])) };
  return [...GROUPS, more].map(({ title, sentences }) => {
    const told = Object.entries(sentences).filter(([name]) => numbers[name]);
    const words = told.flatMap(([name, sentence]) => [...phrase(name, sentence, numbers[name]), " "]);
    return told.length === 0 ? null : el("section", { class: "group" }, el("h3", {}, title), el("p", {}, words));
  });
}

function phrase(name, sentence, setting) {
  const [before, after] = sentence.split("{}");
  const shown = quantity(setting.value, setting.unit);
  const button = el("button", { type: "button", class: `fact ${setting.source}`, "data-setting": name }, shown);
  explain(button, () => [
    el("p", { class: "tip-title" }, name, el("span", {}, SOURCES[setting.source] ?? setting.source)),
    el("p", {}, setting.reason),
  ]);
  return [before, button, after];
}

function measured({ calibration, hub, model }) {
  const words = {
    off: "Measuring is switched off: these numbers are careful.",
    pending: "Not measured yet: these numbers are careful. The service measures as soon as nobody calls.",
    measured: "Measured on this device by this process.",
    stored: "Measured on this device at an earlier start.",
    failed: "Measuring was given up; the log says why. These numbers are careful.",
  };
  const status = calibration?.status;
  const first = status ? (words[status] ?? `Calibration: ${status}.`) : null;
  const precision = model?.precision ? `Precision: ${model.precision.value}, ${model.precision.reason}.` : null;
  const origin = hub?.repository ? `From the Hub: ${hub.repository}.` : null;
  const told = [first, precision, origin].filter(Boolean).join(" ");
  return told ? el("p", { class: "lead" }, told) : null;
}

function remarks({ remarks }) {
  return remarks?.length ? el("section", { class: "group" }, el("h3", {}, "Remarks"), el("ul", {}, remarks.map((remark) => el("li", {}, remark)))) : null;
}

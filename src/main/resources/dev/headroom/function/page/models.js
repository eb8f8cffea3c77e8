// The models and their states.

import { el, byId } from "./dom.js";
import { bytes, count, duration } from "./format.js";
import { explain } from "./tip.js";

/** What people call a task. */
export const TASKS = {
  embed: "text to vector",
  sparse: "text to weights",
  classify: "text to labels",
  rerank: "ranks documents",
  image: "reads images",
  generate: "writes text",
  tensors: "tensors",
};

/**
 * A row for each model.
 *
 * @param plan an answer of /plan
 * @param text the plans of models that generate text
 * @return rows with name, task, state, reason, held and most (bytes), now (words)
 */
export function rows(plan, text, metrics) {
  const batching = plan.card.models.map((model) => ({
    name: model.name,
    task: model.graphs.map((graph) => TASKS[plan.tasks?.[graph]] ?? plan.tasks?.[graph] ?? "").filter(Boolean).join(" and "),
    state: model.state,
    reason: model.reason || (model.openingMillis ? `Opened in ${duration(model.openingMillis)}.` : ""),
    pinned: model.pinned,
    held: model.heldBytes,
    most: model.batchBytes,
    now: waiting(metrics?.sum("headroom_queue_items", { model: model.name }) ?? null, "items wait"),
  }));
  return [...batching, ...text.map((model) => generating(model, metrics))];
}

function generating(plan, metrics) {
  const name = plan.model.name;
  const running = metrics?.sum("headroom_generation_sequences", { kind: "running", model: name }) ?? null;
  return {
    name,
    task: TASKS.generate,
    state: "open",
    reason: "",
    pinned: false,
    held: plan.model.baseBytes ?? 0,
    most: metrics?.mean("headroom_cache_bytes", { kind: "budget", model: name }) ?? plan.cache?.value ?? 0,
    now: waiting(running, "sequences run"),
  };
}

function waiting(number, words) {
  return number === null ? "" : number === 0 ? "idle" : `${count(number)} ${words}`;
}

export class Models {
  #body = byId("models-body");
  #drawn = "";

  /** Draws the table, unless it is as it was. */
  draw(plan, text, metrics) {
    const found = rows(plan, text, metrics);
    const key = JSON.stringify(found);
    if (key === this.#drawn || this.#body.contains(document.activeElement)) {
      return;
    }
    this.#drawn = key;
    this.#body.replaceChildren(...(found.length === 0 ? [nothing()] : found.map(row)));
  }
}

function nothing() {
  return el("tr", {}, el("td", { colspan: "6", class: "empty" }, "No model is served. Put one into the folder that headroom.models names."));
}

function row(model) {
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, model.name, model.pinned ? el("span", { class: "tag" }, "pinned") : null),
    cell("Task", model.task),
    cell("State", state(model)),
    cell("Holds", bytes(model.held), "number"),
    cell("May take", model.most > 0 ? `+ ${bytes(model.most)}` : "–", "number"),
    cell("Now", model.now || "–"),
  );
}

function cell(label, content, kind = "") {
  return el("td", { "data-label": label, class: kind }, content);
}

function state(model) {
  if (!model.reason) {
    return el("span", { class: `state ${model.state}` }, model.state);
  }
  const button = el("button", { type: "button", class: `state ${model.state}` }, model.state);
  return explain(button, () => [el("p", {}, model.reason)]);
}

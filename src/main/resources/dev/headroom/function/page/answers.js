// Answers as people read them, by what a call shows. Each function gives nodes for the body of an answer.

import { el, svg } from "./dom.js";
import { count } from "./format.js";

const BARS = 96;

export const SHOWN = {
  vectors: ({ data }) => data.map(({ embedding }, i) => vector(`Text ${i + 1}`, embedding)),
  similarity: (scores, { body }) => bars(scores.map((score, i) => ({ label: body.inputs.sentences[i], score }))),
  sparse: (rows) => rows.map((row, i) => sparse(`Text ${i + 1}`, row)),
  labels: (answer) => bars(Array.isArray(answer[0]) ? answer[0] : answer),
  ranks: ({ results }, { body }) => bars(results.map(({ index, relevance_score }) => ({ label: body.documents[index], score: relevance_score }))),
  outputs: ({ outputs }) => outputs.flatMap(output),
  json: (answer) => [el("pre", { tabindex: "0" }, JSON.stringify(answer, null, 2))],
};

function output({ id, index, embedding, sparse: weights, labels, score, error }) {
  const name = id ?? `Input ${index + 1}`;
  if (error) {
    return [el("p", { class: "failure" }, `${name}: ${error.detail}`)];
  }
  if (embedding) {
    return [vector(name, embedding)];
  }
  if (weights) {
    return [sparse(name, weights.indices.map((index, i) => ({ index, value: weights.values[i] })))];
  }
  return bars(labels ?? [{ label: name, score }]);
}

/** Scores as bars, in their order. JSON has no NaN, so that such a score is a word. */
function bars(scores) {
  const sizes = scores.map(({ score }) => Math.abs(score)).filter(Number.isFinite);
  const most = sizes.some((size) => size > 1) ? Math.max(...sizes) : 1;
  const row = ({ label, score }) =>
    el(
      "li",
      {},
      el("span", { class: "label" }, label),
      el("span", { class: "score" }, decimals(score)),
      svg("svg", { class: "score-bar", "aria-hidden": "true" }, svg("rect", { width: "100%", height: "100%", class: "rest" }), svg("rect", { width: `${(Math.max(0, Number(score) || 0) / most) * 100}%`, height: "100%" })),
    );
  return [el("ol", { class: "scores" }, scores.slice(0, 50).map(row)), scores.length > 50 ? el("p", { class: "hint" }, `and ${scores.length - 50} more`) : null].filter(Boolean);
}

/** A vector as a strip of bars around zero, with its first numbers. */
function vector(label, values) {
  const shown = values.slice(0, BARS);
  const most = Math.max(1e-9, ...shown.map(Math.abs));
  const bar = (value, i) => {
    const height = Math.max(0.5, (Math.abs(value) / most) * 20);
    return svg("rect", { x: i * 4, width: 3, y: value < 0 ? 20 : 20 - height, height, class: value < 0 ? "minus" : "plus" });
  };
  return el(
    "figure",
    { class: "vector" },
    el("figcaption", {}, el("span", {}, label), el("span", { class: "hint" }, `${count(values.length)} numbers, length ${norm(values).toFixed(3)}`)),
    svg("svg", { viewBox: `0 0 ${BARS * 4} 40`, preserveAspectRatio: "none", "aria-hidden": "true" }, shown.map(bar)),
    el("code", {}, `[${values.slice(0, 5).map((value) => decimals(value)).join(", ")}${values.length > 5 ? ", …" : ""}]`),
  );
}

function decimals(value) {
  return typeof value === "number" ? value.toFixed(4) : String(value);
}

function norm(values) {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

function sparse(label, row) {
  const best = [...row].sort((a, b) => b.value - a.value).slice(0, 12);
  return el("div", {}, el("p", { class: "hint" }, `${label}: ${count(row.length)} weights, the largest:`), bars(best.map(({ index, value }) => ({ label: `token ${index}`, score: value }))));
}

// The live charts: which numbers of the history each shows.

import { Chart } from "./chart.js";
import { bytes, count, percent } from "./format.js";

const whole = () => 1;

const CHARTS = [
  {
    title: "Requests a second",
    lines: [
      { key: "requests", label: "answered or refused", colour: "c1" },
      { key: "failed", label: "failed", colour: "c4", rare: true },
    ],
    format: count,
    empty: "no request yet",
  },
  { title: "Items a second", lines: [{ key: "items", label: "items", colour: "c1" }], format: count, empty: "no batch yet", unless: "onlyText" },
  { title: "Tokens a second", lines: [{ key: "tokens", label: "tokens", colour: "c3" }], format: count, empty: "no text yet", needs: "text" },
  {
    title: "Batch fill",
    lines: [{ key: "fill", label: "share of the most a batch may hold", colour: "c2" }],
    format: percent,
    most: whole,
    empty: "no batch ran lately",
    unless: "onlyText",
  },
  {
    title: "Queue",
    lines: [
      { key: "queue", label: "items", colour: "c1" },
      { key: "waiting", label: "sequences", colour: "c3" },
    ],
    format: count,
    empty: "nothing waits",
  },
  {
    title: "Memory in use",
    lines: [
      { key: "used", label: "in use", colour: "c2" },
      { key: "total", label: "limit", colour: "c5", plain: true },
    ],
    format: bytes,
    most: (points) => (points.at(-1)?.total ?? 1) * 1.04,
    empty: "the device does not tell",
  },
  { title: "Device busy", lines: [{ key: "busy", label: "share of the time", colour: "c2" }], format: percent, most: whole, empty: "no reading yet" },
];

/** All charts, in an element of the page. */
export class Charts {
  #element;
  #kinds = "";
  #charts = [];

  constructor(element) {
    this.#element = element;
  }

  /** Draws the history; charts of text are there only where a model generates some. */
  draw(history, tasks) {
    const text = tasks.includes("generate");
    const facts = { text, onlyText: text && tasks.every((task) => task === "generate") };
    const kinds = JSON.stringify(facts);
    if (kinds !== this.#kinds) {
      this.#kinds = kinds;
      const specs = CHARTS.filter(({ needs, unless }) => (!needs || facts[needs]) && !(unless && facts[unless]));
      this.#charts = specs.map((spec) => new Chart(text ? spec : withoutSequences(spec)));
      this.#element.replaceChildren(...this.#charts.map((chart) => chart.element));
    }
    this.#charts.forEach((chart) => chart.draw(history.points));
  }
}

function withoutSequences(spec) {
  return { ...spec, lines: spec.lines.filter(({ key }) => key !== "waiting") };
}

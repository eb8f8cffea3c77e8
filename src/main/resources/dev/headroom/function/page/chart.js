// A line chart over the last minutes.

import { el, svg, say } from "./dom.js";
import { clock } from "./format.js";

const HEIGHT = 132;
const TOP = 10;
const BOTTOM = 20;

/** The shortest span that is drawn, in milliseconds. */
const SHORTEST = 60000;

/**
 * @param title what it shows
 * @param lines each with a key of the history's points, a label, and a class for its colour
 * @param format makes a value readable
 *     where zero is the rule and is not drawn ("rare"), and where it is no value but a limit ("plain")
 * @param most the upper end of the scale: a number, or empty where the values decide
 */
export class Chart {
  #spec;
  #svg = svg("svg", { "aria-hidden": "true" });
  #value = el("span", { class: "value" });
  #note = el("span", { class: "note" });
  #points = [];
  #at = null;

  constructor(spec) {
    this.#spec = spec;
    const legend = spec.lines.length < 2 ? null : el("span", { class: "legend" }, spec.lines.map(entry));
    this.#svg.classList.add("plot");
    this.plot = el("div", { class: "plot-box", tabindex: "0", role: "img" }, this.#svg);
    this.element = el(
      "figure",
      { class: "chart" },
      el("figcaption", {}, el("span", { class: "title" }, spec.title), this.#value),
      this.plot,
      el("p", { class: "under" }, legend, this.#note),
    );
    this.plot.addEventListener("pointermove", (event) => this.#point(event));
    this.plot.addEventListener("pointerleave", () => this.#look(null));
    this.plot.addEventListener("blur", () => this.#look(null));
    this.plot.addEventListener("keydown", (event) => this.#step(event));
    new ResizeObserver(() => this.draw(this.#points)).observe(this.plot);
  }

  draw(points) {
    this.#points = points;
    const width = this.plot.clientWidth;
    if (width === 0) {
      return;
    }
    const known = points.filter((point) => this.#spec.lines.some(({ key }) => point[key] !== null));
    const end = points.at(-1)?.time ?? 0;
    const span = Math.max(SHORTEST, end - (points[0]?.time ?? end));
    const top = this.#spec.most?.(points) ?? nice(Math.max(0, ...known.flatMap((point) => this.#values(point))));
    const x = (time) => width - 1 - ((end - time) / span) * (width - 2);
    const y = (value) => TOP + (1 - Math.min(value, top) / top) * (HEIGHT - TOP - BOTTOM);
    this.#svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    this.#svg.replaceChildren(
      ...this.#grid(width, top, y, span),
      ...this.#spec.lines.filter(({ key, rare }) => !rare || known.some((point) => point[key] > 0)).flatMap((line, i) => drawn(points, line, x, y, i === 0 && !line.plain)),
      ...points.filter((point) => point.splits > 0).map((point) => mark(x(point.time))),
      ...this.#cursor(x),
    );
    this.#tell(known.at(-1));
  }

  #values(point) {
    return this.#spec.lines.map(({ key }) => point[key]).filter((value) => value !== null);
  }

  #grid(width, top, y, span) {
    const line = (value) => svg("line", { class: "grid", x1: 0, x2: width, y1: y(value), y2: y(value) });
    const text = (x, y, words, anchor) => svg("text", { x, y, "text-anchor": anchor, class: "axis" }, words);
    const minutes = span / 60000;
    return [
      ...[0, top / 2, top].map(line),
      text(0, y(top) + 12, this.#spec.format(top), "start"),
      text(0, HEIGHT - 5, minutes <= 1 ? "1 min ago" : `${+minutes.toFixed(1)} min ago`, "start"),
      text(width, HEIGHT - 5, "now", "end"),
    ];
  }

  #cursor(x) {
    const point = this.#at === null ? null : this.#points[this.#at];
    return point ? [svg("line", { class: "cursor", x1: x(point.time), x2: x(point.time), y1: TOP, y2: HEIGHT - BOTTOM })] : [];
  }

  /** Tells the newest values, or those under the cursor. */
  #tell(newest) {
    const looked = this.#at === null ? null : this.#points[this.#at];
    const point = looked ?? newest;
    const told = point
      ? this.#spec.lines
          .filter(({ key, plain }) => point[key] !== null && !plain)
          .map(({ key, label }, i) => (i === 0 ? "" : `${label} `) + this.#spec.format(point[key]))
      : [];
    say(this.#value, told[0] ?? "–");
    say(this.#note, looked ? `${clock(looked.time)}${looked.splits > 0 ? " · a batch was halved" : ""}` : (point ? "" : this.#spec.empty));
    const halved = this.#points.reduce((sum, { splits }) => sum + splits, 0);
    const marks = halved > 0 ? `; ${halved} halvings in this time` : "";
    this.plot.setAttribute("aria-label", `${this.#spec.title}: ${told.join(", ") || this.#spec.empty}${looked ? ` at ${clock(looked.time)}` : ""}${marks}`);
  }

  #point(event) {
    const { left, width } = this.plot.getBoundingClientRect();
    const end = this.#points.at(-1)?.time ?? 0;
    const span = Math.max(SHORTEST, end - (this.#points[0]?.time ?? end));
    const time = end - (1 - (event.clientX - left) / width) * span;
    this.#look(this.#points.reduce((best, point, i) => (best === null || Math.abs(point.time - time) < Math.abs(this.#points[best].time - time) ? i : best), null));
  }

  #step(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by && this.#points.length > 0) {
      event.preventDefault();
      const from = this.#at ?? this.#points.length;
      this.#look(Math.max(0, Math.min(this.#points.length - 1, from + by)));
    }
  }

  #look(at) {
    this.#at = at;
    this.draw(this.#points);
  }
}

function entry({ label, colour }) {
  return el("span", { class: `key ${colour}` }, label);
}

/** A line, with gaps where nothing is known, and the area below the first. */
function drawn(points, { key, colour }, x, y, filled) {
  const runs = [[]];
  for (const point of points) {
    if (point[key] === null) {
      runs.push([]);
    } else {
      runs.at(-1).push(`${x(point.time).toFixed(1)},${y(point[key]).toFixed(1)}`);
    }
  }
  return runs.filter((run) => run.length > 0).flatMap((run) => {
    const line = svg("polyline", { class: `line ${colour}`, points: run.length === 1 ? `${run[0]} ${run[0]}` : run.join(" ") });
    const ends = [run.at(-1), run[0]].map((place) => place.split(",")[0]);
    const area = svg("polygon", { class: `area ${colour}`, points: `${run.join(" ")} ${ends[0]},${y(0)} ${ends[1]},${y(0)}` });
    return filled ? [area, line] : [line];
  });
}

function mark(x) {
  return svg("g", { class: "mark" }, svg("line", { x1: x, x2: x, y1: TOP, y2: HEIGHT - BOTTOM }), svg("circle", { cx: x, cy: TOP, r: 3.5 }));
}

/** The next number of the form 1, 2 or 5 x a power of ten. */
function nice(value) {
  if (value <= 1) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].find((step) => step * power >= value) * power;
}

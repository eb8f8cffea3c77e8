// The picture of the device's memory: one bar, and a list that says the same in words.

import { el, svg, say, byId } from "./dom.js";
import { bytes, percent } from "./format.js";
import { parts } from "./memory.js";
import { explain } from "./tip.js";

const HEIGHT = 72;
const BAR = 52;

/** A part that would be thinner than this is drawn so wide, in pixels. */
const THINNEST = 3;

export class Device {
  #plot = byId("device-plot");
  #list = byId("device-list");
  #drawn = "";
  #last = null;

  constructor() {
    new ResizeObserver(() => this.#last && this.draw(...this.#last, true)).observe(this.#plot);
  }

  /** Draws the memory, unless nothing of it has changed. */
  draw(plan, text, metrics, anew = false) {
    this.#last = [plan, text, metrics];
    const found = parts(plan, text, metrics);
    const total = plan.card.totalBytes;
    const used = usedBytes(metrics);
    const key = JSON.stringify([found, total, used && Math.round((used / total) * 500)]);
    if (!anew && key === this.#drawn) {
      return;
    }
    this.#drawn = key;
    this.#title(plan);
    this.#plot.replaceChildren(bar(found, total, used, this.#plot.clientWidth || 600));
    if (!this.#list.contains(document.activeElement)) {
      this.#list.replaceChildren(...found.map((part) => row(part, total)));
    }
  }

  #title({ device, card }) {
    const many = device.count > 1 ? `${device.count} × ` : "";
    say(byId("device-name"), `${many}${device.name}`);
    say(byId("device-facts"), `${device.gpu ? "GPU" : "CPU"} · ${bytes(card.totalBytes)} of memory${device.count > 1 ? " each" : ""}`);
    say(byId("device-reason"), device.reason);
  }
}

function usedBytes(metrics) {
  const total = metrics?.mean("headroom_device_memory_bytes", { kind: "total" });
  const free = metrics?.mean("headroom_device_memory_bytes", { kind: "free" });
  return typeof total === "number" && typeof free === "number" ? Math.max(0, total - free) : null;
}

function bar(found, total, used, width) {
  const least = found.map((part) => Math.max(THINNEST, (part.bytes / total) * width));
  const scale = width / least.reduce((sum, wide) => sum + wide, 0);
  let x = 0;
  const drawn = found.map((part, i) => {
    const wide = least[i] * scale;
    const group = segment(part, x, wide);
    x += wide;
    return group;
  });
  const picture = svg(
    "svg",
    { class: "bar", viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": spoken(found, total, used) },
    drawn,
    used === null ? null : needle(Math.min(width - 1, (used / total) * width), used, width),
  );
  return picture;
}

function segment(part, x, wide) {
  const gap = wide > 6 ? 1 : 0;
  const shape = { x: x + gap, width: Math.max(1, wide - 2 * gap) };
  const inside = part.lanes && part.lanes.length > 1 ? turns(part, shape) : [];
  const group = svg("g", { class: `part ${part.kind}` }, svg("rect", { ...shape, y: 0, height: BAR, rx: 2 }), inside);
  group.append(svg("title", {}, `${part.label}: ${bytes(part.bytes)}`));
  if (wide > 96) {
    group.append(
      svg("text", { x: shape.x + 10, y: 21, class: "name" }, short(part.label, wide)),
      svg("text", { x: shape.x + 10, y: 40, class: "size" }, bytes(part.bytes)),
    );
  }
  return group;
}

/** A thin lane for each model's batches. */
function turns(part, { x, width }) {
  const height = Math.max(1.5, 8 / part.lanes.length);
  return part.lanes.slice(0, 6).map((lane, i) =>
    svg("rect", { class: "lane", x: x + 2, y: BAR - 2 - (i + 1) * (height + 1), height, width: Math.max(1, (lane.bytes / part.bytes) * (width - 4)) }),
  );
}

function needle(x, used, width) {
  const words = `${bytes(used)} in use now`;
  const right = x > width - 130;
  return svg(
    "g",
    { class: "needle" },
    svg("path", { d: `M${x} ${BAR + 2} l4 7 h-8 z` }),
    svg("text", { x: right ? x - 9 : x + 9, y: HEIGHT - 6, "text-anchor": right ? "end" : "start" }, words),
  );
}

function short(text, wide) {
  const most = Math.floor((wide - 20) / 6.6);
  return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
}

function spoken(found, total, used) {
  const each = found.map((part) => `${part.label} ${bytes(part.bytes)}`).join(", ");
  return `Memory of ${bytes(total)}: ${each}.${used === null ? "" : ` ${bytes(used)} in use now.`}`;
}

function row(part, total) {
  const button = el(
    "button",
    { type: "button", class: "why" },
    el("span", { class: `swatch ${part.kind}` }),
    el("span", { class: "label" }, part.label),
    el("span", { class: "size" }, bytes(part.bytes)),
    el("span", { class: "share" }, percent(part.bytes / total)),
  );
  const lanes = (part.lanes ?? []).length > 1 ? part.lanes.map(({ name, bytes: most }) => el("p", {}, `${name}: at most ${bytes(most)}`)) : [];
  return el("li", {}, explain(button, () => [el("p", {}, part.why), ...lanes]));
}

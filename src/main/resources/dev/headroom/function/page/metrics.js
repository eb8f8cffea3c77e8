// Prometheus' text format, as far as /q/metrics uses it.

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const ESCAPED = { "\\n": "\n", '\\"': '"', "\\\\": "\\" };

/** One reading of all metrics. */
export class Metrics {
  #series = new Map();

  constructor(text) {
    for (const line of text.split("\n")) {
      const parts = line.startsWith("#") ? null : LINE.exec(line);
      if (parts) {
        const found = this.#series.get(parts[1]) ?? [];
        found.push({ labels: labels(parts[2] ?? ""), value: number(parts[3]) });
        this.#series.set(parts[1], found);
      }
    }
  }

  /** The series of a metric whose labels have these values. */
  all(name, wanted = {}) {
    const series = this.#series.get(name) ?? [];
    return series.filter(({ labels }) => Object.entries(wanted).every(([key, value]) => labels[key] === value));
  }

  /** The mean of these series, one for each device; null where there are none. */
  mean(name, wanted = {}) {
    const found = this.all(name, wanted);
    return found.length === 0 ? null : this.sum(name, wanted) / found.length;
  }

  /** The sum of these series; null where there are none. */
  sum(name, wanted = {}) {
    const found = this.all(name, wanted);
    return found.length === 0 ? null : found.reduce((sum, { value }) => sum + value, 0);
  }
}

function labels(text) {
  const found = {};
  for (const [, name, value] of text.matchAll(LABEL)) {
    found[name] = value.replace(/\\[n"\\]/g, (escaped) => ESCAPED[escaped]);
  }
  return found;
}

function number(text) {
  return text === "+Inf" ? Infinity : text === "-Inf" ? -Infinity : Number(text);
}

// What the page has seen of the metrics since it was opened.

/** The longest time that is kept, in milliseconds. */
export const SPAN = 300000;

/** Readings further apart than this have a gap between them: the page slept, or nothing answered. */
const GAP = 15000;

/**
 * A list of points in time. A point has rates over the time since the reading before it, and values of now; a value is null
 * where it is not known.
 */
export class History {
  points = [];
  #last = null;

  /** Takes a reading, at this time in milliseconds. */
  add(time, metrics) {
    const now = counters(metrics);
    const before = this.#last;
    this.#last = { time, now };
    this.points.push({ time, ...levels(metrics), ...rates(before, time, now, metrics) });
    while (this.points[0].time < time - SPAN) {
      this.points.shift();
    }
  }

  get latest() {
    return this.points.at(-1) ?? null;
  }
}

function counters(metrics) {
  const all = metrics.sum("headroom_requests_seconds_count") ?? 0;
  const good = metrics
    .all("headroom_requests_seconds_count")
    .filter(({ labels }) => labels.status.startsWith("2") || labels.status === "OK")
    .reduce((sum, { value }) => sum + value, 0);
  return {
    requests: all,
    failed: all - good,
    items: metrics.sum("headroom_batch_items_sum") ?? 0,
    tokens: metrics.sum("headroom_generation_tokens_total", { kind: "generated" }) ?? 0,
    fills: metrics.sum("headroom_batch_fill_sum") ?? 0,
    batches: metrics.sum("headroom_batch_fill_count") ?? 0,
    busy: metrics.sum("headroom_device_busy_seconds_total") ?? 0,
    splits: (metrics.sum("headroom_batch_splits_total") ?? 0) + (metrics.sum("headroom_generation_unfit_total") ?? 0),
  };
}

function levels(metrics) {
  const total = metrics.sum("headroom_device_memory_bytes", { kind: "total" });
  const free = metrics.sum("headroom_device_memory_bytes", { kind: "free" });
  return {
    queue: metrics.sum("headroom_queue_items"),
    waiting: metrics.sum("headroom_generation_sequences", { kind: "waiting" }),
    running: metrics.sum("headroom_generation_sequences", { kind: "running" }),
    total,
    used: total === null || free === null ? null : Math.max(0, total - free),
  };
}

function rates(before, time, now, metrics) {
  const nothing = { requests: null, failed: null, items: null, tokens: null, fill: null, busy: null, splits: 0 };
  if (before === null || time - before.time > GAP || Object.keys(now).some((name) => now[name] < before.now[name])) {
    return nothing; // the first reading, a gap, or a service that started anew
  }
  const seconds = Math.max(0.001, (time - before.time) / 1000);
  const risen = (name) => now[name] - before.now[name];
  const lanes = Math.max(1, ...metrics.all("headroom_plan", { setting: "lanes" }).map(({ value }) => value));
  const devices = Math.max(1, metrics.sum("headroom_devices", { state: "serving" }) ?? 1);
  return {
    requests: risen("requests") / seconds,
    failed: risen("failed") / seconds,
    items: risen("items") / seconds,
    tokens: risen("tokens") / seconds,
    fill: risen("batches") > 0 ? risen("fills") / risen("batches") : null,
    busy: Math.min(1, risen("busy") / seconds / lanes / devices),
    splits: risen("splits"),
  };
}

// Numbers as people read them.

const SIZES = ["B", "KiB", "MiB", "GiB", "TiB"];

/** Bytes in the largest unit of 1,024 that leaves a whole part: 16.5 GiB. */
export function bytes(value) {
  let size = 0;
  let left = Math.abs(value);
  while (left >= 1024 && size < SIZES.length - 1) {
    left /= 1024;
    size++;
  }
  return `${value < 0 ? "-" : ""}${left.toFixed(size === 0 || left >= 100 ? 0 : 1)} ${SIZES[size]}`;
}

/** A whole number with separators; a number below 100 with one decimal where it has one. */
export function count(value) {
  const digits = Math.abs(value) < 100 && !Number.isInteger(value) ? 1 : 0;
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A share of 1 as a percentage. */
export function percent(share) {
  const value = share * 100;
  return value > 0 && value < 0.1 ? "< 0.1 %" : `${value < 10 ? +value.toFixed(1) : Math.round(value)} %`;
}

/** Milliseconds as ms, s or min. */
export function duration(millis) {
  if (millis < 1000) {
    return `${millis < 10 ? +millis.toFixed(1) : Math.round(millis)} ms`;
  }
  return millis < 120000 ? `${+(millis / 1000).toFixed(1)} s` : `${+(millis / 60000).toFixed(1)} min`;
}

/** A value of the plan with its unit. */
export function quantity(value, unit) {
  if (unit === "bytes") {
    return bytes(value);
  }
  if (unit === "ms") {
    return duration(value);
  }
  return `${count(value)} ${value === 1 ? singular(unit) : unit}`;
}

function singular(unit) {
  return unit === "batches" ? "batch" : unit.length > 1 ? unit.replace(/s$/, "") : unit;
}

/** The time of day. */
export function clock(millis) {
  return new Date(millis).toLocaleTimeString("en", { hour12: false });
}

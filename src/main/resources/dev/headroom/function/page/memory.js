// What fills the device: pure functions from the plan and the metrics to the parts of the picture.

/**
 * The parts of a device's memory, in their order.
 *
 * @param plan an answer of /plan
 * @param text the plans of models that generate text
 * @param metrics the last reading; null before the first
 * @return parts with a kind, a label, bytes, an explanation, and lanes where batches take turns in a part
 */
export function parts(plan, text, metrics) {
  const { card } = plan;
  const open = card.models.filter((model) => model.state === "open" || model.heldBytes > 0);
  const found = [
    others(card),
    ...open.map(weights),
    ...text.filter((model) => runsOn(model, card)).flatMap((model) => generation(model, metrics)),
    batches(open),
  ].filter((part) => part !== null && part.bytes > 0);
  return [...found, headroom(card, found)].filter((part) => part.bytes > 0);
}

function others(card) {
  return {
    kind: "others",
    label: "Other processes",
    bytes: card.othersBytes,
    why: "Held by other processes and by the driver itself, as last read.",
  };
}

function weights(model) {
  return {
    kind: "weights",
    label: `${model.name}: weights`,
    bytes: model.heldBytes,
    why: "Held while the model is open, whether a batch runs or not.",
  };
}

/** False where a model that generates text has a plan for larger devices only. */
function runsOn(plan, card) {
  return (plan.memory?.value ?? 0) <= card.totalBytes;
}

/** The cache of one device: the mean of several. */
function generation(plan, metrics) {
  const name = plan.model.name;
  const budget = metrics?.mean("headroom_cache_bytes", { kind: "budget", model: name }) ?? plan.cache?.value ?? 0;
  const held = metrics?.mean("headroom_cache_bytes", { kind: "held", model: name }) ?? 0;
  return [
    { kind: "weights", label: `${name}: weights`, bytes: plan.model.baseBytes ?? 0, why: "Held by the model that generates text." },
    { kind: "cache", label: `${name}: cache in use`, bytes: held, why: "Keys and values of the sequences that run now." },
    {
      kind: "budget",
      label: `${name}: cache, free`,
      bytes: Math.max(0, budget - held),
      why: `Set aside for keys and values. ${plan.cache?.reason ?? ""}`.trim(),
    },
  ];
}

/** Batches of several models take turns on a device, so that the largest decides. */
function batches(open) {
  const lanes = open.filter((model) => model.batchBytes > 0).map(({ name, batchBytes }) => ({ name, bytes: batchBytes }));
  if (lanes.length === 0) {
    return null;
  }
  return {
    kind: "batches",
    label: lanes.length === 1 ? `${lanes[0].name}: batches` : "Batches, in turns",
    bytes: Math.max(...lanes.map(({ bytes }) => bytes)),
    why: "The most that running batches may take. Models take turns, so the largest counts.",
    lanes,
  };
}

function headroom(card, found) {
  const taken = found.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    kind: "headroom",
    label: "Headroom",
    bytes: Math.max(0, card.totalBytes - taken),
    why: "Left free: for what grows, for other processes, and against running out of memory.",
  };
}

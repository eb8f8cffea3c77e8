// The plan in plain words: each setting's sentence, with {} for its number.

/** Groups of settings, in the order in which a reader asks for them. */
export const GROUPS = [
  {
    title: "Batches",
    sentences: {
      batch: "At most {} run together in one batch.",
      elements: "Together they have at most {}, padding included.",
      window: "An item waits at most {} for others to join its batch.",
      lanes: "On the device run {} at a time,",
      threads: "each on {} of the processor.",
      alone: "Up to {} get all cores when the device is idle.",
      "run-cost": "A further run costs as much as {} of padding.",
    },
  },
  {
    title: "Text",
    sentences: {
      rows: "At most {} are continued at a time.",
      context: "A prompt and its answer have at most {}.",
      chunk: "A prompt is read {} at a time.",
      cache: "Keys and values take at most {},",
      "prefix-cache": "of which sequences that have ended keep at most {} for those that begin alike,",
      "cache-tokens": "which is room for {} in all sequences together.",
    },
  },
  {
    title: "Memory",
    sentences: {
      memory: "The model and its work are predicted to stay below {}.",
      "direct-memory": "The JVM must allow {} of direct memory.",
    },
  },
  {
    title: "Requests",
    sentences: {
      prefetch: "While batches run, {} are admitted.",
      "queue-items": "The queue holds at most {};",
      "queue-bytes": "their inputs take at most {}.",
      workers: "Of these, {} are tokenised at a time,",
      fetches: "and {} are downloaded at a time.",
      timeout: "A batch may take {} before it counts as hung.",
    },
  },
  {
    title: "Knative",
    sentences: {
      containerConcurrency: "A replica takes {} at a time.",
      autoscalingTarget: "Another replica is added above {} each.",
      timeoutSeconds: "A request may take {}.",
      parallelism: "A broker sends {} at a time.",
    },
  },
];

/** Where a number comes from, in words. */
export const SOURCES = {
  set: "set by you",
  learned: "learned from batches that did not fit",
  calibrated: "measured on this device",
  declared: "declared in the model's folder",
  tier: "from the size of the device",
  default: "by rule",
};

/** The sentence of a setting that has none here. */
export function otherwise(name) {
  return `${name} is {}.`;
}

// What may be asked of a model, by its task: the fields of each form, and the request that they make.

const lines = (text) => text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
const post = (path, body) => ({ path, body, streams: body.stream === true });

const text = (name, label, value, rows = 2, hint = null) => ({ name, label, value, rows, hint });
const amount = (name, label, value, hint = null) => ({ name, label, value, type: "number", hint });

const embedding = {
  name: "Embedding",
  shows: "vectors",
  fields: [
    text("texts", "Texts, one a line", "The river runs through the valley\nA stream between the hills", 3),
    amount("dimensions", "Dimensions", "", "left empty: all"),
  ],
  request: (model, { texts, dimensions }) =>
    post("/v1/embeddings", { model, input: lines(texts), ...(dimensions ? { dimensions: Number(dimensions) } : {}) }),
};

const similarity = {
  name: "Similarity",
  shows: "similarity",
  fields: [
    text("source", "Text", "The river runs through the valley"),
    text("others", "Compared with, one a line", "A stream between the hills\nThe stock market fell today", 3),
  ],
  request: (model, { source, others }) =>
    post("/similarity", { inputs: { source_sentence: source, sentences: lines(others) }, model }),
};

const sparse = {
  name: "Sparse vector",
  shows: "sparse",
  fields: [text("texts", "Texts, one a line", "The river runs through the valley", 3)],
  request: (model, { texts }) => post("/embed_sparse", { inputs: lines(texts), model }),
};

const classification = {
  name: "Classification",
  shows: "labels",
  fields: [text("text", "Text", "What a wonderful day by the river", 3), text("second", "Second text", "", 1, "for models that read pairs")],
  request: (model, { text, second }) => post("/predict", { inputs: second ? [[text, second]] : text, model }),
};

const ranking = {
  name: "Rerank",
  shows: "ranks",
  fields: [
    text("query", "Query", "Which animal is the fastest?", 1),
    text("documents", "Documents, one a line", "The cheetah runs at 110 km/h\nA snail needs an hour for 50 m\nParis is the capital of France", 4),
  ],
  request: (model, { query, documents }) => post("/v1/rerank", { model, query, documents: lines(documents) }),
};

const image = {
  name: "Image",
  shows: "outputs",
  fields: [{ name: "image", label: "Image", type: "image" }],
  request: (model, { image }) => post("/infer", { model, inputs: [{ image }] }),
};

const chat = {
  name: "Chat",
  shows: "text",
  fields: [
    text("message", "Message", "Once upon a time", 3),
    text("system", "Instructions", "", 1, "the system's message; may be empty"),
    amount("tokens", "Most tokens", "128"),
    amount("temperature", "Temperature", "", "left empty: as the model's folder says"),
  ],
  request: (model, values) =>
    post("/v1/chat/completions", {
      model,
      messages: [...(values.system ? [{ role: "system", content: values.system }] : []), { role: "user", content: values.message }],
      ...sampling(values),
    }),
};

const completion = {
  name: "Completion",
  shows: "text",
  fields: [text("prompt", "Text to continue", "Once upon a time", 3), amount("tokens", "Most tokens", "128"), amount("temperature", "Temperature", "", "left empty: as the model's folder says")],
  request: (model, values) => post("/v1/completions", { model, prompt: values.prompt, ...sampling(values) }),
};

function sampling({ tokens, temperature }) {
  return {
    ...(tokens ? { max_tokens: Number(tokens) } : {}),
    ...(temperature === "" ? {} : { temperature: Number(temperature) }),
    stream: true,
  };
}

const TENSORS = { inputs: [{ name: "input", shape: [1, 1], datatype: "FP32", data: [0] }] };

const tensors = {
  name: "Tensors",
  shows: "json",
  fields: [text("body", "Request as JSON", JSON.stringify(TENSORS, null, 2), 8)],
  request: (model, { body }) => post(`/v2/models/${encodeURIComponent(model)}/infer`, JSON.parse(body)),
};

const infer = {
  name: "Any input",
  shows: "outputs",
  fields: [text("body", "Inputs as JSON", '["Hello world", {"id": "b", "text": "The quick brown fox"}]', 4)],
  request: (model, { body }) => post("/infer", { model, inputs: JSON.parse(body) }),
};

const BY_TASK = {
  embed: [embedding, similarity],
  sparse: [sparse],
  classify: [classification],
  rerank: [ranking],
  image: [image],
  generate: [chat, completion],
  tensors: [tensors],
};

/** The calls that a model of this task answers; a task that the page does not know gets the native door. */
export function callsFor(task) {
  return BY_TASK[task] ?? [infer];
}

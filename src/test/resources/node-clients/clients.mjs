// Asks the service at the first argument with the key that is the second, and writes what was read as one line of JSON.
import { InferenceClient } from "@huggingface/inference";
import OpenAI from "openai";

const [url, key] = process.argv.slice(2);
const openai = new OpenAI({ baseURL: url + "/v1", apiKey: key, maxRetries: 0 });
const embed = (model, input) => openai.embeddings.create({ model, input });
const codeOf = (answer) => answer.catch((error) => error.code);
const huggingFace = new InferenceClient(key);

console.log(
  JSON.stringify({
    models: (await openai.models.list()).data.map((model) => model.id),
    unknown: await codeOf(embed("gpt", "good")),
    tooLong: await codeOf(embed("all-minilm-l6-v2", "good ".repeat(300))),
    // A text alone, not a batch of one.
    raw: (
      await huggingFace.featureExtraction({ endpointUrl: url + "/embed", inputs: "Hello world", normalize: false })
    ).flat(),
    // A batch of one: of a single text this client expects more brackets than text-embeddings-inference writes.
    label: (await huggingFace.textClassification({ endpointUrl: url + "/predict", inputs: [["odd odd bad"]] }))[0].label,
  }),
);

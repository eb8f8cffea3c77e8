// Asks the service at the first argument as the second says, and writes what was read as one line of JSON.
import { InferenceClient } from "@huggingface/inference";
import OpenAI from "openai";

const [url, what] = process.argv.slice(2);
const read = what === "embedder" ? await embed() : await classify();
console.log(JSON.stringify(read));

async function embed() {
  const openai = new OpenAI({ baseURL: url + "/v1", apiKey: "none", maxRetries: 0 });
  const create = (model, input) => openai.embeddings.create({ model, input });
  const answer = await create("embedder", "good bad");
  return {
    openai: answer.data[0].embedding,
    models: (await openai.models.list()).data.map((model) => model.id),
    unknown: await create("gpt", "good").catch((error) => error.code),
    tooLong: await create("embedder", "good ".repeat(9)).catch((error) => error.code),
    huggingFace: (
      await new InferenceClient().featureExtraction({ endpointUrl: url, inputs: "good", normalize: false })
    ).flat(),
  };
}

async function classify() {
  // A batch of one: of a single text this client expects more brackets than text-embeddings-inference writes.
  const labels = await new InferenceClient().textClassification({ endpointUrl: url, inputs: [["odd odd bad"]] });
  return { huggingFace: labels[0].label };
}

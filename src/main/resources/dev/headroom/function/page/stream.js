// Server-sent events of the doors for text.

/**
 * Reads a stream to its end.
 *
 * @param response its answer
 * @param told gets each piece of text
 * @return the last event that told why it ended, or null
 * @throws Error with the sentence of an event that holds a failure, and where the stream ends without [DONE]
 */
export async function read(response, told) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let end = null;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + part.value).split("\n");
    rest = lines.pop();
    for (const data of lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trim())) {
      if (data === "[DONE]") {
        return end;
      }
      end = tell(JSON.parse(data), told) ?? end;
    }
  }
  throw new Error("The stream ended before the answer was whole.");
}

function tell(event, told) {
  if (event.error) {
    throw new Error(event.error.message ?? "The service failed while it answered.");
  }
  const choice = event.choices?.[0];
  const text = choice?.text ?? choice?.delta?.content ?? "";
  if (text) {
    told(text);
  }
  return choice?.finish_reason ?? null;
}

// A request as programs. Each literal is escaped for its language.

/** The languages, each with a function of the call that gives its program. */
export const LANGUAGES = { curl, Python: python, TypeScript: typescript, Java: java };

const IMAGE = "\u0000image\u0000";
const DATA_URL = /^data:[^,]*,/;

/**
 * A call to write down.
 *
 * @param address the service, without a slash at its end
 * @param request its path and body (null: none), and if it streams; may have a method, a media type and further headers
 * @param keyed true if it needs a key
 * @param file the image's file that stands in the body as a data URL; null without one
 */
export function call(address, request, keyed, file = null) {
  const { path, body, streams = false, method = "POST", mediaType = "application/json", headers = [] } = request;
  const taken = (name, value) => (file && typeof value === "string" && DATA_URL.test(value) ? IMAGE : value);
  const parts = body === null ? null : JSON.stringify(body, taken, 2).split(JSON.stringify(IMAGE));
  const all = body === null ? headers : [["Content-Type", mediaType], ...headers];
  return { url: address + path, method, headers: all, parts, streams, keyed, file: file?.name ?? "" };
}

function shell(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function curl({ url, method, headers, parts, streams, keyed, file }) {
  const words = [
    `curl ${streams ? "-N " : ""}${method === "POST" && parts === null ? "-X POST " : ""}${shell(url)}`,
    ...headers.map(([name, value]) => `-H ${shell(`${name}: ${value}`)}`),
    ...(keyed ? ['-H "Authorization: Bearer $HEADROOM_KEY"'] : []),
  ];
  if (parts === null || parts.length === 1) {
    return [...words, ...(parts ?? []).map((body) => `-d ${shell(body)}`)].join(" \\\n  ");
  }
  const body = parts.map(shell).join(`'"'"$(base64 < ${shell(file)} | tr -d '\\n')"'"'`);
  return `printf %s ${body} |\n${[...words, "-d @-"].join(" \\\n  ")}`;
}

const PYTHON_STREAM = `    for line in answer:
        data = line.decode().strip().removeprefix("data: ")
        if data.startswith("{"):
            for choice in json.loads(data)["choices"]:
                print(choice.get("text") or choice.get("delta", {}).get("content") or "", end="", flush=True)`;

function python({ url, method, headers, parts, streams, keyed, file }) {
  const image = `base64.b64encode(open(${literal(file)}, "rb").read()).decode()`;
  const imports = [parts?.length > 1 ? "base64" : "", "json", keyed ? "os" : "", "urllib.request"].filter(Boolean);
  const fields = headers.map(([name, value]) => `${literal(name)}: ${literal(value)}`);
  const key = keyed ? [`"Authorization": "Bearer " + os.environ["HEADROOM_KEY"]`] : [];
  const given = [
    literal(url),
    ...(parts === null ? [] : ["data=json.dumps(body).encode()"]),
    ...(fields.length + key.length === 0 ? [] : [`headers={${[...fields, ...key].join(", ")}}`]),
    `method=${literal(method)}`,
  ];
  const read = streams ? PYTHON_STREAM : parts === null ? "    print(answer.read().decode())" : "    print(json.load(answer))";
  return [
    imports.map((name) => `import ${name}`).join("\n"),
    "",
    ...(parts === null ? [] : [`body = ${pythonValue(parts).join(image)}`]),
    `request = urllib.request.Request(\n${given.map((word) => `    ${word},`).join("\n")}\n)`,
    `with urllib.request.urlopen(request) as answer:\n${read}`,
  ].join("\n");
}

/** JSON as Python writes it: three words differ, and strings are the same. */
function pythonValue(parts) {
  const words = { true: "True", false: "False", null: "None" };
  return parts.map((part) => part.replace(/"(?:[^"\\]|\\.)*"|\b(?:true|false|null)\b/g, (found) => words[found] ?? found));
}

const TYPESCRIPT_STREAM = `const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
let rest = "";
for (let part = await reader.read(); !part.done; part = await reader.read()) {
  const lines = (rest + part.value).split("\\n");
  rest = lines.pop()!;
  for (const line of lines.filter((line) => line.startsWith("data: {"))) {
    for (const choice of JSON.parse(line.slice(6)).choices) {
      process.stdout.write(choice.text ?? choice.delta?.content ?? "");
    }
  }
}`;

function typescript({ url, method, headers, parts, streams, keyed, file }) {
  const fields = headers.map(([name, value]) => `    ${literal(name)}: ${literal(value)},\n`).join("");
  const key = keyed ? "    Authorization: `Bearer ${process.env.HEADROOM_KEY}`,\n" : "";
  const body = parts?.join(`readFileSync(${literal(file)}).toString("base64")`).replaceAll("\n", "\n  ");
  return [
    ...(parts?.length > 1 ? ['import { readFileSync } from "node:fs";', ""] : []),
    `const response = await fetch(${literal(url)}, {`,
    `  method: ${literal(method)},`,
    ...(fields || key ? [`  headers: {\n${fields}${key}  },`] : []),
    ...(parts === null ? [] : [`  body: JSON.stringify(${body}),`]),
    "});",
    "if (!response.ok) throw new Error(await response.text());",
    streams ? TYPESCRIPT_STREAM : `console.log(await response.${parts === null ? "text" : "json"}());`,
  ].join("\n");
}

const JAVA_IMPORTS = ["java.net.URI", "java.net.http.HttpClient", "java.net.http.HttpRequest", "java.net.http.HttpRequest.BodyPublishers", "java.net.http.HttpResponse.BodyHandlers"];
const JAVA_IMAGE = ["java.nio.file.Files", "java.nio.file.Path", "java.util.Base64"];

function java({ url, method, headers, parts, streams, keyed, file }) {
  const image = `\\"" + Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of(${literal(file)}))) + "\\"`;
  const body = parts?.map((part) => literal(part.replace(/\n\s*/g, "")).slice(1, -1)).join(image);
  const lines = [
    ...headers.map(([name, value]) => `.header(${literal(name)}, ${literal(value)})`),
    ...(keyed ? ['.header("Authorization", "Bearer " + System.getenv("HEADROOM_KEY"))'] : []),
    `.method(${literal(method)}, ${parts === null ? "BodyPublishers.noBody()" : "BodyPublishers.ofString(body)"})`,
    ".build();",
  ];
  const read = streams
    ? "client.send(request, BodyHandlers.ofLines()).body().forEach(IO::println);"
    : "IO.println(client.send(request, BodyHandlers.ofString()).body());";
  return [
    ...[...JAVA_IMPORTS, ...(parts?.length > 1 ? JAVA_IMAGE : [])].map((name) => `import ${name};`),
    "",
    "void main() throws Exception {",
    ...(parts === null ? [] : [`    String body = "${body}";`]),
    `    HttpRequest request = HttpRequest.newBuilder(URI.create(${literal(url)}))`,
    ...lines.map((line) => `        ${line}`),
    "    try (HttpClient client = HttpClient.newHttpClient()) {",
    `        ${read}`,
    "    }",
    "}",
  ].join("\n");
}

/** A string in double quotes, as all four read it. */
function literal(text) {
  return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

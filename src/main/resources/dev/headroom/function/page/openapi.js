// An OpenAPI document, read: pure functions over its JSON.

const METHODS = ["get", "post", "put", "delete"];

/** What a reference within the document stands for; anything else as it is. */
export function resolved(document, node) {
  if (!node?.$ref) {
    return node;
  }
  const steps = node.$ref.slice(2).split("/").map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return resolved(document, steps.reduce((found, step) => found?.[step], document));
}

/** The operations by their tags, in the document's order. */
export function operations(document) {
  const all = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({ ...item[method], method, path, id: `${method}${path}`.replace(/\W+/g, "-") })),
  );
  const tags = document.tags ?? [];
  return tags.map((tag) => ({ ...tag, operations: all.filter((operation) => operation.tags?.[0] === tag.name) }));
}

/** The examples of an operation's bodies, each with its media type and name. */
export function examples(document, { requestBody }) {
  const content = resolved(document, requestBody)?.content ?? {};
  return Object.entries(content).flatMap(([mediaType, { examples, example }]) => [
    ...(example === undefined ? [] : [{ mediaType, name: "example", value: example }]),
    ...Object.entries(examples ?? {}).map(([name, found]) => ({ mediaType, name, value: resolved(document, found).value })),
  ]);
}

/** The schema of an operation's body; undefined without one. */
export function bodySchema(document, { requestBody }) {
  const content = Object.values(resolved(document, requestBody)?.content ?? {});
  return content.map(({ schema }) => schema).find(Boolean);
}

/** The properties of an object's schema, those of all its parts together. */
export function properties(document, schema) {
  const found = resolved(document, schema) ?? {};
  const parts = [found, ...[...(found.allOf ?? []), ...(found.oneOf ?? []), ...(found.anyOf ?? [])].map((part) => resolved(document, part))];
  const rows = new Map();
  for (const part of parts) {
    for (const [name, property] of Object.entries(part.properties ?? {})) {
      rows.set(name, { name, type: type(document, property), about: resolved(document, property)?.description ?? "", must: (part.required ?? []).includes(name) });
    }
  }
  return [...rows.values()];
}

/** The type of a schema in words. */
export function type(document, schema, depth = 0) {
  const found = resolved(document, schema) ?? {};
  const choices = found.oneOf ?? found.anyOf;
  if (found.enum) {
    return found.enum.map((value) => JSON.stringify(value)).join(" | ");
  }
  if (found.const !== undefined) {
    return JSON.stringify(found.const);
  }
  if (choices && depth < 3) {
    return [...new Set(choices.map((choice) => type(document, choice, depth + 1)))].join(" | ");
  }
  if (found.type === "array") {
    return depth > 3 ? "array" : `array of ${type(document, found.items, depth + 1)}`;
  }
  return [found.type ?? (found.properties ? "object" : "any")].flat().join(" | ");
}

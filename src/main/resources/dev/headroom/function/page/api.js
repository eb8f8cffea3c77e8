// The page of the API: renders /q/openapi.

import { Access } from "./access.js";
import { Code } from "./code.js";
import { byId, el, say } from "./dom.js";
import { bodySchema, examples, operations, properties, resolved, type } from "./openapi.js";
import { Service } from "./service.js";
import { call } from "./snippets.js";

const service = new Service(new URL("../", document.baseURI));
const access = new Access(service, read);

async function read() {
  try {
    draw(await service.json("q/openapi?format=json"));
    byId("trouble").hidden = true;
  } catch (failure) {
    if (failure.status === 401) {
      access.ask(failure.message);
      say(byId("api-lead"), "The description needs a key.");
    } else {
      say(byId("trouble"), failure.message);
      byId("trouble").hidden = false;
    }
  }
}

function draw(document) {
  const tags = operations(document).filter((tag) => tag.operations.length > 0);
  say(byId("api-lead"), document.info.description);
  byId("api-list").replaceChildren(
    ...tags.flatMap((tag) => [el("h2", {}, tag.name), ...tag.operations.map(({ id, method, path }) => el("a", { href: `#${id}` }, verb(method), path))]),
  );
  byId("api-body").replaceChildren(
    ...tags.map((tag) =>
      el("section", {}, el("div", { class: "tag-head" }, el("h2", {}, tag.name), el("p", { class: "soft" }, tag.description ?? "")), tag.operations.map((found) => operation(document, found))),
    ),
  );
  byId(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}

function verb(method) {
  return el("span", { class: `method ${method}` }, method.toUpperCase());
}

function operation(document, found) {
  const schema = bodySchema(document, found);
  const rows = schema ? properties(document, schema) : [];
  const parameters = (found.parameters ?? []).map((parameter) => resolved(document, parameter));
  const words = el(
    "div",
    {},
    el("h3", {}, verb(found.method), " ", found.path),
    el("p", {}, found.summary ?? ""),
    found.description ? el("p", { class: "soft" }, found.description) : null,
    table("Parameters", parameters.map((parameter) => ({ name: parameter.name, type: `${type(document, parameter.schema)}, in ${parameter.in}`, about: parameter.description ?? "", must: parameter.required }))),
    table("Body", rows),
    table("Answers", Object.entries(found.responses ?? {}).map(([status, answer]) => ({ name: status, type: "", about: resolved(document, answer).description ?? "" }))),
  );
  return el("article", { class: "card operation", id: found.id, "aria-label": `${found.method} ${found.path}` }, words, sample(document, found));
}

function table(title, rows) {
  return rows.length === 0 ? null : el("div", {}, el("h4", {}, title), el("ul", { class: "properties" }, rows.map(row)));
}

function row({ name, type, about, must }) {
  return el("li", {}, el("code", {}, name), el("span", { class: "type" }, type, must ? el("span", { class: "must" }, " required") : null), about ? el("span", { class: "about" }, about) : null);
}

/** The examples as programs, with a choice where there are several. */
function sample(document, found) {
  const code = new Code();
  const all = examples(document, found);
  const show = (example) => code.show(call(service.address, request(document, found, example), service.hasKey || service.asks));
  if (all.length > 1) {
    const options = all.map(({ name, mediaType }) => el("option", {}, mediaType === "application/json" ? name : `${name} (${mediaType})`));
    const select = el("select", { change: () => show(all[select.selectedIndex]) }, options);
    code.element.prepend(el("label", { class: "picker" }, el("span", {}, "Example"), select));
  }
  show(all[0]);
  return code.element;
}

/** The request of an example; headers that have an example belong to the plain media type. */
function request(document, found, example) {
  const plain = !example || example.mediaType === "application/json";
  const headers = (found.parameters ?? [])
    .map((parameter) => resolved(document, parameter))
    .filter((parameter) => parameter.in === "header" && parameter.example !== undefined && plain)
    .map(({ name, example }) => [name, String(example)]);
  return {
    path: path(document, found),
    body: example?.value ?? null,
    mediaType: example?.mediaType,
    method: found.method.toUpperCase(),
    headers,
    streams: example?.value?.stream === true,
  };
}

function path(document, { path, parameters = [] }) {
  const examples = parameters.map((parameter) => resolved(document, parameter)).filter((parameter) => parameter.in === "path");
  return examples.reduce((text, { name, example }) => text.replace(`{${name}}`, example ?? name), path);
}

read();

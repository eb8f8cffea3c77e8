// The box that tries each door on each model.

import { el, byId, say } from "./dom.js";
import { AnswerView } from "./answer.js";
import { callsFor } from "./calls.js";
import { Code } from "./code.js";
import { Form } from "./form.js";
import { call } from "./snippets.js";
import { Tabs } from "./tabs.js";

export class Try {
  #service;
  #fields = el("form", { class: "fields", novalidate: true, submit: (event) => this.#submit(event) });
  #send = el("button", { type: "submit", class: "primary" }, "Send");
  #stop = el("button", { type: "button", hidden: true, click: () => this.#running?.abort() }, "Stop");
  #wrong = el("p", { class: "wrong", role: "alert" });
  #code = new Code();
  #answer = new AnswerView();
  #panel = el("div", {});
  #tabs;
  #calls = [];
  #kept = {};
  #form = null;
  #model = "";
  #task = "";
  #running = null;

  constructor(service) {
    this.#service = service;
    this.#tabs = new Tabs("Kind of call", this.#panel, (name) => this.#choose(name));
    this.#panel.append(this.#fields);
    byId("try-body").replaceChildren(
      el("div", { class: "asked" }, this.#tabs.list, this.#panel, this.#answer.element),
      this.#code.element,
    );
  }

  /** Offers the calls of a model. */
  use(model, task) {
    if (model === this.#model && task === this.#task) {
      return;
    }
    [this.#model, this.#task] = [model, task];
    this.#running?.abort();
    this.#calls = callsFor(task);
    this.#tabs.offer(this.#calls.map(({ name }) => name));
  }

  /** The service answers calls on another port: requests can only be written down. */
  writeOnly() {
    this.#send.disabled = true;
    byId("try-note").hidden = false;
  }

  /** Writes the programs anew: the key may have come or gone. */
  refresh() {
    this.#changed();
  }

  #choose(name) {
    const { fields } = this.#calls.find((found) => found.name === name);
    this.#form = new Form(fields, this.#kept, () => this.#changed());
    this.#fields.replaceChildren(...this.#form.elements, this.#wrong, el("div", { class: "buttons" }, this.#send, this.#stop));
    this.#answer.clear();
    this.#changed();
  }

  #changed() {
    if (this.#form === null) {
      return;
    }
    Object.assign(this.#kept, this.#form.values);
    const request = this.#request();
    const keyed = this.#service.hasKey || this.#service.asks;
    const address = byId("try-note").hidden ? this.#service.address : byId("try-address").value.replace(/\/+$/, "");
    this.#code.show(request && call(address, request, keyed, this.#form.file), this.#wrong.textContent);
  }

  /** The request that stands in the fields; null, with the reason, where they make none. */
  #request() {
    const chosen = this.#calls.find(({ name }) => name === this.#tabs.name);
    const values = this.#form.values;
    say(this.#wrong, "");
    for (const { name, label, type } of chosen.fields) {
      if (type === "number" && values[name].trim() !== "" && !Number.isFinite(Number(values[name]))) {
        say(this.#wrong, `${label} is "${values[name]}"; write a number.`);
        return null;
      }
    }
    try {
      return chosen.request(this.#model, values);
    } catch (failure) {
      say(this.#wrong, `This is no JSON: ${failure.message}.`);
      return null;
    }
  }

  async #submit(event) {
    event.preventDefault();
    const request = this.#request();
    if (request === null || this.#send.disabled) {
      return;
    }
    this.#running = new AbortController();
    this.#send.disabled = true;
    this.#stop.hidden = false;
    const { shows } = this.#calls.find(({ name }) => name === this.#tabs.name);
    await this.#answer.show(this.#service, request, shows, this.#running.signal);
    this.#send.disabled = false;
    this.#stop.hidden = true;
  }
}

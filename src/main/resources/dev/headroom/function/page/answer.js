// The answer to a call that was tried: what came, how long it took, and the whole of it as JSON.

import { el, say } from "./dom.js";
import { SHOWN } from "./answers.js";
import { duration } from "./format.js";
import { read } from "./stream.js";

/** The most characters of JSON that are shown. */
const LONGEST = 20000;

export class AnswerView {
  #status = el("p", { class: "answer-status", role: "status" });
  #body = el("div", { class: "answer-body" });
  #raw = el("details", { hidden: true }, el("summary", {}, "The whole answer"), el("pre", { tabindex: "0" }));

  constructor() {
    this.element = el("section", { class: "answer", "aria-label": "Answer" }, this.#status, this.#body, this.#raw);
    this.clear();
  }

  clear() {
    say(this.#status, "");
    this.#raw.hidden = true;
    this.#body.replaceChildren(el("p", { class: "empty" }, "The answer appears here."));
  }

  /** Sends a request and shows what comes. */
  async show(service, request, shows, signal) {
    const from = performance.now();
    this.#raw.hidden = true;
    this.#body.replaceChildren(el("p", { class: "empty" }, "Waiting for the answer…"));
    say(this.#status, "");
    try {
      const accept = request.streams ? "text/event-stream" : "application/json";
      const response = await service.send(request.path, { body: request.body, accept, signal });
      await (request.streams ? this.#stream(response, from) : this.#whole(response, request, shows, from));
    } catch (failure) {
      this.#failed(failure, signal, from);
    }
  }

  async #whole(response, request, shows, from) {
    const answer = await response.json();
    say(this.#status, `${response.status} · ${duration(performance.now() - from)}${phases(response)}`);
    this.#body.replaceChildren(...SHOWN[shows](answer, request));
    const text = JSON.stringify(answer, null, 1);
    this.#raw.lastChild.textContent = text.length > LONGEST ? `${text.slice(0, LONGEST)}\n… ${text.length - LONGEST} further characters` : text;
    this.#raw.hidden = shows === "json";
  }

  async #stream(response, from) {
    const text = el("p", { class: "written" });
    this.#body.replaceChildren(text);
    let pieces = 0;
    let first = 0;
    const end = await read(response, (piece) => {
      first ||= performance.now();
      pieces++;
      text.append(piece);
    });
    const seconds = Math.max(0.001, (performance.now() - first) / 1000);
    const pace = pieces > 1 ? ` · ${Math.round((pieces - 1) / seconds)} pieces a second` : "";
    const why = { length: "the most tokens were reached", stop: "the model ended it" }[end] ?? end ?? "";
    say(this.#status, `${response.status} · first text after ${duration(Math.max(0, first - from))}${pace}${why ? ` · ${why}` : ""}`);
    if (pieces === 0) {
      text.append(el("span", { class: "empty" }, "The model wrote nothing."));
    }
  }

  #failed(failure, signal, from) {
    if (signal.aborted) {
      say(this.#status, `Stopped after ${duration(performance.now() - from)}`);
      this.#body.querySelector(".empty")?.remove();
      return;
    }
    say(this.#status, failure.status ? `${failure.status} · refused after ${duration(performance.now() - from)}` : "Failed");
    const told = el("p", { class: "failure", role: "alert" }, failure.message);
    const written = this.#body.querySelector(".written");
    this.#body.replaceChildren(...[written, told].filter(Boolean));
  }
}

/** The phases of the header Server-Timing: where the time went in the service. */
function phases(response) {
  const found = [...(response.headers.get("Server-Timing") ?? "").matchAll(/(\w+);dur=([\d.]+)/g)];
  const told = found.filter(([, name]) => name === "queue" || name === "run").map(([, name, millis]) => `${name} ${duration(Number(millis))}`);
  return told.length ? ` · ${told.join(", ")}` : "";
}

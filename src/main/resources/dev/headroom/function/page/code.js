// The request as a program, in tabs, with a button that copies it.

import { el, say } from "./dom.js";
import { LANGUAGES } from "./snippets.js";
import { Tabs } from "./tabs.js";

export class Code {
  #code = el("code", {});
  #pre = el("pre", { tabindex: "0" }, this.#code);
  #copy = el("button", { type: "button", class: "quiet", click: () => this.#copied() }, "Copy");
  #tabs = new Tabs("Language", this.#pre, () => this.#draw());
  #call = null;

  constructor() {
    this.element = el("div", { class: "code" }, el("div", { class: "code-bar" }, this.#tabs.list, this.#copy), this.#pre);
    this.#tabs.offer(Object.keys(LANGUAGES));
  }

  /** Shows the programs of a call, or the reason why there is none. */
  show(call, reason = "") {
    this.#call = call;
    this.#draw(reason);
  }

  #draw(reason = "") {
    const text = this.#call === null ? reason : LANGUAGES[this.#tabs.name](this.#call);
    say(this.#code, text);
    this.#copy.disabled = this.#call === null;
  }

  async #copied() {
    try {
      await navigator.clipboard.writeText(this.#code.textContent);
      say(this.#copy, "Copied");
    } catch {
      // the browser lets only secure pages write: the text is selected instead
      getSelection().selectAllChildren(this.#code);
      say(this.#copy, "Selected");
    }
    setTimeout(() => say(this.#copy, "Copy"), 1500);
  }
}

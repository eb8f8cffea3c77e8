// The field for the key: its value goes to the service object, and nowhere else.

import { byId } from "./dom.js";

export class Access {
  #bar = byId("key-bar");
  #input = byId("key-input");
  #words = byId("key-words");
  #toggle = byId("key-toggle");
  #service;

  /** @param used called once another key is used */
  constructor(service, used) {
    this.#service = service;
    this.#toggle.addEventListener("click", () => this.#open(this.#bar.hidden));
    byId("key-form").addEventListener("submit", (event) => {
      event.preventDefault();
      service.useKey(this.#input.value);
      this.#input.value = "";
      this.#open(false);
      used();
    });
    byId("key-forget").addEventListener("click", () => {
      service.useKey("");
      this.#open(false);
      used();
    });
  }

  /** Asks for a key, with the sentence of the service that wants one. */
  ask(sentence) {
    this.#service.asks = true;
    this.#words.textContent = this.#service.hasKey ? sentence : "This service asks for a key. It stays in the memory of this page only.";
    if (this.#bar.hidden) {
      this.#open(true);
    }
  }

  #open(open) {
    this.#bar.hidden = !open;
    this.#toggle.setAttribute("aria-expanded", String(open));
    byId("key-forget").hidden = !this.#service.hasKey;
    this.#toggle.textContent = this.#service.hasKey ? "Key in use" : "API key";
    if (open) {
      this.#input.focus();
    }
  }
}

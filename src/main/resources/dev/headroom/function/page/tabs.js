// Tabs by the pattern of WAI-ARIA: arrow keys move, and the chosen one shows its panel.

import { el } from "./dom.js";

let made = 0;

/**
 * A list of tabs.
 *
 * @param label what the list chooses
 * @param panel the element that shows what is chosen
 * @param chosen called with the name of each tab that is chosen
 */
export class Tabs {
  #panel;
  #chosen;
  #buttons = [];
  name = null;

  constructor(label, panel, chosen) {
    this.#panel = panel;
    this.#chosen = chosen;
    this.list = el("div", { class: "tabs", role: "tablist", "aria-label": label, keydown: (event) => this.#move(event) });
    panel.id ||= `panel-${++made}`;
    panel.setAttribute("role", "tabpanel");
  }

  /** Offers these names, and chooses the one that was chosen before, or else the first. */
  offer(names) {
    this.#buttons = names.map((name) =>
      el(
        "button",
        { type: "button", role: "tab", id: `tab-${++made}`, "aria-controls": this.#panel.id, click: () => this.choose(name) },
        name,
      ),
    );
    this.list.replaceChildren(...this.#buttons);
    this.list.hidden = names.length < 2;
    this.choose(names.includes(this.name) ? this.name : names[0]);
  }

  choose(name) {
    this.name = name;
    for (const button of this.#buttons) {
      const on = button.textContent === name;
      button.setAttribute("aria-selected", String(on));
      button.tabIndex = on ? 0 : -1;
      if (on) {
        this.#panel.setAttribute("aria-labelledby", button.id);
      }
    }
    this.#chosen(name);
  }

  #move(event) {
    const at = this.#buttons.findIndex((button) => button.textContent === this.name);
    const last = this.#buttons.length - 1;
    const next = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      this.choose(this.#buttons[next].textContent);
      this.#buttons[next].focus();
    }
  }
}

// The fields of one call.

import { el, field } from "./dom.js";
import { ImageDrop } from "./image-drop.js";

export class Form {
  #controls = new Map();
  #drop = null;

  /**
   * @param fields the fields of a call
   * @param kept values that were typed before, by the fields' names
   * @param changed called whenever a value is another
   */
  constructor(fields, kept, changed) {
    this.elements = fields.map((spec) => {
      const value = kept[spec.name] ?? spec.value;
      const control = this.#control(spec, value, changed);
      return field(spec.label, control.input, spec.hint ?? null, control.element);
    });
  }

  #control(spec, value, changed) {
    if (spec.type === "image") {
      this.#drop = new ImageDrop(changed);
      this.#controls.set(spec.name, this.#drop);
      return this.#drop;
    }
    const input = spec.type === "number" ? el("input", { type: "text", inputmode: "decimal", autocomplete: "off" }) : el("textarea", { rows: spec.rows, spellcheck: "false" });
    input.value = value;
    input.addEventListener("input", changed);
    this.#controls.set(spec.name, input);
    return { input, element: input };
  }

  /** What stands in the fields, by their names. */
  get values() {
    return Object.fromEntries([...this.#controls].map(([name, control]) => [name, control.value]));
  }

  /** The image's file; null without one. */
  get file() {
    return this.#drop?.file ?? null;
  }
}

// A field for an image: dropped, pasted or chosen.

import { el, say } from "./dom.js";
import { bytes } from "./format.js";

export class ImageDrop {
  value = "";
  file = null;
  #changed;
  #preview = el("img", { alt: "", hidden: true });
  #words = el("span", {}, "Drop an image here, paste one, or choose a file");

  /** @param changed called once another image is there */
  constructor(changed) {
    this.#changed = changed;
    this.input = el("input", { type: "file", accept: "image/*", class: "visually-hidden", change: () => this.#take(this.input.files[0]) });
    this.element = el("div", { class: "drop", click: (event) => event.target !== this.input && this.input.click() }, this.#preview, this.#words, this.input);
    this.element.addEventListener("dragover", (event) => this.#over(event, true));
    this.element.addEventListener("dragleave", (event) => this.#over(event, false));
    this.element.addEventListener("drop", (event) => {
      this.#over(event, false);
      this.#take(event.dataTransfer.files[0]);
    });
    this.element.addEventListener("paste", (event) => this.#take(event.clipboardData.files[0]));
  }

  #over(event, on) {
    event.preventDefault();
    this.element.classList.toggle("over", on);
  }

  #take(file) {
    if (!file) {
      return;
    }
    if (!file.type.startsWith("image/")) {
      say(this.#words, `${file.name} is no image; choose another file.`);
      return;
    }
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      this.value = reader.result;
      this.file = file;
      this.#preview.src = this.value;
      this.#preview.hidden = false;
      say(this.#words, `${file.name}, ${bytes(file.size)}`);
      this.#changed();
    });
    reader.readAsDataURL(file);
  }
}

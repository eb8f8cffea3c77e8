// Elements without innerHTML: data only ever becomes text.

const SVG = "http://www.w3.org/2000/svg";

let fields = 0;

/** An HTML element. Attributes that are functions become listeners; those that are null or false are left out. */
export function el(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** An SVG element, as {@link el}. */
export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name, value);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** The element of the page with this id. */
export function byId(id) {
  return document.getElementById(id);
}

/** Puts a text there, unless it stands there already: screen readers would tell it again. */
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/**
 * A field with its label.
 *
 * @param input what the label names
 * @param hint a short explanation, or null
 * @param shown the element that holds the input, where that is another one
 */
export function field(label, input, hint = null, shown = input) {
  fields++;
  input.id = `field-${fields}`;
  const note = hint === null ? null : el("span", { class: "hint", id: `${input.id}-hint` }, hint);
  if (note) {
    input.setAttribute("aria-describedby", note.id);
  }
  return el("div", { class: "field" }, el("label", { for: input.id }, label, note), shown);
}

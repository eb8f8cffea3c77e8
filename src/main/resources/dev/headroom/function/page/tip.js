// One tooltip for all that explains itself: on hover, on focus and on a tap; Escape hides it.

import { el } from "./dom.js";

const box = el("div", { class: "tip", role: "tooltip", id: "tip", hidden: true });
let shownFor = null;

document.body.append(box);
document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
document.addEventListener("scroll", follow, { passive: true });
window.addEventListener("resize", follow);

/**
 * Gives an element a tooltip.
 *
 * @param content makes the nodes that it shows
 */
export function explain(element, content) {
  const show = () => open(element, content);
  element.addEventListener("pointerenter", show);
  element.addEventListener("focus", show);
  element.addEventListener("click", show);
  element.addEventListener("pointerleave", () => document.activeElement !== element && hide());
  element.addEventListener("blur", hide);
  return element;
}

function open(element, content) {
  hide();
  shownFor = element;
  box.replaceChildren(...content());
  box.hidden = false;
  element.setAttribute("aria-describedby", box.id);
  place(element.getBoundingClientRect());
}

function hide() {
  shownFor?.removeAttribute("aria-describedby");
  shownFor = null;
  box.hidden = true;
}

/** The focus itself scrolls: the tooltip stays with what has it. */
function follow() {
  if (shownFor !== null && shownFor === document.activeElement) {
    place(shownFor.getBoundingClientRect());
  } else {
    hide();
  }
}

/** Below the element, or above it where there is no room; always within the window. */
function place(target) {
  const margin = 8;
  const { width, height } = box.getBoundingClientRect();
  const middle = target.left + target.width / 2 - width / 2;
  const left = Math.max(margin, Math.min(middle, document.documentElement.clientWidth - width - margin));
  const below = target.bottom + margin;
  const top = below + height > window.innerHeight - margin ? target.top - height - margin : below;
  box.style.left = `${left}px`;
  box.style.top = `${Math.max(margin, top)}px`;
}

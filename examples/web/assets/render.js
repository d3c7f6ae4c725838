// Building blocks of the page. Data becomes text and attributes only, never markup.

import { most } from "./order.js";

/** el makes an element. Names with a dash are attributes, others properties. What is false or absent is left out. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (name.includes("-")) element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child || child === 0));
  return element;
}

/** fill replaces what is in a list. The focus stays where it was, in a field together with what is being typed. */
export function fill(list, children) {
  const focused = list.contains(document.activeElement) ? document.activeElement : undefined;
  list.replaceChildren(...children);
  const next = focused && list.querySelector(`[data-key="${CSS.escape(focused.dataset.key)}"]`);
  if (next?.tagName === "INPUT") next.replaceWith(focused);
  (next?.tagName === "INPUT" ? focused : next)?.focus({ preventScroll: true });
}

/** choice is a button in a list that stands for an entity. */
export function choice(test, entity, details, onclick, pressed) {
  return el("li", {},
    el("button", { type: "button", onclick, "data-test": test, "data-sid": entity.sid, "data-key": entity.sid, "aria-pressed": pressed },
      el("span", { className: "name" }, entity.name),
      el("span", { className: "details" }, el("code", {}, entity.sid), ...details)));
}

/** line is one line of the order. */
export function line({ product, vendor, quantity }, mark, onquantity, onremove) {
  const number = { type: "number", min: "1", max: String(most), required: true, value: quantity };
  const oninput = ({ target }) => onquantity(target.value);
  const about = (what, label) => ({ "data-key": `${product.sid} ${what}`, "aria-label": `${label} ${product.name}` });
  return el("li", { "data-test": "line", "data-sid": product.sid },
    el("div", {},
      el("span", { className: "name" }, product.name),
      el("span", { className: "details" }, `${vendor.name} · `, el("code", {}, product.sid), mark)),
    el("input", { ...number, oninput, ...about("quantity", "Quantity of") }),
    el("button", { type: "button", className: "quiet", onclick: onremove, ...about("remove", "Remove") }, "Remove"));
}

/** clock is a time of day, with the date where it is not today. */
export function clock(milliseconds) {
  const time = new Date(milliseconds);
  const today = time.toDateString() === new Date().toDateString();
  return time.toLocaleString([], today ? { timeStyle: "medium" } : { dateStyle: "medium", timeStyle: "short" });
}

/** count is a number of something. */
export function count(n, word) {
  return `${n} ${noun(n, word)}`;
}

/** noun is a word, in the plural where the number wants it. */
export function noun(n, word) {
  return n === 1 ? word : `${word}s`;
}

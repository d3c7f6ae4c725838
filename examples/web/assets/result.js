// What became of an order: the drawing of its way, and below it what MS1 said and holds.

import { clock, count, el, noun } from "./render.js";

const section = document.querySelector("#result");
const title = document.querySelector("#result-title");
const path = document.querySelector("#path");

const ways = {
  attested: "MS2's signature, verified by MS1 alone",
  cached: "MS1 remembered MS2's word",
  stale: "MS1 went by MS2's earlier word, and renews it in the background",
  fresh: "MS1 asked MS2",
};

// What is written between MS1 and MS2 where the answer does not say what passed there.
const unknown = { refused: "not told", unchecked: "no verdict" };

/** sending says that an answer is awaited. */
export function sending() {
  show("sending", "On its way to MS1 …", "The order is on its way.");
}

/** stored shows MS1's receipt, and the order as read back from its address, null when that failed. */
export function stored({ id, checked, requests }, row, address, took) {
  const caption = requests ? `Meanwhile, MS1 sent ${count(requests, "request")} to MS2.` : "MS1 stored it without a request to MS2.";
  show("stored", "Stored", caption, requests,
    el("dl", { className: "figures" },
      figure(requests, `${noun(requests, "request")} from MS1 to MS2`, { "data-test": "requests", "data-count": requests }),
      figure(checked.length, `${noun(checked.length, "SID")} checked`),
      figure(`${Math.round(took)} ms`, "from click to answer")),
    el("h3", {}, "How each was checked"),
    el("ul", { className: "checks" }, ...checked.map(({ sid, how }) =>
      el("li", { "data-test": "checked", "data-sid": sid, "data-how": how }, el("code", {}, sid), el("span", {}, ways[how] ?? how)))),
    el("h3", {}, "What MS1's database holds ", el("a", { href: address }, "as JSON")),
    row ? record(row) : el("p", {}, "Order ", el("code", { "data-test": "order-id" }, id), " is stored, but could not be read back."));
}

function figure(number, text, data) {
  return el("div", {}, el("dt", {}, text), el("dd", data, String(number)));
}

function record(order) {
  const fact = (name, ...value) => el("div", {}, el("dt", {}, name), el("dd", {}, ...value));
  return el("div", { className: "record" },
    el("dl", {},
      fact("Order", el("code", { "data-test": "order-id" }, order.id)),
      fact("Stored", clock(Date.parse(order.created))),
      fact("Customer", order.customer),
      order.user && fact("Sent by", order.user),
      order.note && fact("Note", order.note),
      fact("MS2's data", order.source === "kept" ? "kept by the browser" : "just fetched")),
    el("ul", {}, ...order.lines.map(({ product, vendor, quantity }) => el("li", {},
      el("span", { className: "quantity" }, `${quantity} ×`),
      el("span", {}, product.name,
        el("span", { className: "details" }, el("code", {}, product.sid), ` of ${vendor.name} `, el("code", {}, vendor.sid)))))));
}

/** refused shows why MS1 did not take the order. */
export function refused(problem) {
  const errors = problem.errors ?? [];
  show("refused", "Refused", "MS1 did not let it through to its database. A refusal does not say whether MS1 asked MS2.", undefined,
    el("p", {}, errors.length ? "Nothing was stored, because of this:" : `Nothing was stored. ${problem.message}`, wait(problem)),
    ...faults(errors));
}

/** unchecked says that MS1 could not tell, and to try again. */
export function unchecked(problem) {
  show("unchecked", "Not checked", "MS1 could not find out whether all of it is genuine, and takes nothing on trust.", undefined,
    el("p", {}, "Nothing was stored, because MS1 could not find out whether this is genuine. Please try again.", wait(problem)),
    ...faults(problem.errors ?? []));
}

/** failed is for what says nothing of the order. */
export function failed(text) {
  show("failed", "That went wrong", "MS1 gave no receipt.", undefined, el("p", {}, text));
}

function wait({ retryAfter }) {
  return retryAfter > 0 && ` MS1 asks to wait for ${retryAfter} s.`;
}

function faults(errors) {
  if (!errors.length) return [];
  return [el("ul", { className: "faults" }, ...errors.map(({ pointer = "", sid = "", detail }) =>
    el("li", { "data-test": "error", "data-sid": sid },
      el("span", { className: "place" }, place(pointer)), el("span", {}, el("code", {}, sid), ` ${detail}`))))];
}

/** place turns "/lines/0/product/sid" into words. */
function place(pointer) {
  const [, number, part] = pointer.match(/^\/lines\/(\d+)\/(product|vendor)/) ?? [];
  return part ? `Line ${Number(number) + 1}, ${part}` : pointer;
}

/** show shows a state. Without requests it is not known how many MS1 sent to MS2. */
function show(state, heading, caption, requests, ...outcome) {
  section.dataset.state = state;
  path.dataset.requests = requests === undefined ? "unknown" : requests > 0 ? "some" : "none";
  document.querySelector("#b2b").textContent = requests === undefined ? unknown[state] ?? "" : count(requests, "request");
  document.querySelector("#path-caption").textContent = caption;
  title.textContent = heading;
  document.querySelector("#outcome").replaceChildren(...outcome.filter(Boolean));
  if (state !== "sending") title.focus();
}

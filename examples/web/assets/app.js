// The page: what the user does, and what follows from it.

import * as api from "./api.js";
import * as kept from "./kept.js";
import * as order from "./order.js";
import { Renewal, end, speaksFor } from "./renew.js";
import { choice, clock, count, el, fill, line } from "./render.js";
import * as result from "./result.js";
import { tampers } from "./tamper.js";

const $ = (id) => document.getElementById(id);

/** signer is for whom MS2 is to sign, "" for nobody. */
const signer = () => ($("signed").checked ? $("user").value : "");

const renewal = new Renewal(order.entities, signer, async (sid, user, signal) => {
  const entry = kept.entry(await api.entity(sid, user, { signal, cache: "no-cache" }), user);
  kept.renew(entry);
  order.replace(entry);
  showLines();
  showKept();
  return entry;
});

// Flow 1: what MS2 tells now.

/** search runs a query a moment after the user stopped typing. A later one supersedes it. */
function search(input, status, query) {
  let timer, running;
  return (delay) => {
    clearTimeout(timer);
    running?.abort();
    running = new AbortController();
    const { signal } = running;
    timer = setTimeout(async () => {
      try {
        status.textContent = await query(input.value.trim(), signal);
      } catch (problem) {
        if (!signal.aborted) status.textContent = problem.message;
      }
    }, delay);
  };
}

let vendor; // the one whose products are shown

const searchVendors = search($("vendor-search"), $("vendors-status"), async (name, signal) => {
  const found = name ? await api.vendors(name, signal) : [];
  fill($("vendors"), found.map((v) => choice("vendor", v, [], () => choose(v), String(v.sid === vendor?.sid))));
  return name && (found.length ? listed(found.length, "vendor") : "No vendor has that in its name.");
});

const searchProducts = search($("product-search"), $("products-status"), async (name, signal) => {
  const user = signer();
  const [told, found] = await Promise.all([api.entity(vendor.sid, user, { signal }), api.products(vendor.sid, name, user, signal)]);
  const of = kept.entry(told, user);
  fill($("products"), found.map((p) => choice("product", p, [], () => put(kept.entry(p, user), of))));
  markChosen();
  if (!found.length) return name ? "No product of this vendor has that in its name." : "MS2 knows no product of this vendor.";
  return `${listed(found.length, "product")} Choose one to order it.`;
});

function choose(v) {
  vendor = v;
  for (const button of $("vendors").querySelectorAll("button")) button.ariaPressed = String(button.dataset.sid === v.sid);
  $("products-of").textContent = `Products of ${v.name}`;
  $("product-search").value = "";
  $("products").replaceChildren();
  $("products-panel").hidden = false;
  searchProducts(0);
}

/** put takes a product into the order that was just fetched, and keeps it for later. */
function put(product, of) {
  kept.keep(of, product);
  showKept();
  add(product, of, false);
}

// Flow 2: what this browser kept.

function showKept() {
  const pairs = kept.pairs();
  fill($("kept"), pairs.map(({ product, vendor }) =>
    choice("kept", product, [` · ${vendor.name}${until(product)}`], () => add(product, vendor, true))));
  $("clear").hidden = !pairs.length;
  $("kept-status").textContent = keptStatus(pairs.length);
  markChosen();
}

function keptStatus(n) {
  if (!kept.works) return "What you order does not stay here: this browser's storage is off, or full.";
  return n ? "Ordering from here needs no answer from MS2." : "Nothing yet. What you order stays here, for your next visit.";
}

/** until says how long the signature counts, where signatures matter. */
function until(entity) {
  if (!signer()) return "";
  if (!speaksFor(entity, signer())) return " · not signed for you";
  const ends = end(entity);
  return ends > Date.now() ? ` · signed until ${clock(ends)}` : ` · signature ended ${clock(ends)}`;
}

// The order.

function add(product, vendor, isKept) {
  order.add(product, vendor, isKept);
  $("notice").textContent = `${product.name} is in your order.`;
  changed();
}

function remove(sid) {
  order.remove(sid);
  changed();
  $("order-title").focus();
}

function changed() {
  showLines();
  renewal.plan();
}

function showLines() {
  fill($("lines"), order.lines.map((l) => line(l, mark(l), (n) => (l.quantity = n), () => remove(l.product.sid))));
  markChosen();
  $("basket").textContent = `${count(order.lines.length, "product")} in your order`;
  $("basket").hidden = !order.lines.length;
  $("order-status").textContent = order.lines.length ? "" : "Nothing in it yet. Choose a product.";
  showTampers();
}

/** markChosen marks what is in the order wherever it can be chosen. */
function markChosen() {
  for (const choice of document.querySelectorAll(".choices button")) choice.toggleAttribute("data-chosen", order.has(choice.dataset.sid));
}

/** mark says where a line's data comes from, and whether MS2 signed it, where signatures matter. */
function mark(l) {
  const signed = speaksFor(l.product, signer()) && speaksFor(l.vendor, signer());
  const unsigned = signer() && `not signed for ${$("user").selectedOptions[0].text}`;
  const parts = [l.kept && "kept by this browser", signed ? "signed by MS2" : unsigned].filter(Boolean);
  return parts.length ? el("span", { className: signed ? "mark signed" : "mark" }, parts.join(", ")) : undefined;
}

function showTampers() {
  const select = $("tamper");
  const signed = order.lines.length > 0 && [order.lines[0].product, order.lines[0].vendor].every((e) => speaksFor(e, signer()));
  for (const option of select.options) option.disabled = tampers[option.value].signed && !signed;
  if (select.selectedOptions[0].disabled) select.value = "none";
  $("tamper-why").textContent = tampers[select.value].why;
  $("send").textContent = select.value === "none" ? "Send to MS1" : "Send it tampered";
  $("send").classList.toggle("tampered", select.value !== "none");
}

async function otherVendor(sid) {
  const known = kept.pairs().find((p) => p.vendor.sid !== sid);
  if (known) return order.part(known.vendor, signer());
  const found = (await api.vendors("a")).find((v) => v.sid !== sid);
  return order.part(kept.entry(await api.entity(found.sid, signer()), signer()), signer());
}

async function send(event) {
  event.preventDefault();
  if ($("send").ariaDisabled === "true") return;
  if (!order.lines.length) {
    $("order-status").textContent = "Choose a product first.";
    $("order-title").focus();
    return;
  }
  $("send").ariaDisabled = "true";
  result.sending();
  const body = order.body($("customer").value.trim(), $("note").value.trim(), signer());
  const context = { user: $("user").value, otherVendor };
  try {
    await tampers[$("tamper").value].change(body, context);
    await exchange(body, context.user).catch(tell);
  } catch (problem) {
    result.failed(`The order could not be tampered with, and was not sent: ${problem.message}`);
  }
  $("send").ariaDisabled = "false";
}

async function exchange(body, user) {
  const begin = performance.now();
  const { receipt, address } = await api.send(body, user);
  const took = performance.now() - begin;
  const row = await api.stored(address, user).catch(() => null);
  $("order-status").textContent = "It is stored. Sending it once more makes another order.";
  result.stored(receipt, row, address, took);
}

function tell(problem) {
  if (problem.type === "urn:ms2:unchecked-sids") result.unchecked(problem);
  else if (problem.status >= 400 && problem.status < 500) result.refused(problem);
  else result.failed(`${problem.message} Whether the order was stored is not known. Sending it once more may make another order.`);
}

function listed(n, noun) {
  return n === api.most ? `The first ${n} ${noun}s.` : `${count(n, noun)}.`;
}

/** asSomebody follows a change of the user, or of whether MS2 signs. */
function asSomebody() {
  kept.setUser($("user").value);
  if (vendor) searchProducts(0);
  showKept();
  changed();
}

$("tamper").append(...Object.entries(tampers).map(([value, { label }]) => el("option", { value }, label)));
$("user").value = kept.user() === "ben" ? "ben" : "ada";
$("user").addEventListener("change", asSomebody);
$("signed").addEventListener("change", asSomebody);
$("vendor-search").addEventListener("input", () => searchVendors(200));
$("product-search").addEventListener("input", () => searchProducts(200));
$("tamper").addEventListener("change", showTampers);
$("form").addEventListener("submit", send);
$("clear").addEventListener("click", () => {
  kept.clear();
  showKept();
  $("kept-title").focus();
});
kept.changed(showKept);
addEventListener("pageshow", showKept); // the browser may show a page again that missed changes, and fill in its form
showKept();
showLines();

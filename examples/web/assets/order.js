// The order as it is put together: lines of a product, its vendor and a quantity.

import { speaksFor } from "./renew.js";

/** lines is what is in the order: {product, vendor, quantity, kept}, the entities as MS2 told them, the quantity as typed. */
export const lines = [];

/** most is the greatest quantity. */
export const most = 10_000;

/** add puts a product in, or one more of it. kept says that it was not fetched for this order. */
export function add(product, vendor, kept) {
  const line = lines.find((l) => l.product.sid === product.sid);
  if (!line) return lines.push({ product, vendor, quantity: 1, kept });
  line.quantity = Math.min(Number(line.quantity) + 1, most);
  Object.assign(line, { product, vendor, kept });
}

export function has(sid) {
  return lines.some((l) => l.product.sid === sid);
}

export function remove(sid) {
  lines.splice(lines.findIndex((l) => l.product.sid === sid), 1);
}

/** entities are the different products and vendors in it. */
export function entities() {
  return [...new Map(lines.flatMap((l) => [l.vendor, l.product]).map((e) => [e.sid, e])).values()];
}

/** replace takes what MS2 told later of an entity. */
export function replace(entity) {
  for (const line of lines) {
    if (line.product.sid === entity.sid) line.product = entity;
    if (line.vendor.sid === entity.sid) line.vendor = entity;
  }
}

/** part is an entity as it goes into an order, with its attestation when that speaks for the user. */
export function part({ sid, name, version, ...of }, user) {
  return { sid, name, version, ...(speaksFor(of, user) && { attestation: of.attestation }) };
}

/** body is the order as MS1 takes it from a user; "" is nobody, for whom no attestation speaks. */
export function body(customer, note, user) {
  return {
    customer,
    ...(note && { note }),
    source: lines.some((l) => l.kept) ? "kept" : "fetched",
    lines: lines.map((l) => ({ product: part(l.product, user), vendor: part(l.vendor, user), quantity: Number(l.quantity) })),
  };
}

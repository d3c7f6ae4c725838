// What the browser asks the two services. Everything that fails throws a Problem, in words for people.

const { ms1, ms2 } = document.body.dataset;
const patience = 15_000; // milliseconds

/** most is how many are listed at most. MS2 signs each product of a list, so lists are short and names are searched. */
export const most = 25;

/** Problem is why a request failed. Without a status no answer came. */
export class Problem extends Error {
  /** @param {string} message @param {{status?: number, type?: string, errors?: object[], retryAfter?: number}} [facts] */
  constructor(message, { status = 0, type = "", errors = [], retryAfter = 0 } = {}) {
    super(message);
    Object.assign(this, { status, type, errors, retryAfter });
  }
}

/** vendors finds what has the text in its name. */
export async function vendors(name, signal) {
  return list({ kind: "vendor", name, limit: most }, "", signal);
}

/**
 * products finds those of a vendor, by a part of their names. With a user, MS2 signs each for that user.
 */
export async function products(vendor, name, user, signal) {
  return list({ prefix: vendor + ":", kind: "product", name, limit: most }, user, signal);
}

async function list(query, user, signal) {
  const text = new URLSearchParams({ ...query, ...(user && { attest: "1" }) });
  return (await fromMS2(`/v1/entities?${text}`, user, { signal })).entities;
}

/** entity is one product or vendor, as MS2 holds it now. */
export async function entity(sid, user, options) {
  return fromMS2(`/v1/entities/${encodeURIComponent(sid)}${user ? "?attest=1" : ""}`, user, options);
}

async function fromMS2(path, user, options) {
  const { body } = await call("MS2", ms2 + path, { ...options, headers: user ? { "Demo-User": user } : {} });
  return body;
}

/** send posts an order to MS1 as the user. It returns MS1's receipt and the address of the order. */
export async function send(order, user) {
  const headers = { "Content-Type": "application/json", "Demo-User": user };
  const { body, response } = await call("MS1", `${ms1}/orders`, { method: "POST", headers, body: JSON.stringify(order) });
  return { receipt: body, address: ms1 + response.headers.get("Location") };
}

/** stored reads an order back from MS1's database. */
export async function stored(address, user) {
  return (await call("MS1", address, { cache: "no-store", headers: { "Demo-User": user } })).body;
}

async function call(service, url, { signal, ...options }) {
  const late = AbortSignal.timeout(patience);
  let response, body;
  try {
    response = await fetch(url, { ...options, signal: signal ? AbortSignal.any([signal, late]) : late });
    body = await response.json();
  } catch (error) {
    if (signal?.aborted) throw error; // superseded, nobody waits for it
    throw new Problem(why(service, response, error), { status: response?.status });
  }
  if (!response.ok) throw refusal(service, response, body);
  return { response, body };
}

function why(service, response, error) {
  if (error.name === "TimeoutError") return `${service} did not answer within ${patience / 1000} seconds.`;
  return response ? `The answer of ${service} can't be read (status ${response.status}).` : `${service} can't be reached.`;
}

/** refusal reads problem details (RFC 9457). */
function refusal(service, response, { type, title, detail, errors } = {}) {
  const facts = { status: response.status, type, errors, retryAfter: Number(response.headers.get("Retry-After")) || 0 };
  return new Problem(`${service} says: ${detail ?? title ?? `status ${response.status}`}.`, facts);
}

// What this browser keeps of MS2's data, for flow 2: a map from SID to what was fetched, attestation included, in
// localStorage. Each function reads it afresh, so that several tabs share it. Nothing here needs to be trusted: MS1 checks it.

const key = "ms2-demo";
const most = 60; // entities; the first to go is the one that was ordered the longest time ago

function empty() {
  return { version: 1, user: "ada", entities: {} };
}

function load() {
  try {
    const { version, user, entities } = JSON.parse(localStorage.getItem(key));
    if (version !== 1) return empty();
    return { version, user, entities: Object.fromEntries(Object.entries(entities).filter(([sid, e]) => isEntry(sid, e))) };
  } catch {
    return empty(); // storage is off, or nothing of ours is in it
  }
}

function isEntry(sid, e) {
  return e?.sid === sid && [e.kind, e.name, e.version].every((text) => typeof text === "string") && Number.isFinite(e.fetched);
}

/** works reports whether the last that was to be kept is. Where storage is off or full, a visit goes on without. */
export let works = true;

function save(kept) {
  try {
    localStorage.setItem(key, JSON.stringify(kept));
    works = true;
  } catch {
    works = false;
  }
}

/** user is who used this browser last. */
export function user() {
  return load().user;
}

export function setUser(user) {
  save({ ...load(), user });
}

/** entry is what is known of an entity that MS2 just told a user; "" is nobody. */
export function entry({ sid, kind, name, version, attestation }, user) {
  return { sid, kind, name, version, ...(attestation && { attestation, user }), fetched: Date.now() };
}

/** keep keeps a product and its vendor, before all else: the vendor is before all products of it, so that it goes after them. */
export function keep(vendor, product) {
  const kept = load();
  const first = Object.fromEntries([vendor, product].map((e) => [e.sid, merged(kept.entities[e.sid], e)]));
  const all = Object.entries({ ...first, ...kept.entities, ...first });
  save({ ...kept, entities: Object.fromEntries(all.slice(0, most)) });
}

/** renew takes what MS2 told later of an entity, where it is kept: what was forgotten does not come back. */
export function renew(entry) {
  const kept = load();
  if (!Object.hasOwn(kept.entities, entry.sid)) return;
  kept.entities[entry.sid] = merged(kept.entities[entry.sid], entry);
  save(kept);
}

/** merged is a later entry. The attestation of the earlier one stays while it speaks of the same version. */
function merged({ version, attestation, user } = {}, later) {
  return attestation && version === later.version ? { attestation, user, ...later } : later;
}

/** pairs are the kept products with their vendors, the latest first. */
export function pairs() {
  const { entities } = load();
  return Object.values(entities)
    .filter((e) => e.kind === "product" && entities[vendorOf(e.sid)])
    .map((product) => ({ product, vendor: entities[vendorOf(product.sid)] }));
}

export function clear() {
  save({ ...load(), entities: {} });
}

/** changed calls back when another tab has changed what is kept. */
export function changed(callback) {
  addEventListener("storage", (event) => event.key === key && callback());
}

/** vendorOf is the SID of a product's vendor: all but its last part. */
export function vendorOf(sid) {
  return sid.slice(0, sid.lastIndexOf(":"));
}

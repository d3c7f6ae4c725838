// Attestations end. Those in the order are renewed in the background at half of their time, as long as MS2 can be reached, and
// nothing waits for that. What is only kept is not renewed: an idle browser costs MS2 nothing.

const pause = 30_000; // milliseconds until it is tried again
const longest = 86_400_000; // milliseconds; a timer of more than 24 days ends at once

/** claims is what an attestation says, {} when that can't be read. It is not verified: MS1 does that. */
function claims(attestation) {
  try {
    return JSON.parse(atob(attestation.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
  } catch {
    return {};
  }
}

/** end is when an entity's attestation ends, in milliseconds by this browser's clock; 0 when that can't be read. */
export function end(entity) {
  return entity.fetched + left(entity) || 0;
}

/**
 * left is how long the attestation counted when it was fetched. That is between half of its life, since pages are kept for so long, and
 * all of it, even where this browser's clock is wrong.
 */
function left({ attestation, fetched }) {
  const { iat, exp } = claims(attestation);
  const life = (exp - iat) * 1000;
  return Math.min(life, Math.max(life / 2, exp * 1000 - fetched));
}

/** speaksFor reports whether an entity's attestation is worth sending for a user. One for another user would be refused. */
export function speaksFor(entity, user) {
  return Boolean(entity.attestation) && entity.user === user;
}

/** Renewal keeps the attestations of some entities young. */
export class Renewal {
  #timer;
  #stop = new AbortController();
  #without; // SIDs for which MS2 had no attestation to give, or none that can be read

  /**
   * @param {() => object[]} entities those in use
   * @param {() => string} user "" for nobody, for whom nothing is renewed
   * @param {(sid: string, user: string, signal: AbortSignal) => Promise<object>} renew asks for the new entry
   */
  constructor(entities, user, renew) {
    Object.assign(this, { entities, user, renew });
  }

  /** plan begins afresh, after the entities or the user changed. */
  plan() {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#without = new Set();
    this.#wait(0);
  }

  #wait(least) {
    clearTimeout(this.#timer);
    const user = this.user();
    const times = this.#open().map((e) => due(e, user));
    if (user && times.length) this.#timer = setTimeout(() => this.#run(user, this.#stop.signal), Math.max(least, Math.min(longest, ...times)));
  }

  #open() {
    return this.entities().filter((e) => !this.#without.has(e.sid));
  }

  async #run(user, signal) {
    try {
      for (const { sid } of this.#open().filter((e) => due(e, user) === 0)) {
        const entry = await this.renew(sid, user, signal).catch(unknown);
        if (!entry || due(entry, user) === 0) this.#without.add(sid);
      }
      this.#wait(0);
    } catch {
      // MS2 can't be reached. What is there goes on to count while it may, and then MS1 asks.
      if (!signal.aborted) this.#wait(pause);
    }
  }
}

/** unknown is no reason to ask again for a SID that MS2 does not know. */
function unknown(problem) {
  if (problem.status !== 404) throw problem;
}

/** due is in how many milliseconds to renew an entity: at half of the time that its attestation had left when it was fetched. */
function due(entity, user) {
  const half = speaksFor(entity, user) ? entity.fetched + left(entity) / 2 : 0;
  return Math.max(0, half - Date.now()) || 0;
}

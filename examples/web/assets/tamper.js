// Ways to tamper with an order just before it is sent, as somebody might who controls the browser.

/**
 * Each changes the body of an order, which is a copy, and may change who sends it. signed: it needs attestations.
 * @type {Record<string, {label: string, why: string, signed?: boolean, change: (order: object, context: object) => any}>}
 */
export const tampers = {
  none: {
    label: "No, send what MS2 told",
    why: "",
    change() {},
  },
  sid: {
    label: "Make up a product",
    why: "The last digits of the first product's SID become some that MS2 never gave out.",
    change({ lines: [{ product }] }) {
      product.sid = product.sid.replace(/[^:]+$/, "bad0");
    },
  },
  token: {
    label: "Change the signature",
    why: "One character of the signature for the first product becomes another.",
    signed: true,
    change({ lines: [{ product }] }) {
      const at = product.attestation.lastIndexOf(".") + 1;
      const other = product.attestation[at] === "A" ? "B" : "A";
      product.attestation = product.attestation.slice(0, at) + other + product.attestation.slice(at + 1);
    },
  },
  "other-user": {
    label: "Send it as somebody else",
    why: "The other user sends it, with the signatures that MS2 gave to this one.",
    signed: true,
    change(_, context) {
      context.user = context.user === "ada" ? "ben" : "ada";
    },
  },
  swapped: {
    label: "Pass a vendor off as a product",
    why: "The first vendor's SID takes the product's place. It is genuine, and so is its signature.",
    change({ lines: [line] }) {
      line.product = { ...line.vendor };
    },
  },
  "foreign-vendor": {
    label: "Name another vendor",
    why: "The first product gets another vendor. Both are genuine, they only don't belong together.",
    async change({ lines: [line] }, context) {
      line.vendor = await context.otherVendor(line.vendor.sid);
    },
  },
};

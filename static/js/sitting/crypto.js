// SHA-256 and HMAC, because crypto.subtle does not exist on a plain http page; hex and base64.
(function (biwu) {
  "use strict";

  const K = [], H0 = [];
  for (let n = 2; K.length < 64; n += 1) {
    let prime = true;
    for (let d = 2; d * d <= n; d += 1) if (n % d === 0) prime = false;
    if (!prime) continue;
    if (H0.length < 8) H0.push((Math.sqrt(n) % 1 * 4294967296) | 0);
    K.push((Math.cbrt(n) % 1 * 4294967296) | 0);
  }

  const utf8 = (text) => new TextEncoder().encode(text);
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

  function unhex(text) {
    const pairs = text.match(/../g) || [];
    return Uint8Array.from(pairs, (pair) => parseInt(pair, 16));
  }

  function joined(parts) {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    parts.forEach((part) => { all.set(part, at); at += part.length; });
    return all;
  }

  function sha256(bytes) {
    const words = new Array((((bytes.length + 8) >> 6) + 1) * 16).fill(0);
    bytes.forEach((byte, i) => { words[i >> 2] |= byte << (24 - i % 4 * 8); });
    words[bytes.length >> 2] |= 0x80 << (24 - bytes.length % 4 * 8);
    words[words.length - 1] = bytes.length * 8;
    const hash = H0.slice(), w = [], turn = (x, n) => (x >>> n) | (x << (32 - n));
    for (let start = 0; start < words.length; start += 16) {
      let [a, b, c, d, e, f, g, h] = hash;
      for (let i = 0; i < 64; i += 1) {
        const s0 = w[i - 15], s1 = w[i - 2];
        w[i] = i < 16 ? words[start + i] : (w[i - 16] + w[i - 7]
          + (turn(s0, 7) ^ turn(s0, 18) ^ (s0 >>> 3)) + (turn(s1, 17) ^ turn(s1, 19) ^ (s1 >>> 10))) | 0;
        const t1 = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
        const t2 = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
      }
      [a, b, c, d, e, f, g, h].forEach((x, i) => { hash[i] = (hash[i] + x) | 0; });
    }
    return Uint8Array.from({ length: 32 }, (_, i) => hash[i >> 2] >>> (24 - i % 4 * 8));
  }

  // Every key here has 32 bytes, so none is longer than a block.
  function hmac(key, ...message) {
    const padded = (pad) => Uint8Array.from({ length: 64 }, (_, i) => (key[i] || 0) ^ pad);
    return sha256(joined([padded(0x5c), sha256(joined([padded(0x36), ...message]))]));
  }

  const random = (size) => crypto.getRandomValues(new Uint8Array(size));

  // A name of a page: 8 letters or digits.
  function word() {
    return Array.from(random(8), (byte) => "abcdefghijklmnopqrstuvwxyz234567"[byte % 32]).join("");
  }

  biwu.crypto = { utf8, hex, unhex, base64, joined, sha256, hmac, random, word };
})(window.biwu = window.biwu || {});

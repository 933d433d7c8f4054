// The emergency answer file (应急答案文件): what is still on this phone, sealed for this sitting, to
// be handed to an invigilator when the network does not come back.
(function (biwu) {
  "use strict";

  const { utf8, hex, unhex, base64, hmac, random } = biwu.crypto;
  const STUCK = 60000, SETTLING = 3000;

  const big = (n) => Uint8Array.of(n >>> 24, n >>> 16, n >>> 8, n);

  // HMAC-SHA256 in counter mode, then HMAC over all of it: encrypt, then sign.
  function seal(key, sitting, text, nonce) {
    const K = unhex(key), enc = hmac(K, utf8("encrypt")), mac = hmac(K, utf8("sign"));
    const sealed = utf8(text);
    for (let i = 0; i * 32 < sealed.length; i += 1) {
      const stream = hmac(enc, nonce, big(i));
      for (let j = 0; j < 32 && i * 32 + j < sealed.length; j += 1) sealed[i * 32 + j] ^= stream[j];
    }
    const body = base64(sealed), about = `biwu-answers-1\n${sitting}\n${hex(nonce)}\n${body}`;
    return { biwu: "answers", version: 1, sitting, nonce: hex(nonce), sealed: body, tag: hex(hmac(mac, utf8(about))) };
  }
  biwu.seal = seal;
  if (!biwu.given) return;

  const { given, server, show } = biwu, ID = Number(given.sitting);
  let made = "", address = "";

  function answers() {
    const { queue, told } = biwu.queue;
    return Array.from(queue.values()).concat(told.filter((one) => one.fate === "refused"))
      .sort((a, b) => a.seq - b.seq);
  }
  // Offered when sending has failed for a minute, when the time is up and something is still here,
  // or when something was refused.
  function offer() {
    const box = show.el("file");
    if (!box || !given.fileKey) return;
    const all = answers(), late = biwu.page.upFor() > SETTLING && biwu.queue.queue.size > 0;
    const refused = all.length > biwu.queue.queue.size;
    const on = all.length > 0 && (biwu.queue.failingFor() > STUCK || late || refused);
    show.open("file", on);
    const holds = all.map((one) => one.key).join();
    if (!on || holds === made) return;
    made = holds;
    make(all);
  }
  function make(all) {
    const iso = (moment) => new Date(moment).toISOString();
    const text = JSON.stringify({ sitting: ID, made_at: iso(server.now()),
      answers: all.map((one) => ({ item: one.item, seq: one.seq, answer: one.answer, typed_at: iso(one.typed) })) });
    const file = JSON.stringify(seal(given.fileKey, ID, text, random(16))), link = show.el("file-save");
    if (address) URL.revokeObjectURL(address);
    address = URL.createObjectURL(new Blob([file], { type: "application/json" }));
    link.href = address;
    link.download = `应急答案_${(given.number || `场次${ID}`).replace(/[^\w-]/g, (c) => (/[一-鿿]/.test(c) ? c : "_"))}.json`;
    show.el("file-count").textContent = all.length;
    show.el("file-text").value = file;
  }
  // navigator.clipboard needs https; selecting and copying does not.
  function copy() {
    const text = show.el("file-text"), button = show.el("file-copy");
    text.focus();
    text.select();
    text.setSelectionRange(0, text.value.length);
    let done = false;
    try { done = document.execCommand("copy"); } catch (_) { /* it is selected */ }
    button.textContent = done ? "已复制" : "已选中，请长按复制";
  }
  function begin() {
    if (show.el("file-copy")) show.el("file-copy").addEventListener("click", copy);
  }

  biwu.file = { begin, offer };
})(window.biwu = window.biwu || {});

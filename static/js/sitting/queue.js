// The queue (待送达): an answer leaves it only when the server says, in so many words, that this
// very answer is durable. Also the numbers of answers, and the pen (接管) that they are taken from.
(function (biwu) {
  "use strict";
  if (!biwu.given) return;

  const { given, server, storage, sheet, crypto } = biwu;
  const ID = Number(given.sitting), BASE = 2 ** 20, SLOW = 4000, MOST_AT_ONCE = 30, LONGEST = 15000;
  const FINAL = ["handed_in", "too_late", "no_such_item", "bad_answer", "bad_sequence"];
  const queue = new Map(); // item → {key, item, seq, answer, typed}: the newest stands for all
  const told = []; // what was not counted or not taken, until the candidate has read it
  let seq = Number(given.seq || 1) - 1;

  // ---- the pen: whoever claimed last holds it. seq = epoch · 2^20 + n, so the order is in the number
  const pen = { epoch: Number(given.epoch || 0), held: false, lost: false };
  const epochOf = (number) => Math.floor(number / BASE);

  async function claim() {
    for (let failures = 0; !pen.lost; failures += 1) {
      try {
        const asked = storage.word; // a duplicated tab is renamed while it asks, and asks again
        const { status, body, sentAt } = await server.ask("/claim", { method: "POST", body: { page: asked, epoch: pen.epoch } });
        if (status === 200 && body.epoch >= 0) {
          server.setClock(body.now, sentAt, body.ends_at);
          hear(body);
          if (body.page !== asked) { pen.lost = true; biwu.show.taken(); } // opened elsewhere since
          return;
        }
        if (FINAL.includes(body.code)) return;
      } catch (_) { /* asked again */ }
      await new Promise((next) => setTimeout(next, server.pause(failures + 1)));
    }
  }
  // Every answer of the server says who holds the pen.
  function hear({ epoch, page }) {
    if (!(epoch >= 0) || page === undefined) return;
    if (page === storage.word) {
      pen.held = true;
      pen.epoch = epoch;
      // A server that was put back to a backup knows of fewer takings than this page.
      seq = epochOf(seq) > epoch ? epoch * BASE + seq % BASE : Math.max(seq, epoch * BASE);
      Array.from(queue.values()).filter((one) => one !== flying
        && (epochOf(one.seq) > epoch || (!one.restored && !one.sent && epochOf(one.seq) < epoch))).forEach((one) => number(one));
    } else if (pen.held && epoch > pen.epoch && !pen.lost) {
      pen.lost = true;
      biwu.show.taken();
    }
  }

  // ---- what is written, and what was found on this phone
  function number(one, own) {
    const before = one.key;
    one.seq = own || ++seq;
    if (!own) one.restored = false;
    one.sent = false;
    one.key = `${one.item}.${one.seq}.${storage.word}`;
    storage.keep(one);
    if (before) storage.forget(before); // never the other way round: a phone dies between any two lines
  }
  function write(item, answer) {
    const old = queue.get(item), one = { item, answer, typed: server.now(), seq: 0, key: "" };
    number(one); // kept at once; only the sending waits
    if (old) storage.forget(old.key);
    queue.set(item, one);
    wanted = "";
  }
  function adopt(found) {
    found.forEach((one) => {
      if (one.fate) { if (!told.some((each) => each.key === one.key)) told.push(one); return; }
      const other = queue.get(one.item);
      if (other && other.key === one.key) return;
      if (other && other.typed > one.typed) { storage.forget(one.key); return; }
      if (other) storage.forget(other.key);
      one.restored = true;
      queue.set(one.item, one);
      seq = Math.max(seq, one.seq);
      if (sheet.paper) { sheet.refill(one.item, one.answer); sheet.remember(one.item, one.answer); }
    });
    if (found.length) { biwu.show.all(); kick(0); }
  }

  // ---- sending: one at a time, oldest first
  let flying = null, flyingSince = 0, again = false, failures = 0, failingSince = 0;
  let timer = 0, dueAt = Infinity, wanted = "", stale = false;

  function kick(pause) {
    if (flying) { if (!pause) again = true; return; } // asked for in flight: not forgotten
    const due = performance.now() + pause;
    if (due >= dueAt) return; // sooner is already arranged
    clearTimeout(timer);
    dueAt = due;
    timer = setTimeout(send, pause);
  }
  async function send() {
    clearTimeout(timer);
    dueAt = Infinity;
    if (flying || !queue.size) { again = true; return; }
    again = false;
    const one = Array.from(queue.values()).reduce((a, b) => (a.seq < b.seq ? a : b));
    flying = one; flyingSince = performance.now();
    const outcome = await deliver(one);
    flying = null;
    if (outcome.unknown) {
      failures += 1;
      failingSince = failingSince || performance.now();
    } else {
      failures = failingSince = 0;
      if (outcome.newest) renumber(one, outcome);
      else if (outcome.again) await claim();
      else settle(one, outcome);
    }
    biwu.show.all();
    if (!queue.size) finish();
    else kick(again || !failures ? 0 : server.pause(failures) + Math.min(LONGEST, outcome.after));
  }
  async function hearClock() {
    const { status, body, sentAt } = await server.ask("/pulse", { method: "POST" });
    if (status === 200) server.setClock(body.now, sentAt);
  }
  async function deliver(one, last) {
    const { item, seq: sent, answer } = one;
    one.sent = true; // it may be stored now, so its number stays
    try {
      if (server.doubtful() && !last) await hearClock();
      const { status, body, sentAt, after } = await server.ask("/answers", { method: "POST", last: last || document.hidden,
        body: { item, seq: sent, answer, age_ms: Math.max(0, Math.min(86400000, Math.round(server.now() - one.typed))) } });
      const ours = body.item === item && body.seq === sent
        && body.digest === crypto.hex(crypto.sha256(crypto.utf8(JSON.stringify([ID, item, sent, answer]))));
      if (ours && (status === 200 || (status === 409 && (body.kept || body.code === "taken_over")))) {
        server.setClock(body.now, sentAt, body.ends_at);
        hear(body);
        if (body.kept) return { fate: "kept", code: body.code, detail: body.detail };
        return { stored: body.saved_at, superseded: body.superseded, late: body.late };
      }
      if (status === 409 && body.code === "sequence_taken" && body.newest >= sent) {
        return { newest: body.newest, typedThere: server.moment(body.typed_at) };
      }
      if (body.code === "bad_pass") biwu.show.note("作答凭证失效，请刷新本页；答案还在本机");
      if (body.code === "bad_sequence" && !one.again) { one.again = true; return { again: true }; }
      if ([403, 409, 422].includes(status) && FINAL.includes(body.code)) {
        return { fate: "refused", code: body.code, detail: String(body.detail || "") };
      }
      return { unknown: true, after };
    } catch (_) { return { unknown: true, after: 0 }; } // what became of it is unknown, so it stays
  }
  // Another page used this number: take a higher one, unless the other answer was typed later.
  // What was found on this phone stays in its own epoch: it must not rise above what another page
  // has written since.
  function renumber(one, { newest, typedThere }) {
    if (queue.get(one.item) !== one) { seq = Math.max(seq, newest); return; }
    if (typedThere <= one.typed) {
      if (one.restored && epochOf(newest) < epochOf(seq)) { number(one, newest + 1); return; }
      seq = Math.max(seq, newest);
      number(one);
      return;
    }
    storage.forget(one.key);
    queue.delete(one.item);
    biwu.show.label(one.item, { superseded: true });
  }
  function settle(one, outcome) {
    storage.forget(one.key);
    if (queue.get(one.item) === one) queue.delete(one.item); // a newer one stays
    if (outcome.superseded && one.restored) stale = true;
    if (!outcome.fate) { biwu.show.label(one.item, outcome); return; }
    // What the server kept need not stay here; what it refused is all there is.
    const rest = { item: one.item, seq: one.seq, answer: outcome.fate === "kept" ? "" : one.answer,
      typed: one.typed, fate: outcome.fate, detail: outcome.detail, key: `${one.item}.${one.seq}.${storage.word}` };
    told.push(rest);
    storage.keep(rest);
    biwu.show.uncounted(rest);
    if (outcome.code === "handed_in" && given.phase !== "handed_in") wanted = biwu.home;
  }
  function read() { // the candidate has read what was not counted
    told.splice(0).forEach((one) => storage.forget(one.key));
    biwu.show.all();
    finish();
  }

  // When nothing is left to send, the page goes where the candidate asked it to.
  function finish() {
    if (queue.size) return;
    if (wanted) biwu.page.go(wanted);
    else if (given.phase === "handed_in") { if (!told.length && biwu.page.isKnown()) storage.wipe(); }
    else if (given.phase === "running" && server.left() <= 0) setTimeout(() => biwu.page.go(biwu.home), 1500 + Math.random() * 3000);
    else if (stale && !pen.lost && sheet.paper) biwu.page.go(biwu.home); // show what stands
  }
  // The page is going: every answer once more on its way, whatever becomes of the reply.
  function flush() {
    Array.from(queue.values()).filter((one) => one !== flying).slice(0, MOST_AT_ONCE).forEach((one) => deliver(one, true));
  }

  biwu.queue = { queue, told, pen, claim, hear, write, adopt, kick, send, flush, finish, read,
    want(href) { wanted = href; },
    calm() { failures = 0; kick(0); },
    backingOff: () => failures > 0,
    failing: () => failures > 0 || (flying !== null && performance.now() - flyingSince > SLOW),
    failingFor: () => (failingSince ? performance.now() - failingSince : 0) };
})(window.biwu = window.biwu || {});

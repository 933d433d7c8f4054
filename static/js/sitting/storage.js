// What is kept on this phone: ids and answers that are on their way, never a word of a question.
// IndexedDB is the store; localStorage mirrors what IndexedDB has not confirmed yet, and stands in
// for it. Either may be absent, full, throw at any call, or never answer; then memory has to do,
// and the page says so. Every entry has its own key, so two tabs never overwrite each other.
(function (biwu) {
  "use strict";
  if (!biwu.given) return;

  const ID = biwu.given.sitting, PREFIX = `biwu.${ID}.`, STORE = "answers";
  const OPENING = 1000, TOO_LONG = 1000, AGAIN = 2000, TRIES = 5;
  const RANGE = [`${ID}.`, `${ID}/`]; // "/" comes after "."
  const kept = new Map(); // key → when it was given to us
  const mirrored = new Set(), confirmed = new Set();
  const waiting = new Map(); // key → value, or null to be deleted
  let db = null, busy = false, failed = 0, wiping = false, writable = false;

  function local(act) {
    try { return act(localStorage); } catch (_) { return undefined; }
  }
  function session(act) {
    try { return act(sessionStorage); } catch (_) { return undefined; }
  }

  function keep(key, value) {
    kept.set(key, performance.now());
    const text = JSON.stringify(value);
    if (local((s) => { s.setItem(PREFIX + key, text); return true; })) mirrored.add(key);
    else mirrored.delete(key);
    waiting.set(key, value);
    flush();
  }
  function forget(key) {
    kept.delete(key); mirrored.delete(key); confirmed.delete(key);
    local((s) => s.removeItem(PREFIX + key));
    waiting.set(key, null);
    flush();
  }

  // One transaction at a time; what comes meanwhile waits for the next one.
  function flush() {
    if (!db || busy || !(waiting.size || wiping)) return;
    const batch = new Map(waiting), wipe = wiping;
    let over = false;
    waiting.clear();
    busy = true; wiping = false;
    const done = (ok) => {
      if (over) return;
      over = true; busy = false;
      if (ok) { failed = 0; batch.forEach(confirm); flush(); return; }
      batch.forEach((value, key) => { if (!waiting.has(key)) waiting.set(key, value); });
      wiping = wiping || wipe;
      failed += 1;
      if (failed < TRIES) setTimeout(flush, AGAIN); else db = null;
    };
    try {
      const change = db.transaction(STORE, "readwrite", { durability: "strict" });
      const store = change.objectStore(STORE);
      change.oncomplete = () => done(true);
      change.onabort = change.onerror = () => done(false);
      if (wipe) store.delete(IDBKeyRange.bound(RANGE[0], RANGE[1]));
      batch.forEach((value, key) => {
        if (value) store.put(value, `${ID}.${key}`); else store.delete(`${ID}.${key}`);
      });
    } catch (_) { done(false); }
  }
  function confirm(value, key) {
    if (!value || waiting.has(key) || !kept.has(key)) return;
    confirmed.add(key);
    mirrored.delete(key);
    local((s) => s.removeItem(PREFIX + key));
  }

  function entry(key, value) {
    const [item, seq] = key.split(".").map(Number);
    if (!(item >= 0 && seq > 0 && Array.isArray(value))) return null;
    const [answer, typed, fate, detail] = value;
    return { key, item, seq, answer, typed, fate: fate || "", detail: detail || "" };
  }
  function mirror() { // what localStorage holds of this sitting
    const found = [];
    local((s) => {
      s.setItem("biwu.probe", "1"); s.removeItem("biwu.probe");
      writable = true;
    });
    local((s) => Object.keys(s).filter((name) => name.startsWith(PREFIX)).forEach((name) => {
      const key = name.slice(PREFIX.length);
      if (!/^\d+\./.test(key)) return;
      let one = null;
      try { one = entry(key, JSON.parse(s.getItem(name))); } catch (_) { /* not ours */ }
      if (one) { found.push(one); kept.set(key, 0); mirrored.add(key); } else s.removeItem(name);
    }));
    return found;
  }

  // `found` gets what each store holds, once per store, however late. The promise says when this
  // phone's stores are known.
  function open(found) {
    const here = mirror();
    here.forEach((one) => { waiting.set(one.key, raw(one)); });
    found(here);
    return new Promise((resolve) => {
      setTimeout(resolve, OPENING);
      try {
        const asked = indexedDB.open("biwu", 1);
        asked.onupgradeneeded = () => { asked.result.createObjectStore(STORE); };
        asked.onerror = asked.onblocked = (event) => { event.preventDefault(); resolve(); };
        asked.onsuccess = () => read(asked.result, found, resolve);
      } catch (_) { resolve(); }
    });
  }
  function read(opened, found, resolve) {
    try {
      opened.onversionchange = () => { db = null; opened.close(); };
      opened.onclose = () => { db = null; };
      const store = opened.transaction(STORE, "readonly").objectStore(STORE);
      const range = IDBKeyRange.bound(RANGE[0], RANGE[1]);
      const keys = store.getAllKeys(range), values = store.getAll(range);
      keys.onerror = values.onerror = () => resolve();
      values.onsuccess = () => {
        const held = [];
        wiping = false; // what comes late is delivered first; then this is wiped again
        keys.result.forEach((name, i) => {
          const one = entry(String(name).slice(RANGE[0].length), values.result[i]);
          if (!one || waiting.get(one.key) === null) return; // gone meanwhile
          kept.set(one.key, 0); confirmed.add(one.key);
          held.push(one);
        });
        db = opened;
        found(held);
        flush();
        resolve();
      };
    } catch (_) { resolve(); }
  }
  const raw = (one) => (one.fate ? [one.answer, one.typed, one.fate, one.detail] : [one.answer, one.typed]);

  // Whether something stands in memory only, and would be lost with this page.
  function unsafe() {
    const since = performance.now() - TOO_LONG;
    return Array.from(kept).some(([key, at]) => at < since && !mirrored.has(key) && !confirmed.has(key));
  }
  const durable = () => writable || db !== null;

  // Nothing of a sitting that is over stays on a shared phone.
  function wipe() {
    [mirrored, confirmed, kept, waiting].forEach((each) => each.clear());
    wiping = true;
    [local, session].forEach((where) => where((s) => {
      Object.keys(s).filter((name) => name.startsWith(PREFIX)).forEach((name) => s.removeItem(name));
    }));
    flush();
  }

  // The page's name: a reload is the same page, another tab is another.
  const NAME = `${PREFIX}page`;
  const self = biwu.crypto.word();
  let word = session((s) => s.getItem(NAME)) || self;
  function call(name) { // heard by our other tabs
    local((s) => { s.setItem(PREFIX + name, `${word}.${self}`); s.removeItem(PREFIX + name); });
  }
  // A duplicated tab begins with a copy of the name: who was there first keeps it.
  function onTwin(renamed) {
    session((s) => s.setItem(NAME, word));
    window.addEventListener("storage", (event) => {
      const [whose, which] = String(event.newValue).split(".");
      if (whose !== word || which === self) return;
      if (event.key === `${PREFIX}here`) call("there");
      if (event.key !== `${PREFIX}there`) return;
      word = self;
      session((s) => s.setItem(NAME, word));
      renamed();
    });
    call("here");
  }

  biwu.storage = { keep: (one) => keep(one.key, raw(one)), forget, open, unsafe, durable, wipe,
    note: (name, text) => local((s) => s.setItem(PREFIX + name, text)),
    noted: (name) => local((s) => s.getItem(PREFIX + name)) || "",
    unnote: (name) => local((s) => s.removeItem(PREFIX + name)),
    session: (name, text) => session((s) => (text === undefined ? s.getItem(PREFIX + name) : s.setItem(PREFIX + name, text))),
    onTwin, get word() { return word; } };
})(window.biwu = window.biwu || {});

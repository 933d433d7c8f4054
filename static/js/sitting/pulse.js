// The pulse (心跳): an open page asks every few seconds whether there is news for it, and says
// when it was left. Facts only; what they mean is decided by people.
(function (biwu) {
  "use strict";
  if (!biwu.given) return;

  const { given, server, storage, show, queue } = biwu;
  const PHASE = given.phase, WAITS = PHASE === "waiting" || PHASE === "paused";
  const PULSING = given.pass !== "" && ["running", "paused", "over"].includes(PHASE);
  const EVERY = 5500, JITTER = 2000, WAITING = 40000, FREE = 3000;
  // A page that was made after some news asks once: the messages are not on it.
  let news = Number(given.news || 0), fresh = news > 0, misses = 0, asking = false, timer = 0, unseen = [];

  async function beat() {
    clearTimeout(timer);
    if (asking || document.hidden) return;
    asking = true;
    try {
      if (PULSING) await pulse(); else if (WAITS) await stand();
    } catch (_) {
      if (PULSING) misses += 1;
    } finally {
      asking = false;
    }
    show.all();
    timer = setTimeout(beat, interval());
  }
  function interval() { // nobody has begun on a page without a pass: it is in no hurry
    if (PULSING) return EVERY + Math.random() * JITTER;
    return (PHASE === "paused" ? EVERY : WAITING) * (1 + Math.random());
  }
  async function pulse() {
    const { status, body, sentAt } = await server.ask("/pulse", { method: "POST" });
    if (status !== 200 || body.news === undefined) throw new TypeError("no pulse");
    misses = 0;
    server.setClock(body.now, sentAt);
    if (biwu.page.waitsForServer()) return;
    if (unreported.length) report();
    if (unseen.length) seen();
    // Another process may not have heard yet what this page knows already: only more is news.
    if (!fresh && !(body.news > news)) return;
    await stand();
    news = Math.max(news, body.news);
    fresh = false;
  }

  // How things stand: asked only when there is news.
  async function stand() {
    const { status, body, sentAt } = await server.ask("/standing", { method: "GET", cookie: true });
    if (status === 401) { show.note("登录已失效，可能已在另一台设备登录；写好的仍会送达"); return; }
    if (status !== 200 || !body.phase) throw new TypeError("no standing");
    server.setClock(body.now, sentAt, PHASE === "waiting" ? "" : body.ends_at);
    queue.hear(body);
    if (typeof body.left === "number") show.left(body.left);
    if (body.messages) tell(body.messages);
    biwu.page.phase(body.phase);
  }
  function tell(messages) {
    const reported = (storage.session("seen") || "").split(",");
    show.messages(messages);
    unseen = messages.map((one) => one.id).filter((id) => !reported.includes(String(id)));
    seen();
  }
  async function seen() {
    while (unseen.length && !document.hidden && show.el("messages")) {
      const id = unseen[0];
      try {
        const { status } = await server.ask("/seen", { method: "POST", body: { message: id } });
        if (status >= 500) return;
      } catch (_) { return; } // with the next pulse
      unseen = unseen.filter((each) => each !== id);
      storage.session("seen", `${storage.session("seen") || ""},${id}`);
    }
  }

  // ---- leaving the page: recorded after 3 seconds, shown to both sides, decides nothing
  const unreported = [];
  let awaySince = 0, reporting = false;
  function away() {
    if (biwu.page.isGoing() || PHASE !== "running" || awaySince) return;
    awaySince = server.now();
    storage.note("away", `${awaySince} ${Date.now()}`);
  }
  function back() {
    if (awaySince) gone(server.now() - awaySince);
    awaySince = 0;
    storage.unnote("away");
  }
  // The page was closed, or loaded anew: the time in which it loaded is no leaving.
  function again() {
    const [since, wall] = storage.noted("away").split(" ").map(Number), loading = performance.now();
    storage.unnote("away");
    if (since > 0) gone(Math.min(server.now() - since, Math.max(0, Date.now() - wall)) - loading);
  }
  function gone(time) {
    if (PHASE !== "running" || time <= FREE) return;
    unreported.push(Math.round(time / 1000));
    report();
  }
  async function report() {
    if (reporting) return;
    reporting = true;
    while (unreported.length) {
      try {
        const { status, body } = await server.ask("/left", { method: "POST", body: { seconds: unreported[0] } });
        if (status >= 500) break;
        if (status === 200) show.left(body.left, unreported[0]);
      } catch (_) { break; } // with the next pulse
      unreported.shift();
    }
    reporting = false;
  }

  function begin() {
    again();
    timer = setTimeout(beat, PULSING && fresh ? 500 + Math.random() * JITTER : interval());
  }

  biwu.pulse = { begin, beat, away, back, seen, missed: () => misses > 0, unreachable: () => misses > 1 || server.offline() };
})(window.biwu = window.biwu || {});

// The sitting page: the countdown, what locks it, moving through the paper, and the wiring.
(function (biwu) {
  "use strict";
  if (!biwu.given) return;

  const { given, server, storage, sheet, queue, show, pulse, file } = biwu;
  const at = show.el, { paper } = sheet, PHASE = given.phase, HOME = biwu.home;
  const REST = 800, HEARING = 2000;
  let up = false, upSince = 0, paused = false, going = false, leaving = false, known = false;

  // ---- the countdown
  function tick() {
    const left = Math.max(0, Math.ceil(server.left() / 1000)), clock = at("clock");
    if (clock) {
      const hours = Math.floor(left / 3600), minutes = Math.floor(left / 60) % 60, { two } = server;
      clock.textContent = hours ? `${hours}:${two(minutes)}:${two(left % 60)}` : `${minutes}:${two(left % 60)}`;
      clock.classList.toggle("low", PHASE === "running" && left <= 300);
    }
    show.mark();
    if (left > 0) { if (up) reopen(); return; }
    if (up) return;
    up = true;
    upSince = performance.now();
    if (PHASE === "waiting") setTimeout(() => go(HOME), Math.random() * 1500);
    if (PHASE === "running") timeUp();
  }
  // At zero nothing more can be written; what was written is sent, and the server hands in.
  function timeUp() {
    locks();
    if (!queue.queue.size) show.note("时间到，由服务器收卷");
    if (queue.queue.size) queue.kick(0); else queue.finish();
  }
  function reopen() { // an invigilator gave more time while we were locked
    up = false;
    show.note("");
    locks();
  }
  function locks() { sheet.lock(up || paused || queue.pen.lost); }

  // ---- how things stand by the server's word
  function phase(told) {
    if (PHASE === "waiting") { if (told !== "waiting") go(HOME); return; }
    if (told === "handed_in") { queue.want(HOME); if (queue.queue.size) queue.kick(0); else go(HOME); return; }
    if (PHASE === "running" && paper) { pause(told === "paused"); return; }
    if (PHASE !== told && !(PHASE === "running" && told === "over")) go(HOME);
  }
  function pause(on) {
    if (on === paused) return;
    paused = on;
    server.stand(on);
    document.body.classList.toggle("is-paused", on);
    show.open("paused", on);
    locks();
  }

  // ---- ways out. Where a page cannot be fetched, the browser shows a page of its own, and ours,
  // with all that is on it, would be gone: so the server is heard first.
  async function go(href) {
    if (going || leaving) return;
    leaving = true;
    for (let failures = 1; PHASE !== "waiting" || server.offline(); failures += 1) {
      try {
        if (given.pass) await server.ask("/pulse", { method: "POST" });
        else await server.ask("/standing", { method: "GET", cookie: true });
        break;
      } catch (_) { show.all(); }
      if (queue.queue.size) { leaving = false; queue.want(href); queue.kick(0); return; }
      await new Promise((next) => setTimeout(next, Math.min(HEARING, server.pause(failures))));
    }
    going = true; // our own way out is no leaving of the page
    if (href === HOME) location.replace(href); else location.assign(href);
  }

  // ---- the waiting page looks at the phone
  async function look() {
    const pill = (id, tone, text) => { at(id).className = `pill pill-${tone}`; at(id).textContent = text; };
    at("tests").hidden = false;
    pill("test-store", storage.durable() ? "ok" : "warn", storage.durable() ? "可以" : "不可以，断网时不要关闭页面");
    const sentAt = performance.now();
    try {
      const response = await fetch("/healthz", { cache: "no-store" });
      const took = Math.round(performance.now() - sentAt);
      pill("test-net", response.ok && took < 2000 ? "ok" : "warn", response.ok ? `${took < 2000 ? "正常" : "较慢"} ${took} 毫秒` : "服务器忙");
      pill("test-clock", "ok", "已校准");
    } catch (_) { pill("test-net", "warn", "连不上，请检查网络"); pill("test-clock", "ok", "按本页继续走时"); }
  }

  // ---- moving through the paper
  function current() {
    const seen = Array.from(paper.querySelectorAll(".question")).filter((q) => q.getBoundingClientRect().top <= 120);
    return seen.length ? Number(seen[seen.length - 1].dataset.item) : 1;
  }
  function move(step) {
    const item = Math.min(Number(given.items), Math.max(1, current() + step));
    sheet.question(item).scrollIntoView();
    here(item);
  }
  function here(item) {
    const old = document.querySelector(".map [aria-current]");
    if (old) old.removeAttribute("aria-current");
    if (at(`map-${item}`)) at(`map-${item}`).setAttribute("aria-current", "true");
  }

  // ---- wiring
  let rest = 0;
  function onChange(event) {
    const item = sheet.itemOf(event.target);
    if (item < 0 || queue.pen.lost) return;
    const text = event.target.type === "text", answer = sheet.changed(item);
    if (answer !== null) { queue.write(item, answer); show.hint(""); show.all(); }
    clearTimeout(rest);
    if (queue.backingOff()) queue.kick(15000); // the backoff goes on, whatever is typed
    else if (text && event.type === "input") rest = setTimeout(() => queue.kick(0), REST);
    else if (answer !== null || (text && queue.queue.has(item))) queue.kick(0);
  }
  function handIn(event) {
    event.preventDefault();
    if (document.activeElement && document.activeElement.name) onChange({ type: "change", target: document.activeElement });
    queue.want(`${HOME}/hand-in`);
    show.hint("送达后自动进入交卷");
    if (queue.queue.size) queue.kick(0); else queue.finish();
  }
  function onHandIn(event) {
    const waits = queue.queue.size;
    if (!waits && !pulse.unreachable()) {
      going = true;
      setTimeout(() => { event.target.querySelector("button").disabled = true; }, 0);
      return;
    }
    event.preventDefault();
    queue.kick(0);
    pulse.beat();
    show.hint("恢复后再交卷");
  }
  function wirePaper() {
    sheet.begin();
    ["input", "change"].forEach((name) => paper.addEventListener(name, onChange));
    paper.addEventListener("submit", (event) => event.preventDefault());
    document.querySelectorAll("button[name=go]").forEach((button) => button.addEventListener("click", handIn));
    [["go-back", -1], ["go-on", 1]].forEach(([id, step]) => {
      at(id).addEventListener("click", (event) => { event.preventDefault(); move(step); });
    });
    document.querySelector(".map").parentNode.addEventListener("click", (event) => {
      const href = event.target.getAttribute && event.target.getAttribute("href");
      if (href && href.startsWith("#question-")) here(Number(href.slice(10)));
    });
    if (at("taken-back")) at("taken-back").addEventListener("click", () => { going = true; location.reload(); });
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href^='/']");
    if (link && link.getAttribute("href").startsWith(HOME)) going = true;
  });
  window.addEventListener("online", () => { queue.calm(); pulse.beat(); });
  window.addEventListener("offline", () => { show.all(); pulse.beat(); });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) pulse.away(); else { pulse.back(); pulse.beat(); pulse.seen(); }
    if (queue.queue.size) queue.send();
  });
  window.addEventListener("pagehide", queue.flush);
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  window.addEventListener("beforeunload", (event) => {
    if (!going && queue.queue.size && storage.unsafe()) { event.preventDefault(); event.returnValue = ""; }
  });

  biwu.page = { go, phase, locks, isUp: () => up, isGoing: () => going, waitsForServer: () => leaving,
    upFor: () => (up ? performance.now() - upSince : 0), isKnown: () => known, durable: () => !known || storage.durable() };

  if (paper) wirePaper();
  if (at("hand-in")) at("hand-in").addEventListener("submit", onHandIn);
  if (at("unsent-read")) at("unsent-read").addEventListener("click", queue.read);
  file.begin();
  storage.open(queue.adopt).then(() => {
    known = true;
    show.all();
    queue.finish();
    if (at("tests")) { look(); at("test-again").addEventListener("click", look); }
  });
  if (paper && PHASE === "running") {
    storage.onTwin(queue.claim);
    queue.claim();
  }
  pulse.begin();
  show.all();
  tick();
  setInterval(tick, 500);
})(window.biwu = window.biwu || {});

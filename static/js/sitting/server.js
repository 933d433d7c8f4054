// The server: what it gave this page, its clock, and how it is asked.
(function (biwu) {
  "use strict";

  const root = document.getElementById("sitting");
  if (!root) return;
  const given = root.dataset, HOME = `/sittings/${given.sitting}`, TIMEOUT = 8000;

  // ---- the server's clock, carried on by the phone's steady one: changing the phone's time
  // changes nothing. A phone that slept has a clock that stood still, so every answer of the
  // server sets it again.
  const page = performance.getEntriesByType && performance.getEntriesByType("navigation")[0];
  let mark = { server: moment(given.now), here: (page && page.responseStart) || performance.now() };
  let ends = moment(given.ends), stands = null, wall = Date.now() - performance.now();

  function moment(text) { return Date.parse(String(text).replace(/(\.\d{3})\d+/, "$1")); }
  function now() { return mark.server + performance.now() - mark.here; }
  function setClock(serverTime, sentAt, endsAt) {
    const here = performance.now(), guess = moment(serverTime) + (here - sentAt) / 2;
    if (Math.abs(guess - now()) > 2000) mark = { server: guess, here };
    wall = Date.now() - here;
    if (endsAt) ends = moment(endsAt);
  }
  // Whether the phone may have slept since: its two clocks do not agree any more. How long ago an
  // answer was typed is then not known before the server was heard again.
  const doubtful = () => Math.abs(Date.now() - performance.now() - wall) > 2000;

  // Milliseconds that are left. While the exam is paused (暂停) they do not get fewer.
  function left() { return stands === null ? ends - now() : stands; }
  function stand(on) { stands = on ? ends - now() : null; }

  const two = (n) => String(n).padStart(2, "0");
  function clockTime(text) { // the server's time on a Shanghai clock
    const local = new Date(moment(text) + 8 * 3600000);
    return `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`;
  }

  // Asks the server under this sitting. Gives {status, body, sentAt}; throws whenever no JSON came
  // of our own server: no network, a redirect, a captive portal's page, too long a wait. The pass
  // says who we are, so the cookie stays at home where it is not asked for.
  async function ask(path, options) {
    const abort = new AbortController(), alarm = setTimeout(() => abort.abort(), TIMEOUT);
    const sentAt = performance.now(), headers = { Accept: "application/json" };
    if (options.method === "POST") headers["X-Sitting-Pass"] = given.pass;
    if (options.body) headers["Content-Type"] = "application/json";
    try {
      const response = await fetch(HOME + path, {
        method: options.method, headers, body: options.body && JSON.stringify(options.body),
        signal: abort.signal, redirect: "error", cache: "no-store", keepalive: Boolean(options.last),
        credentials: options.cookie ? "same-origin" : "omit", referrerPolicy: "same-origin",
      });
      const body = response.status === 204 ? {} : await response.json();
      if (!body || typeof body !== "object") throw new TypeError("no answer of ours");
      offline = false;
      return { status: response.status, body, sentAt, after: 1000 * Number(response.headers.get("Retry-After") || 0) };
    } finally {
      clearTimeout(alarm);
    }
  }

  // Full jitter: a hall that comes back online must not knock in step.
  function pause(failures) { return Math.random() * Math.min(15000, 500 * 2 ** failures); }

  // What the browser says of the network holds until the server is heard: some web views keep
  // saying offline.
  let offline = false;
  window.addEventListener("offline", () => { offline = true; });
  window.addEventListener("online", () => { offline = false; });

  biwu.given = given;
  biwu.home = HOME;
  biwu.server = { moment, now, setClock, doubtful, left, stand, two, clockTime, ask, pause, offline: () => offline };
})(window.biwu = window.biwu || {});

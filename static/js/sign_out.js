// Signing out (退出) on a shared phone: no answer of any sitting stays in this browser. What was not
// delivered yet would be lost with it, so that is asked first.
(function () {
  "use strict";
  const OURS = /^biwu\.\d+\./, ANSWER = /^biwu\.\d+\.\d+\./, PATIENCE = 500;
  const each = (act) => [() => localStorage, () => sessionStorage].forEach((store) => {
    try { act(store()); } catch (_) { /* a browser without */ }
  });

  // Calls back with the number of answers in IndexedDB, or 0 when it does not say in time.
  function count(done) {
    let over = false;
    const end = (number) => { if (!over) { over = true; done(number); } };
    setTimeout(end, PATIENCE, 0);
    try {
      const asked = indexedDB.open("biwu");
      asked.onerror = () => end(0);
      asked.onupgradeneeded = () => asked.transaction.abort(); // nobody has sat an exam here
      asked.onsuccess = () => {
        const db = asked.result, all = db.transaction("answers").objectStore("answers").count();
        all.onsuccess = () => { db.close(); end(all.result); };
        all.onerror = () => { db.close(); end(0); };
      };
    } catch (_) { end(0); }
  }
  function wipe() {
    each((store) => Object.keys(store).filter((name) => OURS.test(name)).forEach((name) => store.removeItem(name)));
    try { indexedDB.deleteDatabase("biwu"); } catch (_) { /* a browser without */ }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (new URL(form.action).pathname !== "/sign-out") return;
    event.preventDefault();
    let here = 0;
    each((store) => { here += Object.keys(store).filter((name) => ANSWER.test(name)).length; });
    count((there) => {
      const left = Math.max(here, there); // the one mirrors the other
      if (left && !window.confirm(`本机还有 ${left} 条答案没有送到服务器，退出会清除。请先回到考试页补传，或告诉监考员。确定退出吗？`)) return;
      wipe();
      form.submit();
    });
  });
})();

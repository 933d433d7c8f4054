// What the candidate sees of all this: the saved mark, the banners, the answer map.
(function (biwu) {
  "use strict";
  if (!biwu.given) return;

  const { given, server, storage, sheet } = biwu;
  const at = (id) => document.getElementById(id), saved = at("saved");
  let shownAt = "", note = "", hint = "", lateShown = false;

  function iconed(element, name, text) {
    if (element.dataset.shows === name + text) return; // a status that did not change is not read out
    element.dataset.shows = name + text;
    element.textContent = "";
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", "icon"); svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `#i-${name}`);
    svg.appendChild(use);
    element.append(svg, text);
  }
  function say(id, strong, text) {
    const box = at(id);
    if (box.dataset.shows === strong + text) return;
    box.dataset.shows = strong + text;
    const b = document.createElement("b");
    b.textContent = strong;
    box.textContent = "";
    box.append(b, text);
  }
  function open(id, on) { if (at(id) && at(id).hidden === on) at(id).hidden = !on; }

  // ---- one answer
  function label(item, outcome) {
    if (outcome.stored) shownAt = server.clockTime(outcome.stored);
    if (outcome.late) lateShown = true;
    const line = item !== sheet.FLAGS && at(`saved-${item}`);
    if (!line) return;
    line.className = "q-saved";
    if (outcome.superseded) line.textContent = "另一台设备或页面上有更晚的答案，刷新可见";
    else line.textContent = `已保存 ${shownAt}${outcome.late ? "（到时前写好，补传送达）" : ""}`;
  }
  function uncounted(one) {
    const line = at(`saved-${one.item}`);
    if (line) { line.className = "q-saved refused"; line.textContent = one.detail; }
  }

  // ---- all of it
  function all() {
    const { queue, told } = biwu.queue, waits = Array.from(queue.keys()), failing = biwu.queue.failing();
    if (sheet.paper) {
      waits.filter((item) => item !== sheet.FLAGS && at(`saved-${item}`)).forEach((item) => {
        at(`saved-${item}`).className = "q-saved wait";
        at(`saved-${item}`).textContent = failing ? "已存在本机，等待补传" : "正在保存";
      });
      map(queue);
    }
    uncountedList(told);
    mark();
  }
  function mark() { // what time alone may change
    const count = biwu.queue.queue.size, failing = biwu.queue.failing();
    banner(count, failing);
    biwu.file.offer();
    if (!saved) return;
    saved.classList.toggle("unsynced", count > 0 || note !== "");
    if (note) iconed(saved, "alert", note);
    else if (count) iconed(saved, failing ? "offline" : "clock", `未同步 ${count} 条${hint && `，${hint}`}`);
    else if (hint && biwu.pulse.unreachable()) iconed(saved, "offline", `网络断开，${hint}`);
    else if (shownAt) iconed(saved, "check", `已保存 ${shownAt}${lateShown ? "（补传）" : ""}`);
  }
  function banner(count, failing) {
    if (!at("offline")) return;
    const gone = biwu.pulse.unreachable() || (count > 0 && (failing || biwu.pulse.missed()));
    const volatile = given.phase === "running" && (storage.unsafe() || !biwu.page.durable());
    const up = biwu.page.isUp();
    if (gone && count) {
      say("offline-text", "网络断开，答案没有丢。", `${up ? "时间到，写好的" : "请继续作答，"}${volatile
        ? "答案只在本页的内存里，恢复后自动补传。千万不要刷新或关闭本页。" : "答案存在本机，恢复后自动补传。不要关闭本页。"}`);
    } else if (gone) {
      say("offline-text", "网络断开。", up ? "写好的都已保存，恢复后自动收卷。" : "写好的都已保存；请继续作答，新的答案先存在本机。不要关闭本页。");
    } else if (volatile) {
      say("offline-text", "本机不能暂存答案", "（浏览器禁止存储，或空间已满）。仍可作答；断网时请不要刷新或关闭本页。");
    }
    open("offline", gone || volatile);
  }
  function uncountedList(told) {
    const list = at("unsent-list");
    if (!list) return;
    const lines = told.map((one) => `${one.item ? `第 ${one.item} 题` : "存疑标记"}：${
      one.fate === "kept" ? "" : "未被接收。"}${one.detail}`);
    if (list.dataset.shows !== lines.join("\n")) {
      list.dataset.shows = lines.join("\n");
      list.textContent = "";
      lines.forEach((line) => list.appendChild(document.createElement("li")).append(line));
    }
    open("unsent", lines.length > 0);
  }
  function map(queue) {
    let done = 0;
    const total = Number(given.items);
    for (let item = 1; item <= total; item += 1) {
      const cell = at(`map-${item}`), has = sheet.answered(item), waits = queue.has(item), doubt = sheet.flagged(item);
      done += has;
      cell.classList.toggle("is-done", has && !waits);
      cell.classList.toggle("is-wait", waits);
      cell.classList.toggle("is-flag", doubt);
      const words = `${has ? "已答" : "未答"}${waits ? "未同步" : ""}${doubt ? "，存疑" : ""}`;
      if (cell.dataset.words === words) continue;
      cell.dataset.words = words;
      cell.setAttribute("aria-label", `第 ${item} 题，${words}`);
    }
    at("progress").value = done;
    at("progress").setAttribute("aria-label", `已答 ${done} 题，共 ${total} 题`);
    at("map-answered").textContent = at("foot-answered").textContent = done;
  }

  // ---- what concerns the page as a whole
  function taken() { // another page holds the pen now
    biwu.page.locks();
    open("taken", true);
  }
  function messages(list) { // the newest first; closed ones stay closed in this tab
    const box = at("message-list");
    if (!box) return;
    const closed = (storage.session("closed") || "").split(",");
    const news = list.filter((one) => !closed.includes(String(one.id))).sort((a, b) => b.id - a.id);
    box.textContent = "";
    news.forEach((one) => {
      const line = box.appendChild(document.createElement("li")), time = document.createElement("time");
      const words = document.createElement("p"), button = document.createElement("button");
      time.textContent = server.clockTime(one.at);
      words.append("考场通知 ", time, "：", one.text);
      button.type = "button"; button.className = "btn"; button.textContent = "知道了";
      button.addEventListener("click", () => {
        storage.session("closed", closed.concat(one.id).join(","));
        messages(list);
      });
      line.append(words, button);
    });
    open("messages", news.length > 0);
  }
  function left(count, seconds) {
    if (at("left-count")) at("left-count").textContent = `离开页面 ${count} 次（3 秒内返回不计）。只作记录，由人裁定。`;
    if (!at("left-list") || !seconds) return;
    const line = document.createElement("li");
    line.textContent = `${server.clockTime(new Date(server.now()).toISOString())} 返回，离开了 ${seconds} 秒`;
    at("left-list").prepend(line);
    at("left-list").hidden = false;
  }

  biwu.show = { el: at, open, label, uncounted, all, mark, taken, messages, left,
    note(text) { note = text; all(); }, hint(text) { hint = text; mark(); } };
})(window.biwu = window.biwu || {});

// The sheet (答卷): reading what is written and writing it back. An answer is the short JSON text
// of question_types.
(function (biwu) {
  "use strict";
  if (!biwu.given) return;

  const FLAGS = 0, paper = document.getElementById("paper");
  const question = (item) => document.getElementById(`question-${item}`);
  const inputs = (item) => Array.from(question(item).querySelectorAll(`[name^="q${item}"]`));
  const flags = () => Array.from(paper.querySelectorAll(".flag input"));
  const part = (input) => input.name.split(".")[1] || "";
  // Half a character and a NUL have no place in a database.
  const clean = (text) => text.replace(/[\ud800-\udbff](?![\udc00-\udfff])/g, "")
    .replace(/(^|[^\ud800-\udbff])[\udc00-\udfff]/g, "$1").replace(/\0/g, "").trim();

  function read(item) {
    if (item === FLAGS) {
      return JSON.stringify(flags().filter((c) => c.checked).map((c) => Number(c.name.slice(1))));
    }
    const kind = question(item).dataset.kind, all = inputs(item);
    if (kind !== "fill_in" && kind !== "numeric") {
      return JSON.stringify(all.filter((c) => c.checked).map((c) => c.value).sort());
    }
    const texts = {}, steps = {};
    all.forEach((c) => {
      const text = clean(c.value), name = part(c);
      if (name.startsWith("step")) { if (text) steps[name.slice(4)] = text; } else if (text) texts[name] = text;
    });
    if (kind === "fill_in") return JSON.stringify(texts);
    if (!texts.value && !Object.keys(steps).length) return "";
    const number = { value: texts.value || "" };
    if (texts.unit) number.unit = texts.unit;
    if (Object.keys(steps).length) number.steps = steps;
    return JSON.stringify(number);
  }

  function refill(item, answer) {
    let value;
    try { value = JSON.parse(answer || "[]"); } catch (_) { return; }
    if (item === FLAGS) {
      flags().forEach((c) => { c.checked = value.includes(Number(c.name.slice(1))); });
      return;
    }
    if (!question(item)) return;
    inputs(item).forEach((c) => {
      if (c.type === "radio" || c.type === "checkbox") c.checked = Array.isArray(value) && value.includes(c.value);
      else if (part(c).startsWith("step")) c.value = (value.steps || {})[part(c).slice(4)] || "";
      else c.value = value[part(c)] || "";
    });
  }

  const answered = (item) => !["", "[]", "{}"].includes(read(item));
  const flagged = (item) => question(item).querySelector(".flag input").checked;

  const last = new Map(); // what was read last, so that "change" after "input" is not a new answer
  function remember(item, answer) { last.set(item, answer); }
  function changed(item) {
    const answer = read(item);
    if (last.get(item) === answer) return null;
    last.set(item, answer);
    return answer;
  }

  function lock(on) {
    if (!paper) return;
    document.body.classList.toggle("up", on);
    paper.querySelectorAll("input:not([type=hidden]), select, textarea").forEach((c) => { c.disabled = on; });
  }

  // Which item an event is about; -1 for none.
  function itemOf(input) {
    const name = input.name || "";
    return /^f\d+$/.test(name) ? FLAGS : Number((/^q(\d+)/.exec(name) || [])[1] || -1);
  }

  function begin() {
    paper.querySelectorAll(".question").forEach((q) => remember(Number(q.dataset.item), read(Number(q.dataset.item))));
    remember(FLAGS, read(FLAGS));
  }

  biwu.sheet = { FLAGS, paper, question, read, refill, answered, flagged, remember, changed, lock, itemOf, begin };
})(window.biwu = window.biwu || {});

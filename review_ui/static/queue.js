// The queue by keyboard: one row is selected; its lead is opened or decided.
import { press, say } from "./keys.js";

const PLACE = "mingcha.queue.place";

export function startQueue() {
  const rows = Array.from(document.querySelectorAll("[data-lead-id].row"));
  const quick = document.querySelector("#quick");
  let at = -1;

  function select(index, scroll = true) {
    if (!rows.length) return;
    if (at >= 0) rows[at].classList.remove("on");
    at = Math.max(0, Math.min(rows.length - 1, index));
    const row = rows[at];
    row.classList.add("on");
    row.querySelector(".open").focus({ preventScroll: true });
    if (scroll) row.scrollIntoView({ block: "nearest" });
    sessionStorage.setItem(PLACE, JSON.stringify([location.href, at]));
  }

  function move(step) {
    if (at < 0) return select(0);
    if (at + step >= rows.length) {
      const next = document.querySelector("a[rel=next]");
      if (next) next.click();
      return undefined;
    }
    return select(at + step);
  }

  function chosen() {
    if (at >= 0) return rows[at];
    say("先按 j 选中一条线索。");
    return null;
  }

  function may(right) {
    if (quick.dataset.rights.split(/\s+/).includes(right)) return true;
    say("您没有这个权限。");
    return false;
  }

  function send(path, fields) {
    for (const name of ["revision", "verdict"]) quick.elements[name].value = fields[name] || "";
    quick.action = path;
    quick.requestSubmit();
  }

  function decide(verdict) {
    const row = may("decide") ? chosen() : null;
    if (row) send(`/leads/${row.dataset.leadId}/decide`, { revision: row.dataset.revision, verdict });
  }

  function open(suffix) {
    const row = chosen();
    if (!row) return;
    const link = new URL(row.querySelector(".open").href);
    if (suffix === "/stored") location.assign(`/leads/${row.dataset.leadId}/stored`);
    else location.assign(link.pathname + link.search + suffix);
  }

  function openCase() {
    const row = may("cases") ? chosen() : null;
    if (!row) return;
    if (row.dataset.case) say(`已立入案件 ${row.dataset.case}。`);
    else if (row.dataset.status !== "accepted") say("先定为“线索成立”，才能立案。");
    else location.assign(`/cases/new?lead=${row.dataset.leadId}&back=${encodeURIComponent(location.pathname + location.search)}`);
  }

  // What is ticked for a case is counted where the case is opened.
  const bar = document.querySelector(".case-bar");
  const ticks = Array.from(document.querySelectorAll(".pick input"));
  function count() {
    const ticked = ticks.filter((box) => box.checked).length;
    bar.querySelector(".ticked").textContent = ticked ? `已勾选 ${ticked} 条。` : "还没有勾选。";
    bar.querySelector(".clear-ticks").hidden = ticked === 0;
    bar.querySelector(".primary").disabled = ticked === 0;
    bar.querySelector(".primary").textContent = ticked ? `${ticked} 条一起立案…` : "立案…";
    for (const box of ticks) box.closest(".row").classList.toggle("ticked", box.checked);
  }
  if (bar) {
    for (const box of ticks) box.addEventListener("change", count);
    bar.querySelector(".clear-ticks").addEventListener("click", () => {
      for (const box of ticks) box.checked = false;
      count();
    });
    addEventListener("pageshow", count);
    count();
  }

  // After a decision the list has one row less: stay at the same place.
  const kept = JSON.parse(sessionStorage.getItem(PLACE) || "null");
  if (rows.length && kept && kept[0] === location.href && document.querySelector(".notice")) select(kept[1]);
  rows.forEach((row, index) => row.addEventListener("focusin", () => { if (index !== at) select(index, false); }));

  return {
    j: () => move(1),
    k: () => move(-1),
    1: () => decide("confirm"),
    2: () => decide("dismiss"),
    "Shift+2": () => open("#reasons"),
    3: () => open("#transfer"),
    4: () => decide("hold"),
    u: () => {
      if (press("u")) return;
      const row = at >= 0 ? rows[at] : null;
      if (row && row.dataset.case) say(`已立入案件 ${row.dataset.case}，结论不能再改。`);
      else say("没有刚作出的结论可撤销。");
    },
    c: openCase,
    o: () => open("/stored"),
  };
}

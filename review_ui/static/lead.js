// The lead page: tool tips on marked words, and the transfer and reason panels by key.
import { press, say } from "./keys.js";

function showTips() {
  const tip = document.querySelector("#tip");
  const cards = Array.from(document.querySelectorAll(".finding"));
  const marks = Array.from(document.querySelectorAll(".hit"));

  function light(indexes, on) {
    for (const index of indexes) {
      if (cards[index]) cards[index].classList.toggle("on", on);
      for (const mark of marks) if (mark.dataset.findings.split(" ").includes(index)) mark.classList.toggle("on", on);
    }
  }

  function fill(mark) {
    tip.textContent = "";
    for (const index of mark.dataset.findings.split(" ")) {
      const part = document.createElement("p");
      const name = document.createElement("b");
      name.textContent = cards[index].querySelector("h3").textContent;
      part.append(name, cards[index].querySelector(".why-line").textContent);
      tip.append(part);
    }
    if (mark.dataset.restored && mark.dataset.restored !== mark.textContent) {
      const also = document.createElement("span");
      also.className = "also";
      also.textContent = `还原后：${mark.dataset.restored}`;
      tip.append(also);
    }
  }

  function place(mark) {
    const box = mark.getClientRects()[0];
    tip.hidden = false;
    const left = Math.max(12, Math.min(box.left, innerWidth - tip.offsetWidth - 12));
    const below = box.bottom + 8 + tip.offsetHeight < innerHeight - 70;
    const top = below ? box.bottom + 8 : Math.max(8, box.top - tip.offsetHeight - 8);
    // Through the object model, which the content policy allows; a style attribute it would not.
    tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  function show(mark) { fill(mark); place(mark); light(mark.dataset.findings.split(" "), true); }
  function hide(mark) { tip.hidden = true; light(mark.dataset.findings.split(" "), false); }

  for (const mark of marks) {
    mark.setAttribute("aria-label", `${mark.textContent}：${mark.title}`);
    mark.removeAttribute("title");
    mark.addEventListener("mouseenter", () => show(mark));
    mark.addEventListener("mouseleave", () => hide(mark));
    mark.addEventListener("focus", () => show(mark));
    mark.addEventListener("blur", () => hide(mark));
    mark.addEventListener("click", () => {
      const card = cards[Number(mark.dataset.findings.split(" ")[0])];
      if (card && innerWidth > 820) card.scrollIntoView({ block: "nearest" });
    });
  }
  cards.forEach((card, index) => {
    card.addEventListener("mouseenter", () => light([String(index)], true));
    card.addEventListener("mouseleave", () => light([String(index)], false));
  });
  addEventListener("scroll", () => { tip.hidden = true; }, { passive: true });
}

function openPanel(id, field) {
  const panel = document.querySelector(id);
  if (!panel) return false;
  panel.open = true;
  const first = panel.querySelector(field);
  if (first) first.focus();
  return true;
}

export function startLead() {
  showTips();
  const transfer = document.querySelector("#transfer");
  const shown = () => transfer && transfer.open;
  if (location.hash === "#transfer") openPanel("#transfer", "button");
  if (location.hash === "#reasons") openPanel("#reasons", ".quick button");

  // While the departments are shown, digits choose one of them.
  function digit(number) {
    return () => {
      if (!shown()) return press(String(number));
      const option = transfer.querySelectorAll(".option")[number - 1];
      if (option) option.click();
      return true;
    };
  }

  // What was taken into a case is settled: say where, not that there is nothing to do.
  const taken = document.querySelector("[data-case]");
  const settled = (text) => say(taken ? `已立入案件 ${taken.dataset.case}，结论不能再改。` : text);

  const actions = {
    "Shift+2": () => openPanel("#reasons", ".quick button"),
    c: () => press("c") || settled("先定为“线索成立”，才能立案。"),
    u: () => press("u") || settled("没有可撤销的结论。"),
    o: () => press("o") || say("没有留存页面。"),
    j: () => press("j") || say("已是最后一条。"),
    k: () => press("k") || say("已是第一条。"),
  };
  for (let number = 1; number <= 9; number += 1) actions[number] = digit(number);
  actions[3] = () => (shown() ? digit(3)() : openPanel("#transfer", ".option"));
  return actions;
}

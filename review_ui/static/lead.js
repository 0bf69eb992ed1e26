// The lead page: what marked words touch, switches of the findings, and the transfer and reason panels by key.
import { press, say } from "./keys.js";

// The pointer only rests on a word when it stays this long.
const REST = 180;

function showTips(cards) {
  const tip = document.querySelector("#tip");
  const sheet = document.querySelector(".sheet");
  const marks = Array.from(document.querySelectorAll(".hit"));
  let waiting = 0;

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
      const why = document.createElement("span");
      const title = cards[index].querySelector("h3");
      name.textContent = `${title.firstChild.textContent}　${title.lastChild.textContent}`;
      if (cards[index].classList.contains("struck")) name.textContent += "（不采纳）";
      why.textContent = cards[index].querySelector(".why-line").textContent;
      part.append(name, why);
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
    tip.hidden = false;
    // Through the object model, which the content policy allows; a style attribute it would not.
    const bar = document.querySelector(".verdict-grid");
    const fixed = bar && getComputedStyle(bar).position === "fixed" ? bar.offsetHeight : 4;
    tip.style.left = `${Math.max(12, Math.round(sheet.getBoundingClientRect().left))}px`;
    tip.style.bottom = `${fixed + 8}px`;
    tip.style.top = "auto";
    if (mark.getBoundingClientRect().bottom <= tip.getBoundingClientRect().top - 8) return;
    tip.style.bottom = "auto";
    tip.style.top = `${document.querySelector(".top").offsetHeight + 8}px`;
  }

  function show(mark) {
    clearTimeout(waiting);
    waiting = setTimeout(() => { fill(mark); place(mark); light(mark.dataset.findings.split(" "), true); }, REST);
  }
  function hide(mark) {
    clearTimeout(waiting);
    tip.hidden = true;
    light(mark.dataset.findings.split(" "), false);
  }

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

// The rules under the title: as grave and as often as the findings that are left, grey when none is.
const GRAVEST_FIRST = ["sanctionable", "lead", "cleanup"];

function paintChips(kept) {
  for (const chip of document.querySelectorAll(".sheet .chip[data-code]")) {
    const left = kept.filter((card) => card.dataset.code === chip.dataset.code);
    chip.classList.toggle("off", !left.length);
    if (!left.length) continue;
    const gravest = GRAVEST_FIRST.find((kind) => left.some((card) => card.dataset.consequence === kind));
    for (const kind of GRAVEST_FIRST) chip.classList.toggle(kind, kind === gravest);
    const times = chip.querySelector(".times");
    times.hidden = left.length === 1;
    times.textContent = ` ${left.length} 条`;
  }
}

// The department 建议 stands at: whose finding is the gravest of those that are left, one's own never.
function paintSuggested(kept) {
  const options = Array.from(document.querySelectorAll("#transfer .option"));
  const others = options.filter((option) => option.dataset.own !== "yes");
  const leading = GRAVEST_FIRST.flatMap((kind) => kept.filter((card) => card.dataset.consequence === kind));
  const names = leading.map((card) => card.dataset.department);
  const led = (name) => others.find((option) => option.querySelector("input").value === name);
  const option = led(names.find(led));
  const mark = document.querySelector("#transfer .suggested") || document.createElement("span");
  mark.className = "small mark suggested";
  mark.textContent = "建议";
  if (option) option.append(mark);
  else mark.remove();
}

// The switches 采纳 / 不采纳: the boxes do it all; here the page only follows them.
function followSwitches(cards) {
  const boxes = Array.from(document.querySelectorAll(".strike"));
  const form = document.querySelector("#decide");
  if (!form || !boxes.length) return { next: () => say("没有疑点可选。"), flip: () => say("没有疑点可选。") };
  const count = document.querySelector("#struck-count");

  function paint() {
    const struck = boxes.map((box) => box.checked);
    cards.forEach((card, index) => card.classList.toggle("struck", struck[index]));
    for (const mark of document.querySelectorAll(".hit")) {
      mark.classList.toggle("off", mark.dataset.findings.split(" ").every((index) => struck[index]));
    }
    const kept = cards.filter((_, index) => !struck[index]);
    paintChips(kept);
    paintSuggested(kept);
    const out = boxes.filter((box) => box.checked).map((box) => box.value);
    const none = out.length === boxes.length;
    // Told only while it is not yet what the standing decision says.
    count.hidden = boxes.every((box) => box.checked === (box.dataset.held === "yes"));
    const said = none ? "疑点全部不采纳" : out.length ? `不采纳 ${out.length} 项疑点（${out.join("、")}）` : "疑点全部采纳";
    count.textContent = `${said}，随结论一起记录`;
    const need = document.querySelector("#reason-need");
    need.textContent = none ? need.dataset.need : need.dataset.free;
    need.classList.toggle("need", none);
  }

  for (const box of boxes) {
    // Enter in a field sends its form; in a switch nobody means that.
    box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    box.addEventListener("change", paint);
  }
  paint();
  addEventListener("pageshow", paint);

  // None adopted and yet sent on: the reason is asked for here, so that nothing chosen is lost.
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    const onward = button && ["confirm", "transfer"].includes(button.value);
    if (!onward || !boxes.every((box) => box.checked) || form.elements.reason.value.trim()) return;
    event.preventDefault();
    event.stopPropagation();
    say("全部疑点都不采纳，仍要成立或转办的，请写明理由。");
    openPanel("#reasons", "textarea");
  });

  const at = () => boxes.indexOf(document.activeElement);
  return {
    next: () => {
      const box = boxes[(at() + 1) % boxes.length];
      box.focus({ preventScroll: true });
      box.closest(".finding").scrollIntoView({ block: "nearest" });
    },
    flip: () => {
      if (at() < 0) return say("先按 n 选中一条疑点。");
      return boxes[at()].click();
    },
  };
}

function openPanel(id, field) {
  const panel = document.querySelector(id);
  if (!panel) return false;
  panel.open = true;
  const first = panel.querySelector(field);
  if (first) first.focus();
  return true;
}

// A digit or a click only selects; 提交转办, the same digit again or Enter sends.
function departmentMenu(menu) {
  const options = Array.from(menu.querySelectorAll(".option input"));
  const send = menu.querySelector("[value=transfer]");
  function paint() {
    const chosen = options.find((option) => option.checked);
    for (const option of options) option.parentElement.classList.toggle("chosen", option.checked);
    send.disabled = !chosen;
    send.textContent = chosen ? `提交转办：${chosen.value}` : "提交转办";
  }
  for (const option of options) {
    option.addEventListener("change", paint);
    // Enter in a radio button would press the form's first button.
    option.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      send.click();
    });
  }
  // Only a digit pressed twice while the menu is open sends.
  let pressed = 0;
  menu.addEventListener("toggle", () => { pressed = 0; });
  paint();
  return (number) => {
    const option = options.find((one) => one.dataset.number === String(number));
    if (!option) return true;
    option.checked = true;
    option.focus();
    paint();
    if (pressed === number) send.click();
    pressed = number;
    return true;
  };
}

// On a phone both panels come up from the bar, one at a time; elsewhere one that opens is brought into sight.
function followPanels(panels) {
  const bar = document.querySelector(".verdict-grid");
  for (const panel of panels) {
    panel.addEventListener("toggle", () => {
      if (!panel.open) return;
      if (getComputedStyle(bar).position !== "fixed") panel.scrollIntoView({ block: "nearest" });
      else for (const other of panels) if (other !== panel) other.open = false;
    });
  }
}

export function startLead() {
  const cards = Array.from(document.querySelectorAll(".finding"));
  showTips(cards);
  const findings = followSwitches(cards);
  const transfer = document.querySelector("#transfer");
  const select = transfer && departmentMenu(transfer);
  followPanels(Array.from(document.querySelectorAll("#transfer, #reasons")));
  const shown = () => transfer && transfer.open;
  const asked = { "#transfer": "summary", "#reasons": ".quick" }[location.hash];
  if (asked) {
    const panel = location.hash;
    // The card is in sight without it; the browser would bring the menu to the top and the heading under the bar.
    history.replaceState(history.state, "", location.pathname + location.search);
    openPanel(panel, asked);
    scrollTo(0, 0);
  }

  // While the departments are shown, digits are theirs.
  const digit = (number) => () => (shown() ? select(number) : press(String(number)));

  // What was taken into a case is settled: say where, not that there is nothing to do.
  const taken = document.querySelector("[data-case]");
  const settled = (text) => say(taken ? `已立入案件 ${taken.dataset.case}，结论不能再改。` : text);

  const actions = {
    // Among the reasons, on none of them: an Enter meant for something else must not dismiss.
    "Shift+2": () => openPanel("#reasons", ".quick"),
    c: () => press("c") || settled("先定为“线索成立”，才能立案。"),
    u: () => press("u") || settled("没有可撤销的结论。"),
    o: () => press("o") || say("没有留存页面。"),
    j: () => press("j") || say("已是最后一条。"),
    k: () => press("k") || say("已是第一条。"),
    n: findings.next,
    x: findings.flip,
  };
  for (let number = 1; number <= 9; number += 1) actions[number] = digit(number);
  actions[3] = () => (shown() ? select(3) : openPanel("#transfer", "summary"));
  return actions;
}

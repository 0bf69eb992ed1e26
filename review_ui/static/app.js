// Keys, help and tool tips. Everything here only presses buttons and follows links that work without it.
import { startQueue } from "./queue.js";
import { startLead } from "./lead.js";
import { listen } from "./keys.js";

const help = document.querySelector("#help");

function toggleHelp() {
  if (!help || typeof help.showModal !== "function") return;
  if (help.open) help.close();
  else {
    help.showModal();
    help.querySelector("button").focus();
  }
}

for (const button of document.querySelectorAll("[data-help]")) {
  button.hidden = false;
  button.addEventListener("click", toggleHelp);
}

// One menu at a time; a click elsewhere or Escape closes it. One that is part of a form stays while the form is filled in.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    const whole = menu.closest("form") || menu;
    if (!whole.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open], #reasons[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A browser says in its own language what a field lacks; here it is said in that of the page.
function lacks(field) {
  const state = field.validity;
  if (state.valueMissing) {
    if (field.type === "checkbox") return "请先勾选这一项。";
    return field.type === "radio" || field.tagName === "SELECT" ? "请选择一项。" : "请填写这一项。";
  }
  if (state.badInput || state.typeMismatch || state.patternMismatch) return field.title || "格式不对，请改正。";
  if (state.tooShort) return `至少 ${field.minLength} 个字符。`;
  if (state.rangeUnderflow) return `不能小于 ${field.min}。`;
  if (state.rangeOverflow) return `不能大于 ${field.max}。`;
  return "";
}
document.addEventListener("invalid", (event) => {
  const said = lacks(event.target);
  if (said) event.target.setCustomValidity(said);
}, true);
for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const form = event.target.form;
    for (const field of form ? form.elements : []) if (field.validity && field.validity.customError) field.setCustomValidity("");
  });
}

// A form is sent once, however often the button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  else form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// A package just made is fetched once; going back to the page fetches nothing.
const download = document.querySelector("[data-download]");
if (download) {
  history.replaceState(null, "", location.pathname);
  download.click();
}

const actions = { "?": toggleHelp };
if (document.body.classList.contains("queue")) Object.assign(actions, startQueue());
if (document.body.classList.contains("lead")) Object.assign(actions, startLead());
listen(actions);

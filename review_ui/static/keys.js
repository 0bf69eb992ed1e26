// One key, one action. Keys typed into fields, with Ctrl/Alt/Meta, or held down are left alone.

function typing(target) {
  if (!(target instanceof Element)) return false;
  if (target.closest("textarea, select, [contenteditable]")) return true;
  const input = target.closest("input");
  return input !== null && !["checkbox", "radio", "button", "submit"].includes(input.type);
}

// What is written on the button: <… data-key="j">.
function marked(key) {
  return document.querySelector(`[data-key="${CSS.escape(key)}"]`);
}

export function press(key) {
  const target = marked(key);
  if (!target) return false;
  target.click();
  return true;
}

export function listen(actions) {
  if (document.body.dataset.keys !== "on") return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
    if (typing(event.target)) return;
    const open = document.querySelector("dialog[open]");
    if (open && event.key !== "?") return;
    // A Chinese input method or a Shift key gives another character for the same digit key.
    const digit = /^Digit([0-9])$/.exec(event.code);
    const key = digit ? (event.shiftKey ? "Shift+" : "") + digit[1] : event.key === "？" ? "?" : event.key.toLowerCase();
    const action = actions[key];
    const done = action ? action(event) !== false : press(key);
    if (done) event.preventDefault();
  });
}

// A short word where something cannot be done.
export function say(text) {
  let box = document.querySelector(".notice.said");
  if (!box) {
    box = document.createElement("div");
    box.className = "notice bad said";
    box.setAttribute("role", "status");
    document.querySelector("main").before(box);
  }
  box.textContent = text;
}

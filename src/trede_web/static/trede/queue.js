// The queue by keyboard. Without this file the page is plain links and forms.
const queue = document.querySelector("[data-queue]");
const panel = document.querySelector("[data-keys]");
const dialog = document.querySelector("[data-dialog]");
const answer = document.querySelector("[data-answer]");
const KEPT = "trede-single-keys";

let single = localStorage.getItem(KEPT) !== "off";

function switchKeys(on) {
  const button = panel.querySelector("[data-switch]");
  single = on;
  localStorage.setItem(KEPT, on ? "on" : "off");
  button.setAttribute("aria-pressed", String(on));
  button.textContent = on ? button.dataset.on : button.dataset.off;
}

function inField(target) {
  return target.closest("input:not([type=radio]), textarea, select") !== null;
}

function send() {
  if (answer && answer.reportValidity()) answer.requestSubmit();
}

function press(key) {
  const named = queue.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (/^[1-9]$/.test(key)) {
    const choice = queue.querySelector(`[data-number="${key}"]`);
    if (choice) { choice.checked = true; choice.focus(); }
    return choice !== null;
  }
  if (!named) return false;
  if (named.matches("a")) named.click();
  else if (named.matches("[type=radio]")) { named.checked = true; named.focus(); }
  else named.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (dialog.open || event.altKey || event.metaKey || event.isComposing) return;
  if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); send(); return; }
  if (event.ctrlKey || inField(event.target)) return;
  if (event.key === "Enter") {
    const own = event.target.closest("a, button, summary");
    if (!own && single && answer) { event.preventDefault(); send(); }
    return;
  }
  if (!single) return;
  if (event.key === "?") { event.preventDefault(); dialog.showModal(); return; }
  if (press(event.key.toLowerCase())) event.preventDefault();
});

if (queue && panel && dialog) {
  panel.hidden = false;
  switchKeys(single);
  panel.querySelector("[data-help]").addEventListener("click", () => dialog.showModal());
  panel.querySelector("[data-switch]").addEventListener("click", () => switchKeys(!single));
  const heading = document.getElementById("item");
  if (heading && new URLSearchParams(location.search).has("at") && !document.querySelector("[role=alert]")) heading.focus();
}

// Going somewhere by keyboard. Without this file "Go to" is a page of its own.
const dialog = document.querySelector("[data-go-dialog]");
const form = dialog.querySelector("form");
const field = form.querySelector("input");
const found = dialog.querySelector("#go-found");
const pages = found.cloneNode(true);
const button = dialog.querySelector("[data-single]");
const KEPT = "trede-single-keys"; // as the queue has it
const PATIENCE = 1500;

let single = localStorage.getItem(KEPT) !== "off";
let waiting = 0;
let last = null;

// The menu shows the keys of its entries while they work; the letters are those of the list.
function showKeys(on) {
  for (const entry of document.querySelectorAll(".trede-nav a")) {
    const known = [...pages.querySelectorAll("[data-go]")].find((link) => link.pathname === entry.pathname);
    if (on && known) entry.dataset.key = `g ${known.dataset.go}`;
    else delete entry.dataset.key;
  }
}

function switchKeys(on) {
  showKeys(on);
  single = on;
  localStorage.setItem(KEPT, on ? "on" : "off");
  button.setAttribute("aria-pressed", String(on));
  button.textContent = on ? button.dataset.on : button.dataset.off;
}

function open() {
  if (dialog.open) return;
  last = document.activeElement;
  field.value = "";
  found.replaceChildren(...pages.cloneNode(true).childNodes);
  dialog.showModal();
  field.focus();
}

function go(letter) {
  const link = pages.querySelector(`[data-go="${CSS.escape(letter)}"]`);
  if (link) location.assign(link.href);
  return link !== null;
}

function move(step) {
  const links = [...found.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement) + step;
  (at < 0 ? field : links[Math.min(at, links.length - 1)])?.focus();
}

function inField(target) {
  return target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); open(); return; }
  if (event.ctrlKey || event.metaKey) return;
  if (dialog.open) {
    if (event.key === "ArrowDown") { event.preventDefault(); move(1); }
    if (event.key === "ArrowUp") { event.preventDefault(); move(-1); }
    return;
  }
  if (!single || inField(event.target) || document.querySelector("dialog[open]")) return;
  if (Date.now() < waiting) {
    waiting = 0;
    event.stopImmediatePropagation(); // the letter after g is no key of the queue
    if (go(event.key.toLowerCase())) event.preventDefault();
    return;
  }
  if (event.key === "g") { waiting = Date.now() + PATIENCE; return; }
  if (document.querySelector("[data-queue]")) return; // which has these keys itself
  if (event.key === "?") { event.preventDefault(); open(); }
  if (event.key === "/") {
    event.preventDefault();
    const search = document.querySelector("main input[type=search]");
    if (search) search.focus(); else open();
  }
}, true);

form.addEventListener("submit", (event) => {
  const first = found.querySelector("a");
  if (first) { event.preventDefault(); location.assign(first.href); }
});
button.addEventListener("click", () => switchKeys(!single));
dialog.addEventListener("close", () => last?.focus());
for (const link of document.querySelectorAll("[data-open-go]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
}
switchKeys(single);

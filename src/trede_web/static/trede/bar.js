// The choices above a page: Escape, a click elsewhere and leaving by Tab close a list; "Copy link" copies the lasting address.
// Without this file the lists open and close by their button, and nothing offers to copy.
const lists = [...document.querySelectorAll(".trede-choice")];

function shut(list) {
  const within = list.contains(document.activeElement);
  list.open = false;
  if (within) list.querySelector("summary").focus();
}

for (const list of lists) {
  list.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !list.open) return;
    event.stopPropagation();
    shut(list);
  });
  list.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !list.contains(event.relatedTarget)) list.open = false;
  });
  list.addEventListener("click", (event) => { if (event.target.closest("a[href]")) shut(list); });
}
document.addEventListener("click", (event) => {
  for (const list of lists) if (list.open && !list.contains(event.target)) list.open = false;
});

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = Object.assign(document.createElement("textarea"), { value: text, className: "vh" }); // without TLS
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("refused");
}

const button = document.querySelector("[data-copy]");
const said = document.querySelector("#copied");
button.hidden = false;
button.addEventListener("click", async () => {
  said.textContent = "";
  try {
    await copy(new URL(button.dataset.copy, location).href);
    said.textContent = button.dataset.done;
  } catch {
    said.textContent = button.dataset.failed;
  }
  button.focus();
});

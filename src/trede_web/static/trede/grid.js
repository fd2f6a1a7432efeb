// The grid of quick entry: paste a block from a spreadsheet, go from cell to cell with the arrow keys, mark what cannot be read.
// Without this file the grid is a plain form.

const table = document.querySelector("[data-grid]");

/** The fields of the grid by row: meter, site, unit, twelve months. */
const rows = () => [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("input, select")]);

function placeOf(field) {
  const all = rows();
  const row = all.findIndex((fields) => fields.includes(field));
  return { all, row, column: row < 0 ? -1 : all[row].indexOf(field) };
}

/** Set a field; of a list the choice with that name or value, so that a pasted site or unit is understood. */
function fill(field, text) {
  if (field.tagName !== "SELECT") {
    field.value = text;
    return;
  }
  const wanted = text.trim().toLowerCase();
  const found = [...field.options].find((o) => [o.value, o.text].some((each) => each.toLowerCase() === wanted));
  if (found) field.value = found.value;
}

table.addEventListener("paste", (event) => {
  const text = event.clipboardData.getData("text/plain");
  const { all, row, column } = placeOf(event.target);
  if (row < 0 || !/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  const block = text.replace(/\r/g, "").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
  block.forEach((cells, down) => cells.forEach((cell, right) => {
    const field = all[row + down]?.[column + right];
    if (field) fill(field, cell.trim());
  }));
  table.dispatchEvent(new Event("change", { bubbles: true }));
});

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const narrow = matchMedia("(max-width: 720px)"); // there a line stands below its meter, so the key "next" goes to the next month

table.addEventListener("keydown", (event) => {
  const step = event.key === "Enter" && narrow.matches ? STEPS.ArrowRight : STEPS[event.key];
  const field = event.target;
  if (!step || field.tagName === "SELECT" || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const edge = step[1] < 0 ? 0 : field.value.length;
  const whole = field.selectionStart === 0 && field.selectionEnd === field.value.length; // as after going there
  if (step[1] && event.key !== "Enter" && !whole && (field.selectionStart !== edge || field.selectionEnd !== edge)) return;
  const { all, row, column } = placeOf(field);
  const next = all[row + step[0]]?.[column + step[1]];
  event.preventDefault();
  if (!next) return;
  next.focus();
  next.select?.();
});

document.body.addEventListener("htmx:afterSwap", () => {
  const wrong = document.querySelector("[data-wrong]")?.dataset.wrong.split(" ") ?? [];
  for (const field of table.querySelectorAll("input")) {
    if (wrong.includes(field.name)) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
});

// Pages of a PDF: the arrow keys left and right turn them, outside fields. Without this file the links and buttons do it.
const TURNS = { ArrowLeft: "before", ArrowRight: "after" };

document.addEventListener("keydown", (event) => {
  const turn = TURNS[event.key];
  if (!turn || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("input, textarea, select, [role=region]")) return;
  const link = document.querySelector(`[data-turn="${turn}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
});

// Parts that htmx puts in the place of others. Who stands in such a part keeps the place: on the same link, button or field of the
// new part, or else on the part itself; and what was unfolded stays unfolded. htmx itself does so for what has an id.
let kept = null;

/** What a link, button or field is: all that tells it from others, and what it says. */
function marks(element) {
  const said = element.getAttribute("aria-label") ?? element.textContent.trim();
  const value = element.matches("button, [type=radio], [type=checkbox]") ? element.value : "";
  return {
    whole: [element.tagName, element.getAttribute("href"), element.name, value, said].join("\n"),
    rough: [element.tagName, element.name, said].join("\n"),
  };
}

const unfolded = (part) => [...part.querySelectorAll("details")].filter((each) => each.open);
const title = (details) => details.querySelector("summary")?.textContent.trim();

document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
  const focused = document.activeElement;
  kept = {
    id: target.id,
    focused: focused !== document.body && target.contains(focused) ? marks(focused) : null,
    open: unfolded(target).map(title),
  };
});

document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (!kept || !(target instanceof Element)) return;
  const part = (kept.id && document.getElementById(kept.id)) || target;
  for (const each of part.querySelectorAll("details")) if (kept.open.includes(title(each))) each.open = true;
  if (kept.focused && document.activeElement === document.body) {
    const there = [...part.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")];
    const found = there.find((each) => marks(each).whole === kept.focused.whole)
      ?? there.find((each) => marks(each).rough === kept.focused.rough);
    if (!found && !part.hasAttribute("tabindex")) part.tabIndex = -1;
    (found ?? part).focus({ preventScroll: true });
  }
  kept = null;
});

"""What a screen reader and a narrow window make of a page: found by a script in it, as sentences about what is wrong."""

from __future__ import annotations

READ = r"""() => {
  const faults = [], say = (...words) => faults.push(words.join(' '));
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const text = element => element.textContent.replaceAll(/\s+/g, ' ').trim();
  const shown = element => element.checkVisibility({visibilityProperty: true})
    && !element.closest('[aria-hidden=true], [inert]');
  const named = ids => (ids ?? '').split(/\s+/).filter(Boolean).map(id => document.getElementById(id)).filter(Boolean)
    .map(text).join(' ');
  const alts = element => { const copy = element.cloneNode(true); all('[aria-hidden=true]', copy).forEach(each => each.remove());
    all('img', copy).forEach(each => each.replaceWith(each.alt)); return text(copy); };
  const nameOf = element => element.getAttribute('aria-label') || named(element.getAttribute('aria-labelledby'))
    || (element.labels?.length ? [...element.labels].map(alts).join(' ') : alts(element)) || element.title;
  const headed = cell => { if (!cell) return '';
    const table = cell.closest('table'), heads = all(':scope > thead > tr:last-of-type > *', table);
    const said = [table.caption, cell.parentElement.querySelector('th[scope=row]'), heads[cell.cellIndex]];
    return said.map(each => each ? text(each) : '').join(' '); };
  const told = element => [
    nameOf(element), named(element.getAttribute('aria-describedby')), headed(element.closest('td,th')),
  ].join(' | ');

  const tops = all('h1').filter(shown);
  if (tops.length !== 1) say('headings of level 1:', tops.length);
  let level = 0;
  for (const heading of all('h1,h2,h3,h4,h5,h6').filter(shown)) {
    const here = Number(heading.tagName[1]);
    if (level && here > level + 1) say('a heading of level', here, 'after one of level', level + ':', text(heading));
    if (!text(heading)) say('an empty heading');
    level = here;
  }

  const places = new Map();
  const parts = 'nav,aside,form[role=search],section[aria-label],section[aria-labelledby],[role=region],[role=search]';
  for (const place of all(parts).filter(shown)) {
    const name = place.getAttribute('aria-label') || named(place.getAttribute('aria-labelledby'));
    const kind = `${place.getAttribute('role') || place.tagName.toLowerCase()} "${name}"`;
    if (!name) say('a place without a name:', place.outerHTML.slice(0, 90));
    else if (places.has(kind)) say('two places with the same name:', kind);
    places.set(kind, place);
  }
  if (all('main').filter(shown).length !== 1) say('no single main');

  const ways = new Map();
  for (const link of all('a[href]').filter(shown).filter(link => !link.closest('[role=alert], .trede-crumb'))) {
    const here = link.href.split('#')[0] === location.href.split('#')[0];
    const name = told(link), address = here ? link.hash || link.href : link.href;
    if (!nameOf(link)) say('a link without a name:', link.outerHTML.slice(0, 90));
    const before = ways.get(name) ?? address;
    if (before !== address && !link.closest('th[scope=row]'))  // that row says which it is, or is the same
      say('links of the same name to different places:', name, '→', before.slice(-60), address.slice(-60));
    ways.set(name, address);
  }
  const doings = new Map();
  for (const button of all('button,summary').filter(shown)) {
    const name = told(button);
    if (!nameOf(button)) say('a button without a name:', button.outerHTML.slice(0, 90));
    const does = button.tagName === 'SUMMARY' ? all('summary').indexOf(button) : (button.form ?? button).outerHTML + button.value;
    if (doings.has(name) && doings.get(name) !== does) say('buttons of the same name that do different things:', name);
    doings.set(name, does);
  }
  const fields = new Map();
  for (const field of all('input:not([type=hidden]),select,textarea').filter(shown)) {
    const group = field.closest('fieldset')?.querySelector('legend');
    const name = `${told(field)} | ${group ? text(group) : ''}`;
    if (!nameOf(field)) say('a field without a name:', field.outerHTML.slice(0, 90));
    if (fields.has(name)) say('fields of the same name:', name);
    fields.set(name, field);
    const wrong = field.getAttribute('aria-invalid') === 'true';
    if (wrong && !named(field.getAttribute('aria-describedby'))) say('a wrong field that does not say why:', name);
  }

  for (const table of all('table').filter(shown)) {
    if (!text(table.caption ?? document.createElement('i'))) say('a table without a caption:', table.outerHTML.slice(0, 90));
    if (all('th:not([scope])', table).length) say('a heading of a table without a scope:', text(table.caption));
  }
  for (const picture of all('main img')) if (!picture.hasAttribute('alt')) say('a picture without a text', picture.src);
  const ids = all('[id]').map(each => each.id), twice = ids.filter((id, at) => ids.indexOf(id) !== at);
  if (twice.length) say('ids that are there twice:', [...new Set(twice)].join(' '));
  for (const name of ['for', 'aria-describedby', 'aria-labelledby', 'aria-controls', 'popovertarget', 'form'])
    for (const each of all(`[${name}]`)) for (const id of each.getAttribute(name).split(/\s+/).filter(Boolean))
      if (!document.getElementById(id)) say(name, 'of something that is not there:', id);
  for (const each of all('main a[href^="#"]'))
    if (each.hash.length > 1 && !document.getElementById(decodeURIComponent(each.hash.slice(1))))
      say('a link to a place that is not there:', each.hash);

  for (const part of all('[hx-trigger*=load]')) {
    const target = part.closest('[hx-target]')?.getAttribute('hx-target') ?? 'this';
    const swapped = target === 'this' ? part : document.querySelector(target);
    if (!all('[role=status],[aria-live]').some(each => !swapped.contains(each)))
      say('a part that changes without a voice:', part.outerHTML.slice(0, 90));
  }

  const summary = document.querySelector('.utrecht-alert--error[autofocus]');
  if (summary) {
    if (!summary.contains(document.activeElement))
      say('the summary of errors has no focus, but', document.activeElement?.outerHTML.slice(0, 60));
    const prefix = {nl: 'Fout', en: 'Error'}[document.documentElement.lang];
    if (!document.title.startsWith(prefix)) say('a title that does not say that something is wrong:', document.title);
    const fillable = all('main form input:not([type=hidden])').filter(shown).length;
    for (const item of all('li', summary))
      if (fillable && !item.querySelector('a')) say('an error that leads to no field:', text(item));
  }
  return faults;
}"""
"""Faults of headings, places, names, tables, references, live regions and errors. What two things have in common a reader cannot
tell apart: links of one name lead to one place, and buttons and fields have a name, with its description, of their own."""

SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-block-end: 2em !important; }"""
"""The spacing of text of WCAG 1.4.12."""

CUT = r"""() => {
  const faults = [], out = document.documentElement.scrollWidth - window.innerWidth;
  if (out > 0) faults.push(`${out} pixels stick out`);
  for (const each of document.querySelectorAll('main *, header *, nav *')) {
    if (!each.checkVisibility() || !each.textContent.trim() || each.closest('.vh, .utrecht-skip-link, svg, select')) continue;
    const style = getComputedStyle(each);
    if (style.clipPath === 'inset(50%)') continue;  // for a reader alone
    const hides = value => value === 'hidden' || value === 'clip';
    const high = hides(style.overflowY) && each.scrollHeight > each.clientHeight + 2;
    if (high || (hides(style.overflowX) && each.scrollWidth > each.clientWidth + 2))
      faults.push(`text is cut off: ${each.outerHTML.slice(0, 90)}`);
  }
  return faults;
}"""
"""What a window cannot show of a page without moving it sideways, or at all."""

MOST = 5_000
"""Elements that a page has at most: ten thousand of anything are paged or summed up."""

OBSCURED = r"""() => {
  const faults = [];
  const stays = each => ['fixed', 'sticky'].includes(getComputedStyle(each).position) && each.checkVisibility();
  const over = [...document.querySelectorAll('*')].filter(stays);
  if (!over.length) return faults;
  const keyed = 'a[href],button,input,select,textarea,summary,[tabindex="0"]';
  for (const each of document.querySelectorAll(keyed)) {
    if (!each.checkVisibility() || over.some(one => one.contains(each))) continue;
    each.focus();
    const box = each.getBoundingClientRect();
    const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    if (over.some(one => one.contains(at))) faults.push(`what has focus is covered: ${each.outerHTML.slice(0, 90)}`);
  }
  return faults;
}"""
"""What stays in its place over the page and covers what has focus (WCAG 2.4.11)."""

// The page as a whole: the list of tables, what the address says, and the theme.

import { api } from './api.js';
import { h, icon } from './dom.js';
import { showDiagram } from './diagram.js';
import { showTable } from './grid.js';
import { showLetters } from './letters.js';
import { sizedShort } from './pager.js';
import { closePanel, hasEdits, mayClose } from './panel.js';

const main = document.getElementById('main');
const find = document.getElementById('find');
const side = document.querySelector('.side');
const menu = document.getElementById('menu');
menu.append(icon('menu'));
let about = null;
let shown = null; // the table that is shown
let here = ''; // what the address says of it
let counts = { tables: {}, letters: null };

async function begin() {
  try {
    about = await api.schema();
  } catch (error) {
    main.replaceChildren(h('p', { class: 'failure', role: 'alert' }, error.message));
    return;
  }
  document.title = `${about.database.name} · dualschema studio`;
  const engine = about.database.engine === 'sqlite' ? 'SQLite' : 'Postgres';
  document.getElementById('about').replaceChildren(
    h('span', { class: 'database', title: about.database.host ?? '' }, about.database.name),
    h('span', { class: 'engine' }, engine),
    h('span', { class: about.write ? 'badge bad' : 'badge' }, about.write ? 'writes' : 'read-only'),
  );
  list();
  recount();
  route();
}

async function recount() {
  try {
    counts = await api.counts();
    list();
  } catch {
    // The list stands without its numbers; whatever is wrong, the table says it.
  }
}

/** Open or close the list, which narrow windows show only when it is asked for. */
function openMenu(isOpen) {
  side.classList.toggle('open', isOpen);
  menu.setAttribute('aria-expanded', String(isOpen));
}

function list() {
  const wanted = find.value.trim().toLowerCase();
  const tables = about.tables.filter((each) => each.here && each.name.toLowerCase().includes(wanted));
  const items = tables.map((each) =>
    item(`#/table/${encodeURIComponent(each.name)}`, 'table', each.name, counts.tables[each.name]),
  );
  document.getElementById('tables').replaceChildren(
    ...(items.length ? items : [h('li', { class: 'empty' }, 'No such table')]),
  );
  const pages = [item('#/diagram', 'diagram', 'Schema diagram')];
  if (about.letters) pages.unshift(item('#/letters', 'letter', 'Dead letters', exact(counts.letters)));
  document.getElementById('pages').replaceChildren(...pages);
  current();
}

function item(href, name, text, number) {
  const size = number ? h('span', { class: 'count' }, sizedShort(number)) : null;
  return h('li', {}, h('a', { href }, icon(name), h('span', { class: 'text' }, text), size));
}

const exact = (count) => (count === null ? null : { count, is: 'exact' });

function current() {
  const [path] = location.hash.split('?');
  for (const link of document.querySelectorAll('.side a')) {
    if (link.getAttribute('href') === path) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

/** Go where the address leads; not before it was asked whether edits may be lost. */
async function go() {
  if (!hasEdits()) {
    route();
    return;
  }
  // The address leads there already: lead it back, so that it says what is seen.
  history.pushState(null, '', here);
  if (!(await mayClose())) return;
  closePanel();
  history.back();
}

function route() {
  if (!about) return;
  here = location.hash;
  const [path, query] = location.hash.slice(1).split('?');
  const [, page, name] = path.split('/').map(decodeURIComponent);
  closePanel();
  shown?.destroy();
  shown = null;
  const table = page === 'table' && about.tables.find((each) => each.here && each.name === name);
  if (table) {
    shown = showTable(main, table, stateOf(query), about.write, { moved: remember, changed: recount });
  } else if (page === 'letters' && about.letters) {
    showLetters(main, about.write, recount);
  } else if (page === 'diagram') {
    showDiagram(main);
  } else {
    const first = about.tables.find((each) => each.here);
    location.replace(first ? `#/table/${encodeURIComponent(first.name)}` : '#/diagram');
    return;
  }
  current();
}

function stateOf(query) {
  const given = new URLSearchParams(query ?? '');
  let filters = [];
  try {
    filters = JSON.parse(given.get('filters') ?? '[]');
  } catch {
    // An address that somebody changed by hand: without its filters.
  }
  return {
    filters,
    sort: given.get('sort') ?? undefined,
    direction: given.get('direction') ?? undefined,
    view: given.get('view') ?? 'value',
  };
}

/** Have the address say what is shown, so that it can be reloaded and gone back to. */
function remember(state) {
  const query = new URLSearchParams();
  if (state.filters.length) query.set('filters', JSON.stringify(state.filters));
  if (state.sort) query.set('sort', state.sort);
  if (state.sort && state.direction) query.set('direction', state.direction);
  if (state.view !== 'value') query.set('view', state.view);
  const [path] = location.hash.split('?');
  const text = query.toString();
  here = text ? `${path}?${text}` : path;
  history.replaceState(null, '', here);
}

const theme = document.getElementById('theme');
theme.value = document.documentElement.dataset.theme ?? 'auto';
theme.addEventListener('change', () => {
  localStorage.setItem('dualschema-theme', theme.value);
  if (theme.value === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
});
find.addEventListener('input', list);
menu.addEventListener('click', () => openMenu(!side.classList.contains('open')));
side.addEventListener('click', (event) => {
  if (event.target.closest('li a')) openMenu(false);
});
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
window.addEventListener('hashchange', go);
begin();

// A table's rows: filtered, sorted and paged by the server, drawn by Tabulator.

import { TabulatorFull as Tabulator } from './vendor/tabulator/tabulator_esm.min.mjs';
import { api } from './api.js';
import { columnsOf } from './cells.js';
import { h, icon, toast } from './dom.js';
import { filterBar } from './filters.js';
import { listenToKeys } from './keys.js';
import { pager, sized } from './pager.js';
import { mayClose } from './panel.js';
import { openRow } from './row.js';

const VIEWS = [
  ['value', 'Values', 'Values in the form in which they are edited'],
  ['server', 'Postgres', 'Values as Postgres stores them'],
  ['client', 'SQLite', "Values as a client's SQLite stores them"],
];

/**
 * Show a table.
 *
 * - place: the element that it fills.
 * - table: as the server describes it.
 * - state: filters, sort, direction and view to begin with.
 * - isWritable: whether something may be changed.
 * - moved: is called with the state when it changes; changed: when rows were written.
 */
export function showTable(place, table, state, isWritable, { moved, changed }) {
  let isGone = false;
  let asked = 0; // how often rows were asked for: an answer that came too late is left
  let size = 50;
  let wanted = { side: 'first' }; // the page that is shown, by where it is
  let page = { rows: [], offset: 0, total: null };
  let opened; // the key of the row that the panel has, or had
  let message = 'Loading…';
  const total = h('span', { class: 'total', role: 'status' });
  const holder = h('div', { class: 'grid' });
  const failure = h('div', { class: 'failure', role: 'alert', hidden: true });
  const bar = filterBar(table.columns, state.filters, (filters) => {
    state.filters = filters;
    turn('first');
  });
  const pages = pager(size, {
    moved: turn,
    resized: (rows) => {
      size = rows;
      turn('first');
    },
  });
  place.replaceChildren(
    h(
      'div',
      { class: 'toolbar' },
      h('h1', {}, table.name),
      total,
      h('span', { class: 'gap' }),
      viewSwitch(),
      h(
        'div',
        { class: 'buttons' },
        h('button', { type: 'button', onclick: () => bar.add() }, icon('filter'), 'Filter'),
        h('button', { type: 'button', class: 'square', 'aria-label': 'Reload', title: 'Reload', onclick: () => reload() }, icon('reload')),
        isWritable ? h('button', { type: 'button', class: 'main', onclick: openNew }, icon('plus'), 'New row') : null,
      ),
    ),
    table.doc ? h('p', { class: 'about-table' }, table.doc) : '',
    bar.element,
    failure,
    holder,
    pages.element,
  );

  const grid = new Tabulator(holder, {
    ajaxURL: 'rows',
    ajaxRequestFunc: (_url, _config, parameters) => load(parameters),
    columns: columnsOf(table, {
      canEdit,
      open,
      left: () => requestAnimationFrame(() => keys.back()),
    }),
    columnDefaults: { headerSortTristate: true, resizable: true, vertAlign: 'middle' },
    dataLoader: false,
    editTriggerEvent: 'dblclick',
    headerSortElement: () => '',
    height: '100%',
    index: '\0row',
    initialSort: state.sort ? [{ column: state.sort, dir: state.direction ?? 'asc' }] : [],
    layout: 'fitData',
    nestedFieldSeparator: false,
    placeholder: () => nothing(),
    renderHorizontal: 'basic',
    rowFormatter: markOpened,
    rowHeight: 34,
    sortMode: 'remote',
  });
  const keys = listenToKeys(grid, holder, (cell) => {
    const column = table.columns.find((each) => each.name === cell.getField());
    if (column && canEdit(column)) cell.edit();
    else open(cell.getData());
  });
  grid.on('renderComplete', settle);
  grid.on('cellEdited', saveCell);
  grid.on('rowDblClick', (event, row) => {
    if (!event.target.closest('.tabulator-editing')) open(row.getData());
  });

  function canEdit(column) {
    return isWritable && state.view === 'value' && !column.key && column.kind !== 'json';
  }

  async function load({ sort = [] }) {
    const [{ field, dir } = {}] = sort;
    if (field !== state.sort || dir !== state.direction) wanted = { side: 'first' };
    Object.assign(state, { sort: field, direction: dir });
    moved(state);
    const isTurned = wanted.side !== 'first' && page.total && !wanted.isAgain;
    const query = {
      place: JSON.stringify({ side: wanted.side, key: wanted.key, offset: wanted.offset }),
      size,
      sort: state.sort,
      direction: state.direction,
      view: state.view,
      filters: JSON.stringify(state.filters),
      total: isTurned ? 'no' : undefined,
    };
    asked += 1;
    const number = asked;
    holder.setAttribute('aria-busy', 'true');
    let data = [];
    try {
      const found = await api.rows(table.name, query);
      if (isGone || number !== asked) return new Promise(() => {}); // nothing waits for it
      failure.hidden = true;
      message = state.filters.length ? 'No row meets the filters.' : 'The table is empty.';
      page = { ...found, total: found.total ?? page.total };
      page.offset = offsetOf(page);
      total.textContent = sized(page.total);
      data = found.rows.map(({ key, values, faults }, at) => ({ ...values, '\0row': at, '\0key': key, '\0faults': faults }));
    } catch (error) {
      if (isGone || number !== asked) return new Promise(() => {});
      failure.textContent = error.message;
      failure.hidden = false;
      message = '';
      page = { rows: [], offset: 0, total: null };
      total.textContent = '';
    }
    holder.removeAttribute('aria-busy');
    pages.show({ ...page, rows: page.rows.length });
    return data;
  }

  /** Return how many rows are before a page; null where nobody knows. */
  function offsetOf({ rows, before, total: all }) {
    if (!before) return 0;
    if (wanted.side !== 'last') return wanted.offset ?? null;
    return all.is === 'exact' ? all.count - rows.length : null;
  }

  /** Return what stands where no rows are. */
  function nothing() {
    const isFiltered = state.filters.length > 0 && page.total !== null;
    const clear = isFiltered ? h('button', { type: 'button', onclick: () => bar.clear() }, 'Remove the filters') : null;
    return h('div', { class: 'nothing' }, h('p', {}, message), clear);
  }

  /** Keep the widths that the first rows have given the columns: other pages would change them. */
  function settle() {
    if (!grid.getRows().length) return;
    for (const each of grid.getColumns()) each.setWidth(each.getWidth());
    grid.off('renderComplete', settle);
  }

  /** Show the page beside this one, or at an end. */
  function turn(side) {
    const { rows, offset } = page;
    const beside = side === 'after' ? rows.at(-1) : rows[0];
    const next = side === 'after' ? rows.length : -size;
    wanted = { side: side === 'before' && offset !== null && offset <= size ? 'first' : side };
    if (beside && (side === 'after' || side === 'before')) {
      wanted.key = beside.key;
      wanted.offset = offset === null ? undefined : Math.max(0, offset + next);
    }
    return grid.setData().then(() => grid.getRows()[0]?.scrollTo('top', false)).catch(() => {});
  }

  function reload() {
    wanted = { ...wanted, isAgain: true };
    return grid.replaceData();
  }

  function written() {
    reload();
    changed();
  }

  async function openNew() {
    if (await mayClose()) openRow(table, null, true, written);
  }

  async function open(data) {
    if (data['\0key'] === null || !(await mayClose())) return;
    try {
      openRow(table, await api.row(table.name, data['\0key']), isWritable, written);
      opened = data['\0key'];
      grid.getRows().forEach(markOpened);
    } catch (error) {
      toast(error.message, 'error');
    }
  }

  function markOpened(row) {
    row.getElement().classList.toggle('opened', row.getData()['\0key'] === opened);
  }

  async function saveCell(cell) {
    const name = cell.getField();
    const previous = { [name]: cell.getOldValue() };
    const row = cell.getRow();
    try {
      const done = await api.update(table.name, row.getData()['\0key'], { [name]: cell.getValue() }, previous);
      await row.update({ ...done[state.view], '\0faults': done.faults });
      const isHere = holder.contains(document.activeElement);
      row.reformat(); // makes its cells anew
      if (isHere) keys.back();
      toast(`${table.name}.${name} was saved.`);
    } catch (error) {
      cell.restoreOldValue();
      toast(error.message, 'error');
    }
  }

  function viewSwitch() {
    const group = h('div', { class: 'switch', role: 'radiogroup', 'aria-label': 'View of values' });
    for (const [view, text, about] of VIEWS) {
      const input = h('input', { type: 'radio', name: 'view', value: view });
      input.checked = view === (state.view ?? 'value');
      input.addEventListener('change', () => {
        state.view = view;
        reload();
      });
      group.append(h('label', { title: about }, input, h('span', {}, text)));
    }
    return group;
  }

  return {
    destroy() {
      isGone = true;
      grid.destroy();
    },
  };
}

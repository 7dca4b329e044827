// A table's rows: filtered, sorted and paged by the server, drawn by Tabulator.

import { TabulatorFull as Tabulator } from './vendor/tabulator/tabulator_esm.min.mjs';
import { api } from './api.js';
import { count, h, icon, toast } from './dom.js';
import { field } from './fields.js';
import { filterBar } from './filters.js';
import { mayClose } from './panel.js';
import { openRow, rowLink } from './row.js';

const VIEWS = [
  ['value', 'Values', 'Values in the form in which they are edited'],
  ['server', 'Postgres', 'Values as Postgres stores them'],
  ['client', 'SQLite', "Values as a client's SQLite stores them"],
];
const WIDTHS = {
  string: 220,
  boolean: 120,
  integer: 130,
  int64: 180,
  real: 130,
  json: 260,
  timestamp: 220,
  uuid: 300,
};

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
  const total = h('span', { class: 'total', role: 'status' });
  const holder = h('div', { class: 'grid' });
  const failure = h('div', { class: 'failure', role: 'alert', hidden: true });
  const bar = filterBar(table.columns, state.filters, (filters) => {
    state.filters = filters;
    moved(state);
    turnTo(1);
  });
  place.replaceChildren(
    h(
      'div',
      { class: 'toolbar' },
      h('h1', {}, table.name),
      total,
      h('span', { class: 'gap' }),
      viewSwitch(),
      button('filter', 'Filter', () => bar.add()),
      button('reload', 'Reload', reload),
      isWritable ? button('plus', 'New row', openNew, 'main') : null,
    ),
    table.doc ? h('p', { class: 'about-table' }, table.doc) : '',
    bar.element,
    failure,
    holder,
  );

  const grid = new Tabulator(holder, {
    ajaxURL: 'rows',
    ajaxRequestFunc: (_url, _config, parameters) => load(parameters),
    columns: columns(),
    columnDefaults: { headerSortTristate: true, resizable: true, vertAlign: 'middle' },
    editTriggerEvent: 'dblclick',
    headerSortElement: () => '',
    height: '100%',
    index: '\0row',
    initialSort: state.sort ? [{ column: state.sort, dir: state.direction ?? 'asc' }] : [],
    layout: 'fitData',
    nestedFieldSeparator: false,
    pagination: true,
    paginationCounter: 'rows',
    paginationMode: 'remote',
    paginationSize: 50,
    paginationSizeSelector: [25, 50, 100, 250],
    placeholder: 'No rows',
    renderHorizontal: 'basic',
    rowHeight: 34,
    sortMode: 'remote',
  });
  grid.on('cellEdited', saveCell);
  grid.on('rowDblClick', (event, row) => {
    if (!event.target.closest('.tabulator-editable')) open(row.getData());
  });

  async function load({ page = 1, size = 50, sort = [] }) {
    [{ field: state.sort, dir: state.direction } = {}] = sort;
    moved(state);
    const query = {
      page,
      size,
      sort: state.sort,
      direction: state.direction,
      view: state.view,
      filters: JSON.stringify(state.filters),
    };
    try {
      const found = await api.rows(table.name, query);
      if (isGone) return new Promise(() => {}); // there is nothing that waits for it
      failure.hidden = true;
      total.textContent = count(found.total, 'row');
      const data = found.rows.map(({ key, values }, at) => ({ ...values, '\0row': at, '\0key': key }));
      return { last_page: found.pages, last_row: found.total, data };
    } catch (error) {
      failure.textContent = error.message;
      failure.hidden = false;
      total.textContent = '';
      return { last_page: 1, last_row: 0, data: [] };
    }
  }

  let wanted = null; // the page to load as soon as the one before is there
  let isLoading = false;

  async function turnTo(page) {
    wanted = page;
    if (isLoading) return;
    isLoading = true;
    while (wanted !== null) {
      const next = wanted;
      wanted = null;
      await grid.setPage(next);
    }
    isLoading = false;
  }

  function reload() {
    return turnTo(grid.getPage() || 1);
  }

  function written() {
    reload();
    changed();
  }

  async function openNew() {
    if (await mayClose()) openRow(table, null, true, written);
  }

  async function open(data) {
    if (!(await mayClose())) return;
    try {
      openRow(table, await api.row(table.name, data['\0key']), isWritable, written);
    } catch (error) {
      toast(error.message, 'error');
    }
  }

  async function saveCell(cell) {
    const name = cell.getField();
    const previous = { [name]: cell.getOldValue() };
    try {
      const done = await api.update(
        table.name,
        cell.getData()['\0key'],
        { [name]: cell.getValue() },
        previous,
      );
      cell.getRow().update(done[state.view]);
      toast(`${table.name}.${name} was saved.`);
    } catch (error) {
      cell.restoreOldValue();
      toast(error.message, 'error');
    }
  }

  function columns() {
    const opening = {
      title: '',
      titleFormatter: () => h('span', { class: 'hidden' }, 'Open'),
      formatter: (cell) => {
        const key = cell.getData()['\0key'];
        const label = `Open the row ${key}`;
        const element = h('button', { type: 'button', class: 'bare', 'aria-label': label }, icon('open'));
        element.addEventListener('click', () => open(cell.getData()));
        return element;
      },
      width: 42,
      frozen: true,
      headerSort: false,
      resizable: false,
      cssClass: 'opening',
    };
    return [opening, ...table.columns.map(columnOf)];
  }

  function columnOf(column) {
    const canEdit = isWritable && !column.key && column.kind !== 'json';
    return {
      field: column.name,
      title: column.name,
      titleFormatter: () => title(column),
      headerSort: column.sortable,
      headerTooltip: column.doc ?? false,
      formatter: (cell) => shown(column, cell.getValue()),
      width: Math.max(WIDTHS[column.kind] ?? 150, 40 + 9 * column.name.length),
      hozAlign: ['integer', 'real'].includes(column.kind) ? 'right' : 'left',
      editable: () => canEdit && state.view === 'value',
      editor: canEdit ? editor(column) : undefined,
    };
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

function button(name, text, work, style = '') {
  return h('button', { type: 'button', class: style, onclick: () => work() }, icon(name), text);
}

function title(column) {
  const type = column.kind + (column.nullable ? '?' : '');
  const mark = column.key ? 'PK' : column.references ? 'FK' : '';
  const marks = [mark, column.owner ? '◆' : ''].filter(Boolean).join(' ');
  const text = [
    h('span', { class: 'name' }, column.name),
    h('span', { class: 'kind' }, marks ? h('b', {}, `${marks} `) : null, type),
  ];
  // A button, so that the keyboard reaches it; the click is the header's.
  return column.sortable
    ? h('button', { type: 'button', class: 'title' }, text)
    : h('span', { class: 'title' }, text);
}

function shown(column, value) {
  if (value === null || value === undefined) return h('span', { class: 'null' }, 'NULL');
  const text = String(value);
  const short = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  if (column.references) {
    const { table, column: key } = column.references;
    const label = `Show the row of ${table}`;
    const jump = h('a', { class: 'jump', href: rowLink(table, key, value), 'aria-label': label, title: label }, icon('link'));
    return h('span', { class: 'with-jump' }, h('span', { class: 'text' }, short), jump);
  }
  if (column.kind === 'boolean') return h('span', { class: `flag ${value ? 'yes' : 'no'}` }, text);
  if (column.kind === 'choice') return h('span', { class: 'choice' }, short);
  const style = column.kind === 'string' ? 'text' : 'text code';
  return h('span', { class: style }, short);
}

function editor(column) {
  return (cell, onRendered, success, cancel) => {
    const made = field(column, cell.getValue(), { small: true });
    let isDone = false;
    const finish = () => {
      if (isDone) return;
      isDone = true;
      const value = made.value;
      if (made.touched && value !== cell.getValue()) success(value);
      else cancel();
    };
    onRendered(() => {
      made.control.focus();
      made.control.select?.();
    });
    made.element.addEventListener('focusout', (event) => {
      if (!made.element.contains(event.relatedTarget)) finish();
    });
    made.element.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.shiftKey) finish();
      if (event.key === 'Escape') {
        isDone = true;
        cancel();
      }
      event.stopPropagation();
    });
    return made.element;
  };
}

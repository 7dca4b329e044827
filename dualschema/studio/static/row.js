// A row in full: each value as it is edited, as Postgres and as a client's SQLite store it.

import { api } from './api.js';
import { ask, h, icon, toast } from './dom.js';
import { field } from './fields.js';
import { closePanel, openPanel } from './panel.js';
import { tree } from './tree.js';

/**
 * Open a row, or a new one.
 *
 * - table: as the server describes it.
 * - row: as the server gives it; null for a new one.
 * - isWritable: whether something may be changed.
 * - changed: is called when the row was written or removed.
 * - kept: values to hold from the start, by column: what was typed before the row was loaded again.
 */
export function openRow(table, row, isWritable, changed, kept = new Map()) {
  const isNew = row === null;
  const fields = new Map();
  const save = h('button', { type: 'button', class: 'main', disabled: !isNew }, isNew ? 'Insert' : 'Save');
  const problem = h('div', { class: 'problem', role: 'alert', hidden: true });
  const isEdited = () => [...fields.values()].some((each) => each.touched);
  const update = () => {
    save.disabled = !isNew && !isEdited();
  };

  function section(column) {
    const id = `field-${column.name}`;
    const fault = h('p', { class: 'fault', id: `${id}-fault` });
    const canEdit = isWritable && (isNew || !column.key);
    const label = h(canEdit ? 'label' : 'span', { class: 'label', htmlFor: canEdit ? id : null }, column.name);
    const head = h('div', { class: 'head' }, label, badges(column), link(column, row));
    const about = column.doc ? h('p', { class: 'doc' }, column.doc) : null;
    const parts = [head, about];
    if (canEdit) {
      const made = field(column, isNew ? undefined : row.value[column.name], {
        id,
        describedBy: fault.id,
      });
      if (kept.has(column.name)) made.set(kept.get(column.name));
      made.onTouch(update);
      fields.set(column.name, Object.assign(made, { fault }));
      parts.push(made.element, fault);
    }
    if (!isNew) parts.push(views(column, row, canEdit));
    return h('section', { class: 'field', 'data-column': column.name }, parts);
  }

  async function write() {
    const touched = [...fields].filter(([, each]) => each.touched);
    for (const [, each] of fields) mark(each, '');
    problem.hidden = true;
    const values = Object.fromEntries(touched.map(([name, each]) => [name, each.value]));
    save.disabled = true;
    try {
      const previous = isNew ? {} : Object.fromEntries(touched.map(([name]) => [name, row.value[name]]));
      const done = isNew
        ? await api.insert(table.name, values)
        : await api.update(table.name, row.key, values, previous);
      toast(isNew ? 'The row was inserted.' : 'The row was saved.');
      changed();
      openRow(table, done, isWritable, changed);
    } catch (error) {
      save.disabled = false;
      tell(error);
      const faults = Object.entries(error.columns ?? {});
      for (const [name, reason] of faults) if (fields.has(name)) mark(fields.get(name), reason);
      fields.get(faults[0]?.[0])?.control.focus();
    }
  }

  function tell(error) {
    const again = !isNew && error.status === 409 && h('button', { type: 'button', class: 'small', onclick: reload }, 'Load the row again');
    problem.replaceChildren(h('p', {}, error.message), ...(again ? [again] : []));
    problem.hidden = false;
  }

  /** Show the row as it is now; what was typed stays typed. */
  async function reload() {
    const typed = [...fields].filter(([, each]) => each.touched).map(([name, each]) => [name, each.value]);
    try {
      openRow(table, await api.row(table.name, row.key), isWritable, changed, new Map(typed));
    } catch (error) {
      tell(error);
    }
  }

  async function remove() {
    const text = `The row ${row.key} of ${table.name} is removed from the database.`;
    if (!(await ask('Delete this row?', text, 'Delete'))) return;
    try {
      await api.remove(table.name, row.key);
      toast('The row was deleted.');
      closePanel();
      changed();
    } catch (error) {
      tell(error);
    }
  }

  save.addEventListener('click', write);
  const buttons = [save];
  if (!isNew) {
    buttons.push(h('button', { type: 'button', class: 'danger', onclick: remove }, 'Delete'));
  }
  const body = h('div', { class: 'body' }, table.columns.map(section));
  const foot = isWritable ? h('footer', {}, problem, h('div', { class: 'buttons' }, buttons)) : null;
  update();
  openPanel(isNew ? `New row of ${table.name}` : `${table.name} · ${row.key}`, [body, foot].filter(Boolean), isEdited);
}

function mark(each, reason) {
  each.fault.textContent = reason;
  if (reason) each.control.setAttribute('aria-invalid', 'true');
  else each.control.removeAttribute('aria-invalid');
}

function badges(column) {
  const said = [h('span', { class: 'type' }, column.type + (column.nullable ? ', nullable' : ''))];
  if (column.key) said.push(h('span', { class: 'badge key' }, 'key'));
  if (column.owner) said.push(h('span', { class: 'badge owner' }, '◆ owner'));
  if (column.unique) said.push(h('span', { class: 'badge' }, 'unique'));
  if (column.writable === 'server') said.push(h('span', { class: 'badge' }, 'server writes'));
  if (column.writable === 'create') said.push(h('span', { class: 'badge' }, 'set on create'));
  return said;
}

function link(column, row) {
  const value = row?.value[column.name];
  if (!column.references || value === null || value === undefined) return null;
  const { table, column: key } = column.references;
  const text = `Show the row of ${table}`;
  return h('a', { class: 'jump', href: rowLink(table, key, value), title: text, 'aria-label': text }, icon('link'));
}

/** Return the address of a table with one row. */
export function rowLink(table, key, value) {
  const filters = JSON.stringify([{ column: key, operator: 'is', value }]);
  return `#/table/${encodeURIComponent(table)}?filters=${encodeURIComponent(filters)}`;
}

function views(column, row, canEdit) {
  const value = row.value[column.name];
  const fault = row.faults[column.name];
  if (fault !== undefined) {
    const text = canEdit ? `${fault}. It can be mended above.` : fault;
    return h(
      'div',
      { class: 'faulted' },
      h('p', {}, icon('warning'), 'Stored is what the column does not take: ', literal(value)),
      h('p', {}, text),
    );
  }
  if (column.kind === 'json' && value !== null) {
    const stored = `Postgres ${column.server_type}, SQLite ${column.client_type}: the same document`;
    return h('div', { class: 'views' }, tree(value), h('p', { class: 'stored' }, stored));
  }
  const server = row.server[column.name];
  const client = row.client[column.name];
  const sides = { server: ['Postgres ', type(column.server_type)], client: ['SQLite ', type(column.client_type)] };
  const lines =
    server === client
      ? [[[...sides.server, ', ', ...sides.client], server]]
      : [[sides.server, server], [sides.client, client]];
  const shown = lines.map(([name, stored]) => [h('dt', {}, name), h('dd', {}, literal(stored))]);
  return h('dl', { class: canEdit ? 'views' : 'views alone' }, shown);
}

const type = (name) => h('span', { class: 'type' }, name);

function literal(value) {
  if (value === null) return h('span', { class: 'null' }, 'NULL');
  if (value === '') return h('span', { class: 'null' }, 'EMPTY');
  return h('code', {}, String(value));
}

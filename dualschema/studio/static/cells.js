// The columns of a table: their headers, the look of their cells, and the editor within a cell.

import { h, icon } from './dom.js';
import { field } from './fields.js';
import { shown } from './text.js';

const NUMBERS = new Set(['integer', 'int64', 'real', 'decimal', 'duration']);

/**
 * Return Tabulator's columns: the button that opens a row, the key, then all others.
 *
 * - canEdit: whether a column's cells can be edited now.
 * - open: opens a row; left: is called when an editor was left by a key.
 */
export function columnsOf(table, { canEdit, open, left }) {
  const isWide = matchMedia('(min-width: 761px)').matches;
  const key = table.columns.filter((each) => each.key);
  const others = table.columns.filter((each) => !each.key);
  const made = [...key, ...others].map((column) => ({
    field: column.name,
    title: column.name,
    titleFormatter: () => title(column),
    headerSort: column.sortable,
    headerTooltip: column.doc ?? false,
    formatter: (cell) => shown(column, cell.getValue(), cell.getData()['\0faults'][column.name]),
    minWidth: 72,
    maxInitialWidth: isWide ? 300 : 170,
    frozen: column.key && isWide,
    cssClass: NUMBERS.has(column.kind) ? 'number' : '',
    hozAlign: NUMBERS.has(column.kind) ? 'right' : 'left',
    editable: () => canEdit(column),
    editor: editor(column, left),
  }));
  return [opening(open), ...made];
}

function opening(open) {
  return {
    title: '',
    titleFormatter: () => h('span', { class: 'hidden' }, 'Open'),
    formatter: (cell) => {
      const key = cell.getData()['\0key'];
      const isKnown = key !== null;
      const label = isKnown ? `Open the row ${key}` : 'Its key is no value of its column';
      const isFaulty = Object.keys(cell.getData()['\0faults']).length > 0;
      const element = h('button', { type: 'button', class: isFaulty ? 'bare bad' : 'bare', tabIndex: -1, disabled: !isKnown, 'aria-label': label, title: label }, icon('open'));
      element.addEventListener('click', () => open(cell.getData()));
      return element;
    },
    width: 42,
    frozen: true,
    headerSort: false,
    resizable: false,
    cssClass: 'opening',
  };
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

function editor(column, left) {
  return (cell, onRendered, success, cancel) => {
    const made = field(column, cell.getValue(), { small: true });
    let isDone = false;
    const finish = () => {
      if (isDone) return;
      isDone = true;
      if (made.touched && made.value !== cell.getValue()) success(made.value);
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
      event.stopPropagation();
      if (event.key === 'Escape') {
        isDone = true;
        cancel();
      } else if (event.key === 'Enter' && !event.shiftKey) finish();
      else return;
      event.preventDefault();
      left();
    });
    return made.element;
  };
}

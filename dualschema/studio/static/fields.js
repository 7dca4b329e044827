// One column's control: it shows a value, says whether it was touched, and gives it back.

import { h } from './dom.js';
import { pretty } from './tree.js';

const NUMBERS = new Set(['integer', 'integer_choice', 'real', 'duration']);
const HINTS = {
  timestamp: '2026-01-31T12:00:00.000Z',
  date: '2026-01-31',
  time: '12:00:00',
  duration: 'milliseconds',
  uuid: '00000000-0000-0000-0000-000000000000',
  bytes: 'base64',
  decimal: '0.00',
  json: '{ }',
};

/** Return what a text means in a column: the server refuses what it is not. */
export function read(column, text) {
  if (!NUMBERS.has(column.kind)) return text;
  const number = Number(text);
  return text.trim() !== '' && Number.isFinite(number) ? number : text;
}

/** Return a value as text. */
export const written = (value) => (value === null ? '' : String(value));

/**
 * Make a control.
 *
 * - value: what it holds; undefined for a new row's, whose default then applies.
 * - small: within a cell of the table.
 */
export function field(column, value, { small = false, id, describedBy } = {}) {
  let isTouched = false;
  const listeners = [];
  const touch = () => {
    isTouched = true;
    for (const each of listeners) each();
  };
  const shared = { id, 'aria-describedby': describedBy, 'aria-label': small ? column.name : null };
  const control = column.choices
    ? choice(column, value, shared)
    : writing(column, value, small, shared);
  control.addEventListener('input', () => {
    if (none) none.checked = false;
    touch();
  });
  const none = column.nullable && !column.choices && h('input', { type: 'checkbox' });
  if (none) {
    none.checked = value === null;
    none.addEventListener('change', () => {
      if (none.checked) control.value = '';
      touch();
    });
  }
  const element = none
    ? h('div', { class: 'nullable' }, control, h('label', { class: 'none' }, none, 'NULL'))
    : control;
  return {
    element,
    control,
    onTouch: (listener) => listeners.push(listener),
    /** Hold another value, as if it had been typed. */
    set(typed) {
      if (none) none.checked = typed === null;
      control.value = column.choices ? JSON.stringify(typed) : written(typed);
      touch();
    },
    /** Whether it holds what it did not before. */
    get touched() {
      if (!isTouched) return false;
      return !(column.choices && control.value === ''); // the option that stands for no choice
    },
    get value() {
      if (column.choices) return JSON.parse(control.value || 'null');
      return none && none.checked ? null : read(column, control.value);
    },
  };
}

function choice(column, value, shared) {
  const options = column.choices.map((each) =>
    h('option', { value: JSON.stringify(each) }, String(each)),
  );
  const isOther = value === undefined || (value === null ? !column.nullable : !column.choices.includes(value));
  if (isOther) {
    const standing = column.default === null ? 'choose' : `default: ${column.default}`;
    options.unshift(h('option', { value: '' }, value === undefined ? standing : `stored: ${value}`));
  }
  if (column.nullable) options.push(h('option', { value: 'null' }, 'NULL'));
  const select = h('select', shared, options);
  select.value = isOther ? '' : JSON.stringify(value);
  return select;
}

function writing(column, value, small, shared) {
  const hint = HINTS[column.kind];
  const standing = value === undefined && column.default !== null;
  const placeholder = standing ? `default: ${column.default}` : (hint ?? '');
  const same = { ...shared, placeholder, spellcheck: false, autocomplete: 'off' };
  if (column.kind === 'json') {
    const text = value === undefined ? '' : pretty(written(value));
    const rows = Math.min(12, Math.max(2, text.split('\n').length));
    return h('textarea', { ...same, class: 'code', value: text, rows });
  }
  const text = value === undefined ? '' : written(value);
  if (column.kind === 'string' && (!small || text.includes('\n'))) {
    const rows = Math.min(8, Math.max(1, text.split('\n').length, Math.ceil(text.length / 48)));
    return h('textarea', { ...same, value: text, rows });
  }
  const inputMode = NUMBERS.has(column.kind) ? 'decimal' : 'text';
  return h('input', { ...same, type: 'text', class: 'code', value: text, inputMode });
}

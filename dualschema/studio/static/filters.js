// The bar of filters above a table: a column, an operator and a value each.

import { h, icon } from './dom.js';
import { field, read, written } from './fields.js';

const WITHOUT_VALUE = new Set(['is empty', 'is NULL', 'is not NULL']);

/** Whether a filter says all that it needs. */
const isWhole = (filter) => WITHOUT_VALUE.has(filter.operator) || filter.value !== undefined;

/**
 * Make the bar.
 *
 * - columns: those of the table.
 * - given: the filters to begin with.
 * - changed: is called with the filters that are whole, when they change.
 */
export function filterBar(columns, given, changed) {
  const filters = given.map((each) => ({ ...each }));
  const element = h('div', { class: 'filters', role: 'group', 'aria-label': 'Filters' });
  let timer;
  let told = JSON.stringify(filters.filter(isWhole));

  function tell() {
    clearTimeout(timer);
    const whole = filters.filter(isWhole);
    if (JSON.stringify(whole) === told) return;
    told = JSON.stringify(whole);
    changed(whole);
  }

  function draw(focused = -1) {
    element.replaceChildren(...filters.map(line));
    element.hidden = !filters.length;
    element.querySelectorAll('.filter')[focused]?.querySelector('select').focus();
  }

  function line(filter, at) {
    const column = columns.find((each) => each.name === filter.column) ?? columns[0];
    const named = h(
      'select',
      { 'aria-label': 'Column' },
      columns.map((each) => h('option', { value: each.name }, each.name)),
    );
    named.value = column.name;
    named.addEventListener('change', () => {
      const next = columns.find((each) => each.name === named.value);
      filters[at] = { column: next.name, operator: next.operators[0], value: undefined };
      draw(at);
      tell();
    });
    const operator = h(
      'select',
      { 'aria-label': 'Operator' },
      column.operators.map((each) => h('option', { value: each }, each)),
    );
    operator.value = filter.operator;
    operator.addEventListener('change', () => {
      filter.operator = operator.value;
      draw(at);
      tell();
    });
    const remove = h(
      'button',
      { type: 'button', class: 'bare', 'aria-label': `Remove the filter of ${column.name}` },
      icon('close'),
    );
    remove.addEventListener('click', () => {
      filters.splice(at, 1);
      draw();
      tell();
    });
    const value = WITHOUT_VALUE.has(filter.operator) ? null : wanted(column, filter);
    return h('div', { class: 'filter' }, named, operator, value, remove);
  }

  function wanted(column, filter) {
    const isText = filter.operator === 'contains' || filter.operator === 'begins with';
    if (column.choices && !isText) {
      const control = field({ ...column, nullable: false, default: null }, filter.value).control;
      control.setAttribute('aria-label', 'Value');
      control.addEventListener('change', () => {
        filter.value = control.value === '' ? undefined : JSON.parse(control.value);
        tell();
      });
      return control;
    }
    const input = h('input', {
      type: 'text',
      'aria-label': 'Value',
      placeholder: 'value',
      spellcheck: false,
      value: filter.value === undefined ? '' : written(filter.value),
    });
    const take = () => {
      filter.value = input.value === '' ? undefined : isText ? input.value : read(column, input.value);
    };
    input.addEventListener('input', () => {
      take();
      clearTimeout(timer);
      timer = setTimeout(tell, 350);
    });
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') tell();
    });
    return input;
  }

  draw();
  return {
    element,
    add() {
      const first = columns.find((each) => each.kind === 'string' && !each.key) ?? columns[0];
      filters.push({ column: first.name, operator: first.operators[0], value: undefined });
      draw(filters.length - 1);
    },
    clear() {
      filters.length = 0;
      draw();
      tell();
    },
  };
}

// The line below a table: which rows are shown, and the way to the others.

import { h, icon } from './dom.js';

const SIZES = [25, 50, 100, 250];

/** Say how many rows there are, as exactly as the server knows. */
export function sized({ count, is }) {
  const rows = `${count.toLocaleString('en')} ${count === 1 ? 'row' : 'rows'}`;
  return { exact: rows, about: `about ${rows}`, more: `more than ${rows}` }[is];
}

/** Say the same in little room. */
export function sizedShort({ count, is }) {
  const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
  return is === 'exact' ? count.toLocaleString('en') : `${is === 'about' ? '~' : '>'}${short.format(count)}`;
}

/**
 * Make the line.
 *
 * - moved: is called with 'first', 'before', 'after' or 'last'; resized: with the rows a page.
 */
export function pager(size, { moved, resized }) {
  const place = h('span', { class: 'place', role: 'status' });
  const choice = h('select', { id: 'page-size' }, SIZES.map((each) => h('option', { value: String(each) }, String(each))));
  choice.value = String(size);
  choice.addEventListener('change', () => resized(Number(choice.value)));
  const button = (side, name, text) =>
    h('button', { type: 'button', class: 'small', disabled: true, 'aria-label': text, title: text, onclick: () => moved(side) }, icon(name));
  const back = [button('first', 'first', 'First page'), button('before', 'before', 'Previous page')];
  const on = [button('after', 'after', 'Next page'), button('last', 'last', 'Last page')];
  const element = h(
    'nav',
    { class: 'pager', 'aria-label': 'Pages' },
    place,
    h('span', { class: 'gap' }),
    h('label', { htmlFor: 'page-size' }, 'Rows a page'),
    choice,
    h('span', { class: 'turn' }, back, on),
  );
  return {
    element,
    /** Show where the page is; `offset` is null where nobody has counted what is before it. */
    show({ rows, offset, before, after, total }) {
      for (const each of back) each.disabled = !before;
      for (const each of on) each.disabled = !after;
      const number = (value) => value.toLocaleString('en');
      const of = total ? ` of ${sized(total)}` : '';
      if (!rows) place.textContent = 'No rows';
      else if (offset === null) place.textContent = `${after ? number(rows) : `The last ${number(rows)}`}${of}`;
      else place.textContent = `${number(offset + 1)}–${number(offset + rows)}${of}`;
    },
  };
}

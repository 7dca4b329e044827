// Values as a cell shows them: what cannot be seen otherwise is made visible.

import { h, icon } from './dom.js';
import { rowLink } from './row.js';

const LONGEST = 200;
// Spaces at an end, controls, and characters without a width or that turn the direction of others.
const UNSEEN = /(^ +| +$|[\u0000-\u001f\u007f-\u009f\u00ad\u200b\u2028-\u202e\u2060-\u2069\ufeff])/u;
const SIGNS = { '\n': '↵', '\r': '\\r', '\t': '⇥' };

/** Return what stands for one value of a column; `fault` is why it is none of the column's. */
export function shown(column, value, fault) {
  if (fault !== undefined) {
    const text = value === null ? 'NULL' : value === '' ? 'EMPTY' : visible(String(value));
    const label = `Not a value of ${column.name}: ${fault}`;
    return h('span', { class: 'faulty', title: label }, icon('warning'), h('span', { class: 'hidden' }, label), h('span', { class: 'text' }, text));
  }
  if (value === null || value === undefined) return h('span', { class: 'null' }, 'NULL');
  if (value === '') return h('span', { class: 'null' }, 'EMPTY');
  if (column.kind === 'boolean') return h('span', { class: `flag ${value ? 'yes' : 'no'}` }, String(value));
  const text = visible(String(value));
  const style = column.kind === 'string' && !column.key && !column.references ? 'text' : 'text code';
  if (column.references) {
    const { table, column: key } = column.references;
    const label = `Show the row of ${table}`;
    const jump = h('a', { class: 'jump', tabIndex: -1, href: rowLink(table, key, value), 'aria-label': label, title: label }, icon('link'));
    return h('span', { class: 'with-jump' }, h('span', { class: style }, text), jump);
  }
  if (column.kind === 'choice') return h('span', { class: 'choice' }, text);
  return h('span', { class: style }, text);
}

function visible(text) {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return short.split(UNSEEN).map((part, at) => (at % 2 ? h('span', { class: 'unseen' }, sign(part)) : part));
}

function sign(part) {
  if (part[0] === ' ') return '·'.repeat(part.length);
  return SIGNS[part] ?? `U+${part.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

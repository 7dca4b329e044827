// JSON documents: read without rounding their numbers, written in lines, shown as a tree.

import { h } from './dom.js';

const MANY = 200; // entries of one level that are shown at first
const IS_EXACT = typeof JSON.rawJSON === 'function';

/** Read a text, each number as it is written; an older browser rounds what JavaScript rounds. */
export function parsed(text) {
  if (!IS_EXACT) return JSON.parse(text);
  return JSON.parse(text, (_, value, context) =>
    typeof value === 'number' ? JSON.rawJSON(context.source) : value,
  );
}

/** Return a text in lines, or as it is where that would change it. */
export function pretty(text) {
  if (!IS_EXACT) return text;
  try {
    return JSON.stringify(parsed(text), null, 2);
  } catch {
    return text;
  }
}

/** Return a document's tree. */
export function tree(text) {
  try {
    return h('div', { class: 'tree' }, node(null, parsed(text), true));
  } catch {
    return h('pre', { class: 'raw' }, text);
  }
}

const isRaw = (value) => IS_EXACT && JSON.isRawJSON(value);

function node(name, value, isOpen) {
  const label = name === null ? [] : [h('span', { class: 'name' }, String(name)), ': '];
  if (value === null || typeof value !== 'object' || isRaw(value)) {
    return h('div', { class: 'leaf' }, label, scalar(value));
  }
  const isList = Array.isArray(value);
  const entries = isList ? [...value.entries()] : Object.entries(value);
  const size = isList ? `[${entries.length}]` : `{${entries.length}}`;
  if (!entries.length) {
    return h('div', { class: 'leaf' }, label, h('span', { class: 'size' }, isList ? '[ ]' : '{ }'));
  }
  const details = h('details', {}, h('summary', {}, label, h('span', { class: 'size' }, size)));
  const fill = () => {
    if (details.childElementCount === 1) more(details, entries, 0, entries.length < 20);
  };
  details.addEventListener('toggle', fill);
  if (isOpen) {
    fill();
    details.open = true;
  }
  return details;
}

function more(details, entries, from, isOpen) {
  for (const [name, value] of entries.slice(from, from + MANY)) {
    details.append(node(name, value, isOpen && from === 0 && depth(details) < 2));
  }
  const left = entries.length - from - MANY;
  if (left > 0) {
    const button = h('button', { type: 'button', class: 'small' }, `${left} more`);
    button.addEventListener('click', () => {
      button.remove();
      more(details, entries, from + MANY, false);
    });
    details.append(button);
  }
}

function depth(element) {
  let count = 0;
  for (let at = element; at; at = at.parentElement?.closest('details')) count += 1;
  return count;
}

function scalar(value) {
  if (isRaw(value)) return h('span', { class: 'number' }, value.rawJSON);
  const kind = value === null ? 'null' : typeof value;
  return h('span', { class: kind }, JSON.stringify(value));
}

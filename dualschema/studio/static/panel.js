// The panel at the right: one thing in full. Escape closes it, and gives the focus back.

import { ask, h, icon } from './dom.js';

const panel = document.getElementById('panel');
let opener = null;
let holdsEdits = () => false;

/** Open the panel with a title and contents; `isEdited` says whether something would be lost. */
export function openPanel(title, contents, isEdited = () => false) {
  if (panel.hidden) opener = document.activeElement;
  holdsEdits = isEdited;
  const close = h(
    'button',
    { type: 'button', class: 'bare', 'aria-label': 'Close the panel', onclick: leave },
    icon('close'),
  );
  const heading = h('h2', { id: 'panel-title', tabIndex: -1 }, title);
  panel.replaceChildren(h('header', {}, heading, close), ...contents);
  panel.setAttribute('aria-labelledby', 'panel-title');
  panel.hidden = false;
  heading.focus();
}

export function closePanel() {
  if (panel.hidden) return;
  panel.hidden = true;
  holdsEdits = () => false;
  panel.replaceChildren();
  // The table beside it is drawn anew in its new width, so the opener may be there once more.
  const before = opener;
  requestAnimationFrame(() => requestAnimationFrame(() => again(before)?.focus()));
}

/** Whether the panel holds what would be lost with it. */
export const hasEdits = () => !panel.hidden && holdsEdits();

/** Ask before edits are lost; the promise is true if the panel may close. */
export async function mayClose() {
  if (!hasEdits()) return true;
  return ask('Leave without saving?', 'What was changed in the panel is not saved.', 'Leave');
}

async function leave() {
  if (await mayClose()) closePanel();
}

function again(element) {
  const label = element?.getAttribute('aria-label');
  if (!element || element.isConnected || !label) return element;
  return document.querySelector(`[aria-label="${CSS.escape(label)}"]`);
}

panel.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  event.preventDefault(); // or it would close the question at once
  leave();
});
window.addEventListener('beforeunload', (event) => {
  if (hasEdits()) event.preventDefault(); // the browser asks
});

// The panel at the right: one thing in full. Escape closes it, and gives the focus back.

import { h, icon } from './dom.js';

const panel = document.getElementById('panel');
let opener = null;
let closing = null;

/** Open the panel with a title and contents; `closed` is called when it closes. */
export function openPanel(title, contents, closed = null) {
  if (panel.hidden) opener = document.activeElement;
  closing = closed;
  const close = h(
    'button',
    { type: 'button', class: 'bare', 'aria-label': 'Close the panel', onclick: closePanel },
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
  panel.replaceChildren();
  // The table beside it is drawn anew in its new width, so the opener may be there once more.
  const before = opener;
  requestAnimationFrame(() => requestAnimationFrame(() => again(before)?.focus()));
  closing?.();
  closing = null;
}

function again(element) {
  const label = element?.getAttribute('aria-label');
  if (!element || element.isConnected || !label) return element;
  return document.querySelector(`[aria-label="${CSS.escape(label)}"]`);
}

panel.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') closePanel();
});

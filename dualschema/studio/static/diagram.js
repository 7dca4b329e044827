// The schema's drawing: moved by dragging or scrolling, made larger and smaller, lit up by table.

import { api } from './api.js';
import { h, icon } from './dom.js';

const LEAST = 0.15;
const MOST = 3;

/** Show the drawing. */
export function showDiagram(place) {
  const keys = h('input', { type: 'checkbox', id: 'keys-only' });
  const holder = h('div', { class: 'diagram', tabIndex: 0, role: 'region', 'aria-label': 'The schema; + and − change its size, 0 fits it' });
  const percent = h('span', { class: 'percent', role: 'status' });
  place.replaceChildren(
    h(
      'div',
      { class: 'toolbar' },
      h('h1', {}, 'Schema'),
      h('span', { class: 'legend' }, 'PK key · FK foreign key · ◆ owner'),
      h('span', { class: 'gap' }),
      h('label', { class: 'check', htmlFor: 'keys-only' }, keys, 'Keys only'),
      control('minus', 'Smaller', () => resize(scale / 1.25)),
      percent,
      control('plus', 'Larger', () => resize(scale * 1.25)),
      control('fit', 'Fit into the window', fit),
    ),
    holder,
  );
  holder.append(h('p', { class: 'empty' }, 'Loading…'));
  let svg = null;
  let size = [1, 1];
  let scale = 1;

  async function load() {
    try {
      const { svg: text } = await api.diagram(keys.checked ? 'keys' : undefined);
      svg = document.importNode(new DOMParser().parseFromString(text, 'image/svg+xml').documentElement, true);
      size = [svg.width.baseVal.value, svg.height.baseVal.value];
      holder.replaceChildren(svg);
      light();
      fit();
    } catch (error) {
      holder.replaceChildren(h('p', { class: 'failure', role: 'alert' }, error.message));
    }
  }

  function resize(wanted) {
    const before = scale;
    scale = Math.min(MOST, Math.max(LEAST, wanted));
    const [x, y] = [holder.scrollLeft + holder.clientWidth / 2, holder.scrollTop + holder.clientHeight / 2];
    svg?.setAttribute('width', size[0] * scale);
    svg?.setAttribute('height', size[1] * scale);
    holder.scrollLeft = (x * scale) / before - holder.clientWidth / 2;
    holder.scrollTop = (y * scale) / before - holder.clientHeight / 2;
    percent.textContent = `${Math.round(scale * 100)} %`;
  }

  function fit() {
    const room = [holder.clientWidth - 8, holder.clientHeight - 8];
    resize(Math.min(1.25, room[0] / size[0], room[1] / size[1]));
  }

  function light() {
    const links = [...svg.querySelectorAll('.link')];
    const boxes = [...svg.querySelectorAll('.table')];
    const on = (name) => {
      const near = new Set([name]);
      for (const each of links) {
        const { from, to } = each.dataset;
        const isOn = from === name || to === name;
        each.classList.toggle('lit', isOn);
        if (isOn) near.add(from).add(to);
      }
      for (const each of boxes) each.classList.toggle('lit', near.has(each.dataset.table));
      svg.classList.add('lighting');
    };
    const off = () => svg.classList.remove('lighting');
    for (const box of boxes) {
      for (const event of ['mouseenter', 'focus']) box.addEventListener(event, () => on(box.dataset.table));
      for (const event of ['mouseleave', 'blur']) box.addEventListener(event, off);
    }
  }

  let start = null;
  holder.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || event.target.closest('.table')) return;
    start = [event.clientX + holder.scrollLeft, event.clientY + holder.scrollTop];
    holder.setPointerCapture(event.pointerId);
  });
  holder.addEventListener('pointermove', (event) => {
    if (start) holder.scrollTo(start[0] - event.clientX, start[1] - event.clientY);
  });
  for (const event of ['pointerup', 'pointercancel']) {
    holder.addEventListener(event, () => {
      start = null;
    });
  }
  holder.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      resize(scale * (event.deltaY < 0 ? 1.1 : 1 / 1.1));
    },
    { passive: false },
  );
  holder.addEventListener('keydown', (event) => {
    if (event.key === '+' || event.key === '=') resize(scale * 1.25);
    if (event.key === '-') resize(scale / 1.25);
    if (event.key === '0') fit();
  });
  keys.addEventListener('change', load);
  load();
}

function control(name, label, work) {
  return h('button', { type: 'button', class: 'square', 'aria-label': label, title: label, onclick: work }, icon(name));
}

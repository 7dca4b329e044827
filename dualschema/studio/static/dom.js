// Elements, messages and questions. Text is always set as text, never as HTML.

/** Make an element: properties by name (on… listens, data and aria names are attributes), children. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'class') element.className = value;
    else if (name in element && !name.includes('-')) element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

const PATHS = {
  open: 'M9 4H4v12h12v-5M11 4h5v5M16 4l-7 7',
  close: 'M5 5l10 10M15 5L5 15',
  plus: 'M10 4v12M4 10h12',
  reload: 'M16 10a6 6 0 1 1-2-4.5M16 3v3.5h-3.5',
  filter: 'M3 5h14M6 10h8M8.5 15h3',
  table: 'M3 4h14v12H3zM3 8h14M8 8v8',
  letter: 'M3 5h14v10H3zM3 6l7 5 7-5',
  diagram: 'M3 3h6v5H3zM11 12h6v5h-6zM6 8v6.5h5',
  link: 'M5 10h10M11 6l4 4-4 4',
  first: 'M5 4v12M15 4l-6 6 6 6',
  before: 'M12 4l-6 6 6 6',
  after: 'M8 4l6 6-6 6',
  last: 'M15 4v12M5 4l6 6-6 6',
  warning: 'M10 3l7.5 13.5h-15zM10 8v4M10 14.2v.1',
  menu: 'M3 5h14M3 10h14M3 15h14',
  minus: 'M4 10h12',
  fit: 'M4 8V4h4M12 4h4v4M16 12v4h-4M8 16H4v-4',
};

/** Make an icon; it says nothing to screen readers, so what it stands in needs a label. */
export function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(space, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}

/** Say what happened, for some seconds; errors stay until they are closed. */
export function toast(text, kind = 'done') {
  const close = h('button', { type: 'button', class: 'bare', 'aria-label': 'Close' }, icon('close'));
  const role = kind === 'error' ? 'alert' : null; // said at once
  const box = h('div', { class: `toast ${kind}`, role }, h('span', {}, text), close);
  close.addEventListener('click', () => box.remove());
  document.getElementById('toasts').append(box);
  if (kind !== 'error') setTimeout(() => box.remove(), 5000);
}

/** Ask before something is done; the promise is true if it is to be done. */
export function ask(title, text, action) {
  return new Promise((answer) => {
    const no = h('button', { type: 'button' }, 'Cancel');
    const yes = h('button', { type: 'button', class: 'danger' }, action);
    const dialog = h(
      'dialog',
      { 'aria-labelledby': 'question' },
      h('h2', { id: 'question' }, title),
      h('p', {}, text),
      h('div', { class: 'buttons' }, no, yes),
    );
    yes.addEventListener('click', () => dialog.close('yes'));
    no.addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => {
      dialog.remove();
      answer(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
    no.focus();
  });
}

/** Return a number with its noun. */
export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

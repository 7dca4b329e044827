// Dead letters: what clients wrote and the server refused. They are shown, replayed and discarded.

import { api } from './api.js';
import { ask, count, h, icon, toast } from './dom.js';
import { openPanel } from './panel.js';
import { tree } from './tree.js';

const instant = (text) => text.replace('T', ' ').replace('Z', ' UTC');
const STATES = ['waiting', 'trying', 'replayed', 'discarded', 'all'];

/** Show the letters; `changed` is called when one was replayed or discarded. */
export function showLetters(place, isWritable, changed) {
  const state = h(
    'select',
    { id: 'letter-state' },
    STATES.map((each) => h('option', { value: each }, each)),
  );
  const total = h('span', { class: 'total', role: 'status' });
  const holder = h('div', { class: 'letters' });
  place.replaceChildren(
    h(
      'div',
      { class: 'toolbar' },
      h('h1', {}, 'Dead letters'),
      total,
      h('span', { class: 'gap' }),
      h('label', { htmlFor: 'letter-state' }, 'State'),
      state,
      h('button', { type: 'button', onclick: () => load() }, icon('reload'), 'Reload'),
    ),
    h('p', { class: 'about-table' }, 'Transactions of clients that were refused, kept until somebody replays or discards them.'),
    holder,
  );
  holder.append(h('p', { class: 'empty' }, 'Loading…'));
  state.addEventListener('change', load);

  async function load() {
    try {
      const found = await api.letters(state.value === 'all' ? undefined : state.value);
      const { letters } = found;
      const newest = letters.length < found.total ? `, the newest ${letters.length} of them` : '';
      total.textContent = count(found.total, 'letter') + newest;
      holder.replaceChildren(letters.length ? list(letters) : h('p', { class: 'empty' }, state.value === 'all' ? 'No dead letters' : `No dead letters that are ${state.value}`));
    } catch (error) {
      holder.replaceChildren(h('p', { class: 'failure', role: 'alert' }, error.message));
    }
  }

  function list(letters) {
    const names = ['', 'When', 'User', 'Reason', 'Operations', 'State'];
    const head = h('tr', {}, names.map((each) => h('th', { scope: 'col' }, each || h('span', { class: 'hidden' }, 'Open'))));
    return h('table', { class: 'plain' }, h('thead', {}, head), h('tbody', {}, letters.map(line)));
  }

  function line(letter) {
    const label = `Open the letter ${letter.id}`;
    const show = h('button', { type: 'button', class: 'bare', 'aria-label': label }, icon('open'));
    show.addEventListener('click', () => open(letter.id));
    return h(
      'tr',
      { ondblclick: () => open(letter.id) },
      h('td', {}, show),
      h('td', { class: 'when' }, instant(letter.created_at)),
      h('td', { class: 'code' }, letter.user_id),
      h('td', { class: 'why' }, h('code', { class: 'choice' }, letter.code), ' ', letter.message),
      h('td', { class: 'number' }, String(letter.operations)),
      h('td', {}, letter.state),
    );
  }

  async function open(id) {
    try {
      show(await api.letter(id));
    } catch (error) {
      toast(error.message, 'error');
    }
  }

  /** Show a letter; `outcome` is what has just become of it: a kind and a sentence. */
  function show(letter, outcome = null) {
    const problem = h('p', { class: 'problem', role: 'alert', hidden: true });
    const isDone = letter.state === 'replayed';
    const operations = letter.entries.map((entry, at) =>
      operation(entry, { isRefused: !isDone && at === letter.operation_index, isDone }),
    );
    const body = h(
      'div',
      { class: 'body' },
      outcome ? h('p', { class: `outcome ${outcome.kind}`, role: 'status' }, outcome.text) : null,
      h('p', { class: 'reason' }, isDone ? 'It had been refused: ' : null, h('code', { class: 'choice' }, letter.code), ' ', letter.message),
      facts(letter),
      h('h3', {}, count(letter.entries.length, 'operation')),
      h('ol', { class: 'operations' }, operations),
      letter.details === '{}' ? null : [h('h3', {}, 'Details'), tree(letter.details)],
    );
    const can = isWritable && letter.state === 'waiting';
    const buttons = [
      h('button', { type: 'button', class: 'main', onclick: () => act('replay') }, 'Replay'),
      h('button', { type: 'button', class: 'danger', onclick: () => act('discard') }, 'Discard'),
    ];
    const foot = can ? h('footer', {}, problem, h('div', { class: 'buttons' }, buttons)) : null;
    openPanel('Dead letter', [body, foot].filter(Boolean));

    async function act(name) {
      const text = 'It is closed without being applied. It stays in the database, and can be shown.';
      if (name === 'discard' && !(await ask('Discard this letter?', text, 'Discard'))) return;
      for (const each of buttons) each.disabled = true;
      try {
        const done = await api[name](letter.id);
        show(await api.letter(letter.id), outcomeOf(done, letter));
        load();
        changed();
      } catch (error) {
        problem.textContent = error.message;
        problem.hidden = false;
        for (const each of buttons) each.disabled = false;
      }
    }
  }

  load();
}

/** Return what became of a letter, as it is told. */
function outcomeOf(done, before) {
  switch (done.result) {
    case 'applied': {
      const those = done.followed === 1 ? 'One letter that waited for it was' : `${done.followed} letters that waited for it were`;
      const followed = done.followed ? ` ${those} applied, too.` : '';
      return { kind: 'good', text: `Applied: ${count(before.entries.length, 'operation')} of it are in the database.${followed}` };
    }
    case 'discarded':
      return { kind: 'good', text: 'Discarded: it was not applied, and waits no more.' };
    case 'refused': {
      const isSame = done.code === before.code && done.message === before.message;
      const why = isSame ? 'for the same reason' : `for another reason: ${done.message}`;
      return { kind: 'bad', text: `Refused again, ${why}. Nothing was changed, and it waits on.` };
    }
    default:
      return { kind: 'bad', text: `It could not be tried now: ${done.message}. It waits on: replay it later.` };
  }
}

function facts(letter) {
  const said = [
    ['Id', letter.id],
    ['User', letter.user_id],
    ['Client', letter.client_id],
    ['Transaction', letter.transaction_id],
    ['When', instant(letter.created_at)],
    ['State', letter.state + (letter.resolved_at ? `, ${instant(letter.resolved_at)}` : '')],
    ['Attempts', String(letter.attempts)],
    ['Waits for', letter.blocked_by.join(', ')],
  ];
  return h(
    'dl',
    { class: 'facts' },
    said.filter(([, value]) => value).map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]),
  );
}

function operation(entry, { isRefused, isDone }) {
  return h(
    'li',
    { class: isRefused ? 'refused' : '' },
    h('code', { class: 'op' }, entry.op),
    ' ',
    h('strong', {}, entry.table),
    ' ',
    h('code', {}, entry.id),
    isRefused ? h('span', { class: 'badge bad' }, 'refused') : null,
    isDone ? h('span', { class: 'badge' }, 'applied') : null,
    entry.data === null ? null : tree(entry.data),
  );
}

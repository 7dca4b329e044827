// What the server is asked, and the token with which it answers.

const KEPT = 'dualschema-studio-token';

// The address that was printed has the token once. Then this origin keeps it, which no other port is.
const given = new URLSearchParams(location.search).get('token');
if (given !== null) {
  localStorage.setItem(KEPT, given);
  history.replaceState(null, '', location.pathname + location.hash);
}

/** What the server refused, with the columns that it is about. */
export class Refusal extends Error {
  constructor(message, status, columns) {
    super(message);
    this.status = status;
    this.columns = columns;
  }
}

async function request(method, path, query = {}, body = undefined) {
  const url = new URL(`/api/${path}`, location.origin);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) url.searchParams.set(name, value);
  }
  const headers = { 'X-Dualschema-Studio': localStorage.getItem(KEPT) ?? '' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response;
  try {
    response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    throw new Refusal('the studio does not answer: is it still running?', 0, {});
  }
  const text = await response.text();
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new Refusal(text.trim() || response.statusText, response.status, {});
  }
  if (!response.ok) throw new Refusal(answer.error, response.status, answer.columns);
  return answer;
}

const path = (table, end) => `tables/${encodeURIComponent(table)}/${end}`;
const key = (value) => ({ key: JSON.stringify(value) });

export const api = {
  schema: () => request('GET', 'schema'),
  counts: () => request('GET', 'counts'),
  diagram: (columns) => request('GET', 'diagram', { columns }),
  rows: (table, query) => request('GET', path(table, 'rows'), query),
  row: (table, of) => request('GET', path(table, 'row'), key(of)),
  insert: (table, values) => request('POST', path(table, 'rows'), {}, { values }),
  update: (table, of, values, previous) =>
    request('PATCH', path(table, 'row'), key(of), { values, previous }),
  remove: (table, of) => request('DELETE', path(table, 'row'), key(of)),
  letters: (state) => request('GET', 'letters', { state }),
  letter: (id) => request('GET', `letters/${encodeURIComponent(id)}`),
  replay: (id) => request('POST', `letters/${encodeURIComponent(id)}/replay`),
  discard: (id) => request('POST', `letters/${encodeURIComponent(id)}/discard`),
};

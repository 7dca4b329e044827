// Reads stored rows, gives what they mean and how they are stored again; refusals are texts.
import { readFileSync } from 'node:fs';

const [module, file] = process.argv.slice(2);
const generated = await import(`./${module}.ts`);

function shown(key, value) {
  const given = this[key];
  if (given instanceof Uint8Array) {
    return Buffer.from(given).toString('base64');
  }
  return typeof value === 'bigint' ? String(value) : typeof value === 'symbol' ? 'JSON null' : value;
}

const given = JSON.parse(readFileSync(file, 'utf8'));
const answers = given.map(({ name, rows }) =>
  rows.map((row) => {
    try {
      const meant = generated[`decode${name}`](row);
      const stored = generated[`encode${name}`](meant);
      const { id: _, ...patch } = stored;
      const patched = generated[`encode${name}Patch`](meant);
      return { meant, stored, patched, patch, problems: generated[`check${name}`](meant) };
    } catch (error) {
      return { error: String(error) };
    }
  }),
);
process.stdout.write(JSON.stringify(answers, shown));

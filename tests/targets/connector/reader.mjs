// Formats, and runs, what was generated: a line of JSON a command, and one an answer.
import { stripTypeScriptTypes } from 'node:module';
import { createInterface } from 'node:readline';
import { format } from 'prettier';

const commands = {
  format: ({ text }) => format(text, { parser: 'typescript', singleQuote: true }),
  async constants({ text }) {
    const shown = '\nexport const shown = [[...TABLES], DATA_PATH, TOKEN_PATH];\n';
    const source = encodeURIComponent(stripTypeScriptTypes(text + shown));
    return (await import(`data:text/javascript,${source}`)).shown;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...given } = JSON.parse(line);
  let answer;
  try {
    answer = { result: await commands[command](given) };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}

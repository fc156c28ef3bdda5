// The published comparison: the same answers give the same file.
import { writeFile } from 'node:fs/promises';
import { COLUMNS, OURS } from './columns.mjs';
import { CASES } from './law.mjs';
import { manifestOf } from './probes/files.mjs';
import { ROWS } from './rows.mjs';

/** Longer notes go below the table. */
const IN_CELL = 18;

/** Writes `answers`, a map from a row's number to the answers by column. */
export async function write(path, answers, browser) {
  const parts = [await introduction(browser), table(answers), notes(answers), await peers(), law(), method(), limits()];
  await writeFile(path, `${parts.map((part) => part.trim()).join('\n\n')}\n`);
}

async function introduction(browser) {
  return `# Consent managers, compared

Written by \`npm run compare:consent\`: every package from npm as its own documentation sets it up, in Chromium ${browser.split('.')[0]},
and every question asked of all of them by the same code. "partial" is some of it, or only when a site asks for it; "–" means
that there is nothing the question could be about; "not run" that it was not found out. † marks an answer that is not measured
but declared, with its reason among the notes.`;
}

function table(answers) {
  const head = ['C', 'what is tested', 'law', ...COLUMNS.map(({ short }) => short)];
  const lines = ROWS.map(({ number, what, law }) => [number, what, law, ...COLUMNS.map(({ short }) => cell(answers.get(number).get(short)))]);
  const counted = ['', '**yes**', '', ...COLUMNS.map(({ short }) => `**${ROWS.filter(({ number }) => answers.get(number).get(short).answer === 'yes').length}**`)];
  const all = [head, head.map(() => '---'), ...lines, counted];
  return `## The table\n\n${all.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}`;
}

function cell({ answer, note, declared }) {
  const short = note && note.length <= IN_CELL ? `: ${note}` : '';
  return `${answer}${declared ? '†' : ''}${short}`;
}

/** What does not fit into the cells, a line a row. */
function notes(answers) {
  const lines = ROWS.map(({ number }) => {
    const told = new Map();
    for (const { short } of COLUMNS) {
      const { note } = answers.get(number).get(short);
      if (note.length > IN_CELL) told.set(note, [...(told.get(note) ?? []), short]);
    }
    return told.size > 0 ? `- C${number}: ${[...told].map(([note, names]) => `${names.join(', ')}: ${note}`).join('; ')}.` : null;
  });
  return `## What was seen\n\n${lines.filter(Boolean).join('\n')}`;
}

async function peers() {
  const lines = await Promise.all(
    COLUMNS.map(async ({ short, name, packages, setup }) => {
      const { version, license } = await manifestOf(packages[0]);
      return `| ${short} | ${name} | ${version} | ${license} | ${setup} |`;
    }),
  );
  return `## Who was compared\n\n| | package | version | licence | set up as |\n| --- | --- | --- | --- | --- |\n${lines.join('\n')}

An operator can improve several rows of every column by configuration; what is compared is what the documentation's own
example gives, and, where a row asks for a feature, the package's own setting for it. \`@segment/consent-manager\` is not
needed here: it serves sites of one platform and asks that platform's network what to show, which no repeatable run has.`;
}

function law() {
  const named = [...new Set(ROWS.map(({ law }) => law).filter(Boolean))].sort((a, b) => Number.parseInt(a.slice(1), 10) - Number.parseInt(b.slice(1), 10));
  return `## The legal cases\n\nWhat the rows stand for; engineering input, not legal advice.\n\n${named.map((name) => `- ${name}: ${CASES[name]}`).join('\n')}`;
}

function method() {
  const by = (kind) => ROWS.filter((row) => row.by === kind).map(({ number }) => `C${number}`).join(', ');
  return `## How it is measured

\`\`\`sh
cargo xtask build && cargo build -p homebody-server
npm run compare:consent             # all rows, writes this page
npm run compare:consent -- 14 28    # some rows; --only VCC,ours for some columns. Other cells stay as the last run left them
\`\`\`

- A page with a heading, a link and words; the manager's scripts and style sheets are files of the page's own origin, and no
  other host can be reached. Every probe is a fresh visitor of one browser, and sees through open shadow roots.
- An adapter for each manager (\`benches/consent/managers\`) says how it is set up, which selectors its buttons have, how its
  own interface tells what is granted, and how a yes is taken back. A probe (\`benches/consent/probes\`) knows no manager.
- Records are compared between two visitors whose clocks show the same moment (C3, C4) or two hours of one day (C5).
- C8 compares computed colours, letters, borders and areas; C9 the contrast of every word with what is painted behind it; C18
  the smaller side of everything that is a button.
- C13 to C15 press keys; C19 is 320 px wide; C24 and C25 are served with the policy in question and count what it refused.
- C29 counts who reads \`navigator.globalPrivacyControl\`; C32 to C35 put a platform on the page and look what it is asked and
  what is granted.
- C36 changes what a purpose says or passes on between two visits; C38 and C39 leave a cookie, an entry and a database behind.
- C42 and C43 look at what leaves the page after an answer, of two visitors.
- Read from files alone: ${by('files')}. From files and page: ${by('page, files')}. Everything else is seen on a page.
- \`tests/browser/consent-rows.mjs\` asks the column "${OURS.short}" in every run of the tests.`;
}

function limits() {
  return `## What no machine has measured

- Other browsers than Chromium, and screen readers: roles, names and focus are checked, not how they are read out.
- Hosted services: c15t runs in offline mode, because its backend is not part of the packages; what Klaro and tarteaucitron
  sell as a service is not here.
- How good translations are: C23 counts languages.
- Whether an authority accepts a proof of consent without rows about people (C42): that is for counsel.`;
}

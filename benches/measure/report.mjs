// What a run found: printed as tables, and written as one file of ratios that says nothing about the machine.
import { readFile, writeFile } from 'node:fs/promises';

/** One table of a part. `rows` are arrays of texts. */
export function table(title, columns, rows, notes = []) {
  return { title, columns, rows, notes };
}

/** Whether a number keeps its budget, in words. */
export function within(value, limit) {
  return value <= limit ? 'kept' : 'missed';
}

/** A ratio as text. */
export function ratio(value) {
  return `${value >= 10 ? value.toFixed(0) : value.toFixed(2)}×`;
}

/** Prints a table. */
export function show({ title, columns, rows, notes }) {
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => row[index].length)));
  const line = (cells) => `  ${cells.map((cell, index) => cell.padEnd(widths[index])).join('  ')}`.trimEnd();
  console.log(`\n${title}\n${line(columns)}`);
  for (const row of rows) console.log(line(row));
  for (const note of notes) console.log(`  ${note}`);
}

/** Writes the tables of these parts as Markdown; what the file has of other parts stays. */
export async function write(path, parts) {
  const [head, ...kept] = (await readFile(path, 'utf8')).split(/\n(?=## )/);
  const sections = new Map(kept.map((text) => [/^## (.*)/.exec(text)[1], text.trimEnd()]));
  for (const [heading, tables] of parts) sections.set(heading, section(heading, tables));
  await writeFile(path, `${[head.trimEnd(), ...sections.values()].join('\n\n')}\n`);
}

function section(heading, tables) {
  const text = [`## ${heading}`];
  for (const { title, columns, rows, notes } of tables) {
    text.push('', `### ${title}`, '', `| ${columns.join(' | ')} |`, `|${' --- |'.repeat(columns.length)}`);
    for (const row of rows) text.push(`| ${row.join(' | ')} |`);
    if (notes.length > 0) text.push('', ...notes);
  }
  return text.join('\n');
}

// The reference, from the types that the package ships: what each entry exports, with its declaration and its documentation.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';

/** Kinds of things in the order in which a reader wants them. */
const ORDER = ['function', 'class', 'constant', 'interface', 'type'];

/** The reference's pages: a map from source to Markdown. */
export async function reference(root) {
  const { exports } = JSON.parse(readFileSync(join(root, 'js/package.json'), 'utf8'));
  const entries = Object.entries(exports).filter(([, target]) => target.types);
  const program = ts.createProgram(entries.map(([, { types }]) => join(root, 'js', types)), { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, target: ts.ScriptTarget.ES2022, types: [], noLib: true });
  const pages = new Map();
  for (const [path, { types }] of entries) {
    const name = path.replace('.', 'homebody');
    pages.set(`docs/reference/${name.replaceAll('/', '-')}.md`, entryPage(program, name, join(root, 'js', types)));
  }
  pages.set('docs/reference/errors.md', await errorPage(root));
  return pages;
}

function entryPage(program, name, file) {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  if (!source) throw new Error(`${file} is missing: build the package first`);
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(source))
    // One thing may be exported by two names, of which `default` is not told.
    .filter(({ name: shown }) => shown !== 'default')
    .map((symbol) => describe(checker, symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol, symbol.name))
    .filter(Boolean);
  exported.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || a.name.localeCompare(b.name));
  const parts = exported.map(({ name: title, kind, code, text, members }) => `## ${title}\n\n*${kind}*\n\n${text}\n\n${code}\n${members}`);
  return `# ${name}\n\n\`import … from '${name}'\`\n\n${parts.join('\n')}`;
}

/** One thing, exported by this name: what it is, how it is declared, what is said about it. */
function describe(checker, symbol, name) {
  const declarations = symbol.declarations ?? [];
  const [declaration] = declarations;
  if (!declaration) return undefined;
  const kind = kindOf(declaration);
  const text = documentation(checker, symbol);
  if (kind === 'interface' || kind === 'class') return { name, kind, text, code: heading(declaration), members: members(checker, declaration) };
  return { name, kind, text, code: fence(declarations.map(declared).join('\n')), members: '' };
}

function kindOf(node) {
  if (ts.isFunctionDeclaration(node)) return 'function';
  if (ts.isClassDeclaration(node)) return 'class';
  if (ts.isInterfaceDeclaration(node)) return 'interface';
  return ts.isTypeAliasDeclaration(node) ? 'type' : 'constant';
}

/** An interface without its members, where it says more than its name. */
function heading(node) {
  const text = declared(node).split('{')[0].trim();
  return /extends|<|implements/.test(text) ? fence(text) : '';
}

function members(checker, node) {
  const rows = node.members.filter((member) => member.name && !isPrivate(member)).map((member) => {
    const symbol = checker.getSymbolAtLocation(member.name);
    const optional = member.questionToken ? '?' : '';
    const shape = declared(member).replace(/;$/, '').replace(/^readonly /, '').slice(member.name.getText().length + optional.length).replace(/^: /, '');
    return `| \`${member.name.getText()}${optional}\` | \`${cell(shape)}\` | ${cell(documentation(checker, symbol).replace(/```[^]*?```/g, ''))} |`;
  });
  return rows.length > 0 ? `\n| member | type | |\n| --- | --- | --- |\n${rows.join('\n')}\n` : '';
}

function isPrivate(member) {
  return ts.isPrivateIdentifier(member.name) || member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);
}

/** A declaration as text, without comments. */
function declared(node) {
  const printer = ts.createPrinter({ removeComments: true });
  const whole = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  return printer.printNode(ts.EmitHint.Unspecified, whole, node.getSourceFile()).replace(/^export (declare )?/, '').replace(/^declare /, '');
}

function documentation(checker, symbol) {
  if (!symbol) return '';
  const words = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const examples = symbol.getJsDocTags(checker).filter(({ name }) => name === 'example').map(({ text }) => fence(ts.displayPartsToString(text)));
  return [words, ...examples].join('\n\n').trim();
}

function fence(code) {
  return `\`\`\`ts\n${code}\n\`\`\``;
}

/** Text in one cell of a table. */
function cell(text) {
  return text.replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');
}

async function errorPage(root) {
  const { HINTS } = await import(pathToFileURL(join(root, 'js/dist/hints.js')).href);
  const rows = Object.entries(HINTS).map(([code, hint]) => `| \`${code}\` | ${cell(hint)} |`);
  return `# Error codes

Whatever fails, the page works, and \`onError\`, \`me.on('error')\` or the console is told with one of these. Codes never change
meaning.

| code | what to do |
| --- | --- |
${rows.join('\n')}
`;
}

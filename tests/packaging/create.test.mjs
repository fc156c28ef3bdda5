// `npm create homebody`: from nothing to the first personal list, with both packages as they would be published.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { atEnd, listens, ROOT, temporaryFolder, until } from '../browser/harness.mjs';
import { pack, project, startDemoServer, visit, visitAddress } from './project.mjs';

const run = promisify(execFile);
/** From nothing to the first personal list. */
const LIMIT_MS = 10 * 60 * 1000;
/** What a project has from the registry, here from the repository's own folder: nothing is fetched. */
const TOOLS = { plain: [], vite: ['vite'], react: ['vite', 'react', 'react-dom'], vue: ['vite', 'vue'] };

let homebody;
let program;

before(async () => {
  homebody = await pack();
  const installed = await project('create', await pack('create-homebody'), {});
  program = join(installed, 'node_modules/.bin/create-homebody');
});

/** Runs the packed program as npm does, in an empty folder. */
async function create(...args) {
  const cwd = await temporaryFolder('created');
  const options = { cwd, env: { ...process.env, npm_config_offline: 'true' } };
  const { code, stdout, stderr } = await run(program, args, options).then((done) => ({ code: 0, ...done }), (error) => error);
  return { cwd, code, stdout, stderr };
}

/** A project of a template, installed from the packed packages. */
async function installed(template, ...args) {
  const made = await create('my-shop', '--template', template, '--no-install', ...args);
  assert.deepEqual([made.code, made.stderr], [0, '']);
  const folder = join(made.cwd, 'my-shop');
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  assert.deepEqual(Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).sort(), ['homebody', ...TOOLS[template]].sort());
  const alone = { ...manifest, dependencies: { homebody: `file:${homebody.file}` }, devDependencies: {} };
  await writeFile(join(folder, 'package.json'), JSON.stringify(alone));
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund'], { cwd: folder });
  for (const tool of [...TOOLS[template], ...TOOLS[template].map((name) => `.bin/${name}`).filter((name) => name === '.bin/vite')]) {
    await mkdir(dirname(join(folder, 'node_modules', tool)), { recursive: true });
    await symlink(join(ROOT, 'node_modules', tool), join(folder, 'node_modules', tool));
  }
  return { folder, ...made };
}

const order = (page) => page.locator('#items > [data-hb-id]').evaluateAll((rows) => rows.map((row) => row.dataset.hbId));

/** Says yes and clicks three things, as the program tells its user to. */
async function assertPersonal(page) {
  await until('a list', async () => (await order(page)).length === 18, 30_000);
  const neutral = await order(page);
  await page.locator('hb-consent').getByRole('button', { name: 'Sort for me' }).click();
  await listens(page);
  for (const id of [neutral[6], neutral[11], neutral[16]]) {
    const row = page.locator(`[data-hb-id="${id}"]`);
    const button = row.getByRole('button');
    // It may have left the list meanwhile: that is what the list is for.
    const click = async () => ((await button.count()) ? button : row.locator('strong')).click({ timeout: 2000 });
    await until(`${id} is clicked or gone`, async () => !(await row.count()) || click().then(() => true, () => false));
  }
  await until('a personal order', async () => (await order(page)).join() !== neutral.join());
  await until('a reason', async () => /because of/.test(await page.locator('#items').textContent()));
  assert.deepEqual([page.failures, page.complaints, page.stray], [[], [], []]);
}

test('plain: made, installed and started by two commands, within ten minutes', async () => {
  const began = Date.now();
  const made = await create('My Shop', '--template', 'plain', '--package', `file:${homebody.file}`);
  assert.deepEqual([made.code, made.stderr], [0, '']);
  assert.match(made.stdout, /npm start --prefix "My Shop"\n/);
  const folder = join(made.cwd, 'My Shop');
  assert.equal(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')).name, 'my-shop');
  assert.match(await readFile(join(folder, 'README.md'), 'utf8'), /^homebody export site site\/reco /m);
  // Two at once: the second finds the usual port taken.
  const addresses = [await startAsTold(made), await startAsTold(made)];
  assert.notEqual(addresses[0], addresses[1]);
  await assertPersonal(await visitAddress(addresses[1]));
  assert.ok(Date.now() - began < LIMIT_MS, `${Date.now() - began} ms`);
});

/** Types what the program tells its user to type, where it was typed itself; the address that it prints. */
async function startAsTold({ cwd, stdout }) {
  const [, command] = /^ {2}(npm start.*)$/m.exec(stdout) ?? assert.fail(stdout);
  const started = spawn(command, { cwd, shell: true, detached: true, env: { ...process.env, NO_COLOR: '1' } });
  atEnd(() => process.kill(-started.pid));
  let said = '';
  for (const stream of [started.stdout, started.stderr]) stream.on('data', (text) => (said += text));
  return until('an address', () => /http:\/\/\S+/.exec(said)?.[0] ?? (started.exitCode !== null && assert.fail(said)), 60_000);
}

for (const template of ['vite', 'react', 'vue']) {
  test(`${template}: made, installed, built and opened, from any folder of a host`, async () => {
    const { folder } = await installed(template);
    await run('npm', ['run', 'build'], { cwd: folder });
    await cp(join(folder, 'dist'), join(folder, 'host/shop'), { recursive: true });
    await assertPersonal(await visit(join(folder, 'host'), '/shop/'));
  });

  test(`${template}: started as the program tells its user, the list is there and becomes personal`, async () => {
    await assertPersonal(await visitAddress(await startAsTold(await installed(template))));
  });
}

test('with a server of one’s own: its list, no files of the demonstration', async () => {
  const server = await startDemoServer();
  const { folder, stdout } = await installed('plain', '--server', server.origin, '--key', server.key);
  assert.match(stdout, new RegExp(`lists come from ${server.origin}`));
  await run('npm', ['run', 'build'], { cwd: folder });
  await assert.rejects(readFile(join(folder, 'dist/reco/v1/key.json')), { code: 'ENOENT' });
  const page = await visit(join(folder, 'dist'));
  await until('a list', async () => (await order(page)).length === 18);
  assert.deepEqual([page.failures, page.complaints], [[], []]);
});

test('what cannot be is said in one sentence, and nothing is written', async () => {
  const key = 'A'.repeat(43);
  const refused = [
    [[], 2, /name one folder/],
    [['a', 'b'], 2, /name one folder/],
    [['a', '--template', 'vue3'], 2, /no template `vue3`; choose one of plain, vite, react, vue/],
    [['a', '--template', 'constructor'], 2, /no template `constructor`/],
    [['a', '--server', 'https://reco.shop.example'], 2, /`--server` and `--key` go together/],
    [['a', '--server', 'reco.shop.example', '--key', `${key}=`], 2, /no address: `reco.shop.example`; begin with https/],
    [['a', '--server', 'https://a.example/"><script>', '--key', `${key}=`], 2, /no address/],
    [['a', '--server', 'https://a.example', '--key', key], 2, /no key: copy the 44 characters/],
    [['a', '--tempalte', 'vite'], 2, /--tempalte/],
    [['a', '--package', 'file:/nowhere.tgz'], 1, /npm install. failed in it; run it again/],
  ];
  for (const [args, code, sentence] of refused) {
    const made = await create(...args);
    assert.equal(made.code, code, args.join(' '));
    assert.match(made.stderr, sentence);
    assert.doesNotMatch(made.stderr, /\n\s+at /, 'no stack');
    if (code === 2) await assert.rejects(readFile(join(made.cwd, 'a/package.json')), { code: 'ENOENT' });
  }
});

test('a folder with something in it is left alone', async () => {
  const made = await create('.', '--no-install');
  assert.equal(made.code, 0, made.stderr);
  for (const [folder, sentence] of [[made.cwd, /is not empty \(.*\); name a folder that is new or empty/], [join(made.cwd, 'README.md'), /is a file/]]) {
    const again = await run(program, [folder, '--no-install']).catch((error) => error);
    assert.equal(again.code, 1);
    assert.match(again.stderr, sentence);
  }
});

test('an old Node is told so', async () => {
  const { tooOld } = await import(join(dirname(program), '../create-homebody/src/node-version.js'));
  assert.match(tooOld('18.20.4'), /Node 18.20.4 is too old; install Node 20 or newer/);
  assert.deepEqual([tooOld('20.0.0'), tooOld('24.1.0')], [undefined, undefined]);
});

test('versions are those that are tested here', async () => {
  const read = async (path) => JSON.parse(await readFile(join(ROOT, path), 'utf8'));
  const [own, js, root] = [await read('create-homebody/package.json'), await read('js/package.json'), await read('package.json')];
  assert.equal(own.version, js.version);
  assert.deepEqual([own.dependencies, own.devDependencies], [undefined, undefined]);
  for (const template of ['vite', 'react', 'vue']) {
    const { dependencies, devDependencies } = await read(`create-homebody/templates/${template}/package.json`);
    for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies })) {
      if (name !== 'homebody') assert.equal(range.replace('^', ''), root.devDependencies[name].replace('^', ''), name);
    }
  }
});

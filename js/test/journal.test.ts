import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Journal, type Machine, type Noted, type Shelf, type Stored } from '../src/rank/journal.js';
import { Saver } from '../src/rank/saver.js';

type Bytes = Uint8Array<ArrayBuffer>;
const encode = (words: readonly string[]): Bytes => new TextEncoder().encode(words.join(' '));
const decode = (bytes: Bytes | null): string[] => new TextDecoder().decode(bytes ?? new Uint8Array()).split(' ').filter(Boolean);

/** A profile that is the list of what was noted; dwell is booked when a page closes. */
class Words implements Machine {
  readonly words: string[];
  page: string | undefined;
  constructor(profile: Bytes | null) {
    this.words = decode(profile);
  }
  note(entry: Noted): void {
    if ('facet' in entry) {
      this.words.push(`answer:${entry.answer}`);
      return;
    }
    if ('kind' in entry) {
      if (entry.item === 'crash') throw new WebAssembly.RuntimeError('unreachable');
      this.words.push(entry.item);
      return;
    }
    if (this.page && (entry.attention.type === 'close' || entry.attention.type === 'open')) this.words.push(`dwell:${this.page}`);
    this.page = entry.attention.type === 'open' ? entry.attention.item : entry.attention.type === 'close' ? undefined : this.page;
  }
  snapshot = (): Bytes => encode(this.words);
  free(): void {
    this.page = undefined;
  }
}

/** The storage that tabs share. */
class Disk implements Shelf {
  kept: Stored = { bytes: null, revision: 0 };
  epoch = 1;
  failure: Error | undefined;
  load = (): Promise<Stored> => Promise.resolve({ ...this.kept, bytes: this.kept.bytes?.slice() ?? null });
  async save(bytes: Bytes, base: number): Promise<'saved' | 'stale' | 'erased'> {
    await Promise.resolve();
    if (this.failure) throw this.failure;
    if (this.epoch !== 1) return 'erased';
    if (base !== this.kept.revision) return 'stale';
    this.kept = { bytes: bytes.slice(), revision: base + 1 };
    return 'saved';
  }
  get words(): string[] {
    return decode(this.kept.bytes);
  }
}

const click = (item: string): Noted => ({ kind: 'click', item, value: 1, nowMs: 0 });
const attend = (type: 'close' | 'activity'): Noted => ({ attention: { type }, nowMs: 0 });
const open = (item: string): Noted => ({ attention: { type: 'open', item }, nowMs: 0 });
const tab = async (disk: Disk) => new Journal(await disk.load(), (profile) => new Words(profile));

test('what is noted is saved, and nothing is saved twice', async () => {
  const disk = new Disk();
  const journal = await tab(disk);
  journal.apply(click('a'));
  assert.equal(await journal.save(disk), 'saved');
  assert.equal(await journal.save(disk), 'clean');
  assert.deepEqual([disk.words, disk.kept.revision], [['a'], 1]);
});

test('two tabs never lose each other’s interactions', async () => {
  const disk = new Disk();
  const [one, two] = [await tab(disk), await tab(disk)];
  one.apply(click('a'));
  two.apply(click('b'));
  await Promise.all([one.save(disk), two.save(disk)]);
  one.apply(click('c'));
  await one.save(disk);
  assert.deepEqual(disk.words.sort(), ['a', 'b', 'c']);
  assert.equal(await two.refresh(disk), true);
  assert.deepEqual(two.machine.words.sort(), ['a', 'b', 'c']);
  assert.equal(await two.refresh(disk), false);
});

test('many tabs, many interleavings: every interaction once', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const disk = new Disk();
    const tabs = await Promise.all([0, 1, 2, 3].map(() => tab(disk)));
    const expected: string[] = [];
    let random = seed;
    const next = (below: number) => (random = (Math.imul(random, 1103515245) + 12345) >>> 0) % below;
    const running: Promise<unknown>[] = [];
    const saving = tabs.map(() => Promise.resolve() as Promise<unknown>);
    for (let step = 0; step < 40; step++) {
      const which = next(tabs.length);
      const journal = tabs[which] as Journal<Words>;
      if (next(3) > 0) {
        const item = `${which}-${step}`;
        expected.push(item);
        journal.apply(click(item));
      } else running.push((saving[which] = (saving[which] as Promise<unknown>).then(() => journal.save(disk))));
      if (next(4) === 0) await Promise.resolve();
    }
    await Promise.all(running);
    for (const journal of tabs) await journal.save(disk);
    assert.deepEqual(disk.words.sort(), expected.sort(), `seed ${seed}`);
  }
});

test('interactions made while a save is under way stay for the next', async () => {
  const disk = new Disk();
  const journal = await tab(disk);
  journal.apply(click('a'));
  const saving = journal.save(disk);
  journal.apply(click('b'));
  await saving;
  assert.deepEqual(disk.words, ['a']);
  assert.equal(journal.dirty, true);
  await journal.save(disk);
  assert.deepEqual(disk.words, ['a', 'b']);
});

test('a save after an erasure is refused', async () => {
  const disk = new Disk();
  const journal = await tab(disk);
  journal.apply(click('a'));
  disk.epoch = 2;
  assert.equal(await journal.save(disk), 'erased');
  assert.deepEqual(disk.words, []);
});

test('an open page survives saving, merging and editing, and its dwell is booked once', async () => {
  const disk = new Disk();
  const [one, two] = [await tab(disk), await tab(disk)];
  one.apply(open('page'));
  one.apply(attend('activity'));
  one.apply(click('a'));
  await one.save(disk);
  two.apply(click('b'));
  await two.save(disk);
  one.apply({ edit: (profile) => encode(decode(profile).filter((word) => word !== 'a')) });
  await one.save(disk);
  assert.deepEqual(disk.words, ['b']);
  one.apply(attend('close'));
  await one.save(disk);
  assert.deepEqual(disk.words, ['b', 'dwell:page']);
});

test('forgetting is done again on top of what another tab saved', async () => {
  const disk = new Disk();
  const [one, two] = [await tab(disk), await tab(disk)];
  two.apply(click('secret'));
  await two.save(disk);
  one.apply({ edit: (profile) => encode(decode(profile).filter((word) => word !== 'secret')) });
  one.apply(click('c'));
  await one.save(disk);
  assert.deepEqual(disk.words, ['c']);
});

test('after a crash the machine is rebuilt without the entry it crashed on', async () => {
  const disk = new Disk();
  const journal = await tab(disk);
  journal.apply(click('a'));
  await journal.save(disk);
  journal.apply(click('b'));
  assert.throws(() => journal.apply(click('crash')), WebAssembly.RuntimeError);
  journal.dropLast();
  journal.rebuild();
  assert.deepEqual(journal.machine.words, ['a', 'b']);
  await journal.save(disk);
  assert.deepEqual(disk.words, ['a', 'b']);
});

test('closing overwrites the profile in memory', async () => {
  const disk = new Disk();
  disk.kept = { bytes: encode(['secret']), revision: 1 };
  const stored = await disk.load();
  const journal = new Journal(stored, (profile) => new Words(profile));
  journal.close();
  assert.ok(stored.bytes?.every((byte) => byte === 0));
  assert.equal(await journal.save(disk), 'clean');
});

test('a failing storage is reported once and nothing is lost when it recovers', async () => {
  const disk = new Disk();
  const journal = await tab(disk);
  const told: string[] = [];
  const hooks = { saved: () => told.push('saved'), merged: () => undefined, erased: () => undefined };
  const saver = new Saver(journal, disk, { ...hooks, report: (error) => told.push(error.code) });
  disk.failure = Object.assign(new Error('full'), { name: 'QuotaExceededError' });
  journal.apply(click('a'));
  await saver.now();
  await saver.now();
  disk.failure = undefined;
  await saver.now();
  saver.close();
  assert.deepEqual(told, ['internal', 'saved']);
  assert.deepEqual(disk.words, ['a']);
});

test('a save of another tab is taken in, with what is not saved here on top', async () => {
  const disk = new Disk();
  const [one, two] = [await tab(disk), await tab(disk)];
  let merged = 0;
  const hooks = { saved: () => undefined, merged: () => void merged++, erased: () => undefined, report: assert.fail };
  const saver = new Saver(one, disk, hooks);
  two.apply(click('b'));
  await two.save(disk);
  one.apply(click('a'));
  saver.savedElsewhere(two.revision);
  await saver.now();
  saver.close();
  assert.deepEqual(disk.words, ['b', 'a']);
  assert.deepEqual(one.machine.words, ['b', 'a']);
  assert.equal(merged, 1);
});

test('answers are kept like everything else, also under another tab’s profile', async () => {
  const disk = new Disk();
  const [one, other] = [await tab(disk), await tab(disk)];
  one.apply({ facet: 7, answer: 1, nowMs: 0 });
  assert.ok(one.dirty);
  other.apply(click('a'));
  assert.equal(await other.save(disk), 'saved');
  assert.equal(await one.save(disk), 'saved');
  assert.deepEqual(disk.words, ['a', 'answer:1']);
});

test('on another day the profile is taken anew, once, and that is saved', async () => {
  const disk = new Disk();
  let made = 0;
  const journal = new Journal(await disk.load(), (profile) => (made++, new Words(profile)));
  journal.apply(click('a'));
  journal.apply(open('b'));
  await journal.save(disk);
  journal.wake(Date.now());
  assert.deepEqual([made, journal.dirty], [1, false]);
  journal.wake(Date.now() + 86_400_000);
  journal.wake(Date.now() + 86_400_000);
  assert.deepEqual([made, journal.dirty, await journal.save(disk)], [2, true, 'saved']);
  journal.apply(attend('close'));
  await journal.save(disk);
  assert.deepEqual(disk.words, ['a', 'dwell:b'], 'the page that was open still is');
});

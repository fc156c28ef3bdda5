import { type HomebodyError, toHomebodyError } from '../errors.js';
import type { Engine } from './engine.js';
import { Journal, type Stored } from './journal.js';

/**
 * A journal on what is stored; on nothing when that cannot be read. What a newer release wrote stays as it is:
 * `inMemory` is called, and this page keeps its own profile there.
 */
export function begin(
  stored: Stored,
  restore: (profile: Uint8Array<ArrayBuffer> | null) => Engine,
  report: (error: HomebodyError) => void,
  inMemory: () => void,
): Journal<Engine> {
  try {
    return new Journal(stored, restore);
  } catch (thrown) {
    const error = toHomebodyError(thrown, 'profile_unreadable');
    report(error);
    if (error.code !== 'profile_version') return new Journal({ bytes: null, revision: stored.revision }, restore);
    inMemory();
    return new Journal({ bytes: null, revision: 0 }, restore);
  }
}

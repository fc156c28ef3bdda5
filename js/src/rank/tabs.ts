/** Lock around making and destroying the vault. Saving needs none: it compares and swaps in one transaction. */
const LOCK = 'homebody';

/** Runs `work` while no other tab of this origin does; where locks are missing the fence alone has to do. */
export function alone<T>(work: () => Promise<T>): Promise<T> {
  const { locks } = navigator as { locks?: LockManager };
  return locks ? (locks.request(LOCK, work) as Promise<T>) : work();
}

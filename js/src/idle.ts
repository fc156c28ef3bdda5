/** Runs `work` when the page has nothing better to do, at the latest after `timeoutMs`. */
export function whenIdle(work: () => void, timeoutMs: number): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(work, { timeout: timeoutMs });
  else setTimeout(work, 1); // Safari has no idle callback; a task of its own at least does not delay this one.
}

/** Resolves in idle time after the page's own loading, so that its first paint is not delayed. */
export function afterLoad(): Promise<void> {
  return new Promise((resolve) => {
    const idle = () => whenIdle(resolve, 500);
    if (document.readyState === 'complete') idle();
    else addEventListener('load', idle, { once: true });
  });
}

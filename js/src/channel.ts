/** What tabs of one origin tell each other. */
export type TabMessage =
  // The choice travels along: what one process stores, another may read only a moment later.
  | { type: 'consent'; choice: string | null }
  | { type: 'erased'; epoch: number; choice: string | null }
  | { type: 'profile-saved'; revision: number }
  | { type: 'neutral'; on: boolean };

/** Line to the other tabs. */
export interface Channel {
  post(message: TabMessage): void;
}

/** Opens the line; silent where there is none. */
export function openChannel(listener: (message: TabMessage) => void): Channel {
  if (typeof BroadcastChannel !== 'function') return { post: () => undefined };
  const channel = new BroadcastChannel('homebody');
  channel.onmessage = (event: MessageEvent<TabMessage>) => listener(event.data);
  (channel as { unref?: () => void }).unref?.(); // Node: a channel alone is no reason to stay alive.
  return { post: (message) => channel.postMessage(message) };
}

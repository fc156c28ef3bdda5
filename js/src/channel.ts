/** What tabs of one origin tell each other. */
export type TabMessage =
  // The choice travels along: what one process stores, another may read only a moment later.
  | { type: 'consent'; choice: string | null }
  | { type: 'erased'; epoch: number }
  | { type: 'profile-saved'; revision: number }
  | { type: 'neutral'; on: boolean };

/** Line to the other tabs. */
export interface Channel {
  post(message: TabMessage): void;
}

const NAME = 'homebody';

/** Opens the line; silent where there is none. A page in the back/forward cache hangs up: one message would throw it out. */
export function openChannel(listener: (message: TabMessage) => void): Channel {
  if (typeof BroadcastChannel !== 'function') return { post: () => undefined };
  let channel: BroadcastChannel | undefined;
  const open = (): void => {
    channel = new BroadcastChannel(NAME);
    channel.onmessage = (event: MessageEvent<TabMessage>) => listener(event.data);
    (channel as { unref?: () => void }).unref?.(); // Node: a channel alone is no reason to stay alive.
  };
  open();
  if (typeof document === 'object') {
    addEventListener('pagehide', () => (channel = channel?.close() as undefined));
    addEventListener('pageshow', ({ persisted }) => persisted && open());
  }
  return {
    post(message) {
      const line = channel ?? new BroadcastChannel(NAME); // What is saved on leaving is still told.
      line.postMessage(message);
      if (!channel) line.close();
    },
  };
}

import { createContext, createElement, type ReactElement, type ReactNode, useContext, useEffect, useState } from 'react';
import { startOnce } from '../binding.js';
import type { Personalizer, PersonalizeOptions } from '../types.js';

/** What `HomebodyProvider` is given. */
export interface HomebodyProviderProps {
  /** For `personalize()`; those of the first render count. */
  options: PersonalizeOptions;
  children?: ReactNode;
}

const Page = createContext<Personalizer | null>(null);

/**
 * Starts `personalize()` once for the page, in the browser and never on a server, and gives it to every hook below. The
 * children render at once, on the server and before it has started. Options no page can work with are told to `onError`,
 * else reported like an uncaught error; the children stay in everybody's order.
 *
 * @example
 * import { Gate, HomebodyProvider, useRanked } from 'homebody/react';
 *
 * const options = { server: 'https://reco.shop.example', key: 'fNk2…', consentConfig: 'server' };
 *
 * function Shelf() {
 *   const ranked = useRanked('home', { limit: 20 });
 *   return <ul>{ranked.map(({ id, item }) => <li key={id}>{String(item.title)}</li>)}</ul>;
 * }
 *
 * export function App() {
 *   return (
 *     <HomebodyProvider options={options}>
 *       <Shelf />
 *       <Gate purpose="analytics"><Counter /></Gate>
 *     </HomebodyProvider>
 *   );
 * }
 */
export function HomebodyProvider({ options, children }: HomebodyProviderProps): ReactElement {
  const [me, setMe] = useState<Personalizer | null>(null);
  useEffect(() => {
    void startOnce(options).then(setMe);
  }, []);
  return createElement(Page.Provider, { value: me }, children);
}

/** The page's `Personalizer`; null on a server, until it has started, and without a `HomebodyProvider` above. */
export function useHomebody(): Personalizer | null {
  return useContext(Page);
}

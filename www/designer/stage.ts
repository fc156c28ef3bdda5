import type { ConsentConfig } from '../../js/dist/generated/ConsentConfig.js';
import type { Finding } from '../../js/dist/notice/inspect.js';
import { byId, make } from './dom.js';
import type { Sight, Wish } from './messages.js';
import { languagesOf, mainLanguage, nameOf } from './words.js';

/** Sizes of the visitors' screens, in CSS pixels. */
const SCREENS = { desktop: [1280, 800], phone: [390, 760] } as const;
/** Regions of different laws; those that the configuration names come on top. */
const REGIONS: Readonly<Record<string, string>> = {
  FR: 'France (EU)', CH: 'Switzerland', GB: 'United Kingdom', 'US-CA': 'California', BR: 'Brazil', JP: 'Japan', '': 'Not known',
};

/** The preview: a frame in which the real surfaces stand, and the switches around it. */
export class Stage {
  readonly #frame = byId<HTMLIFrameElement>('frame');
  readonly #box = byId('screen');
  readonly #region = byId<HTMLSelectElement>('region');
  readonly #language = byId<HTMLSelectElement>('language');
  readonly #seen: (findings: readonly Finding[]) => void;
  #config: ConsentConfig | undefined;
  #isReady = false;

  constructor(seen: (findings: readonly Finding[]) => void) {
    this.#seen = seen;
    window.addEventListener('message', (event) => this.#hear(event));
    byId('switches').addEventListener('change', () => this.#ask());
    new ResizeObserver(() => this.#fit()).observe(this.#box);
    byId<HTMLInputElement>(matchMedia('(prefers-color-scheme: dark)').matches ? 'scheme-dark' : 'scheme-light').checked = true;
    byId<HTMLInputElement>(matchMedia('(max-width: 44rem)').matches ? 'screen-phone' : 'screen-desktop').checked = true;
    this.#frame.src = 'preview.html';
  }

  /** Shows a configuration that a page would take. */
  show(config: ConsentConfig): void {
    this.#config = config;
    offer(this.#language, Object.fromEntries(languagesOf(config).map((tag) => [tag, nameOf(tag)])), mainLanguage(config));
    offer(this.#region, { ...REGIONS, ...ownRegions(config) }, 'FR');
    this.#ask();
  }

  /** Says that the form has something that no page would take, so that the preview is of before. */
  setStale(isStale: boolean): void {
    byId('stale').hidden = !isStale;
  }

  #ask(): void {
    this.#fit();
    const { contentWindow } = this.#frame;
    if (!this.#isReady || !this.#config || !contentWindow) return;
    const wish: Wish = {
      kind: 'show',
      config: this.#config,
      region: this.#region.value,
      language: this.#language.value,
      scheme: chosen('scheme') as Wish['scheme'],
      gpc: byId<HTMLInputElement>('gpc').checked,
      surface: chosen('surface') as Wish['surface'],
    };
    contentWindow.postMessage(wish, location.origin);
  }

  #hear({ source, origin, data }: MessageEvent): void {
    if (source !== this.#frame.contentWindow || origin !== location.origin) return;
    const sight = data as Sight;
    if (sight.kind === 'ready') {
      this.#isReady = true;
      return this.#ask();
    }
    this.#seen(sight.findings);
    byId('answers').textContent = told(sight, chosen('surface'));
  }

  /** The frame is as wide as the visitor's screen, and drawn as large as there is room. */
  #fit(): void {
    const [width, height] = SCREENS[chosen('screen') as keyof typeof SCREENS];
    const scale = Math.min(1, this.#box.clientWidth / width, this.#box.clientHeight / height);
    const { style } = this.#frame;
    style.inlineSize = `${width}px`;
    style.blockSize = `${height}px`;
    style.transform = `translateX(-50%) scale(${scale})`;
    this.#frame.dataset['screen'] = chosen('screen');
  }
}

function told({ isThere, answers }: Extract<Sight, { kind: 'shown' }>, surface: string): string {
  const said = answers.join(', ') || 'nothing is asked for here';
  return `${isThere ? '' : `No ${surface} on the page. `}Where it stands: ${said}.`;
}

function chosen(name: string): string {
  return document.querySelector<HTMLInputElement>(`input[name=${name}]:checked`)?.value ?? '';
}

function ownRegions({ regions = [] }: ConsentConfig): Record<string, string> {
  const codes = regions.flatMap(({ match }) => match).filter((code) => /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/.test(code) && code !== 'EU');
  const names = new Intl.DisplayNames(['en'], { type: 'region' });
  return Object.fromEntries(codes.filter((code) => !(code in REGIONS)).map((code) => [code, code.length === 2 ? (names.of(code) ?? code) : code]));
}

/** Fills a list and keeps what was chosen, where it is still there. */
function offer(list: HTMLSelectElement, options: Readonly<Record<string, string>>, first: string): void {
  const now = list.options.length > 0 && list.value in options ? list.value : first;
  const wanted = JSON.stringify(options);
  if (list.dataset['offered'] === wanted) return;
  list.dataset['offered'] = wanted;
  list.replaceChildren(...Object.entries(options).map(([value, text]) => make('option', { value }, text)));
  list.value = now;
}

import type { Finding } from '../../js/dist/notice/inspect.js';
import { byId, make } from './dom.js';
import { idOf } from './field.js';
import type { ConfigFinding } from './findings.js';
import { shown } from './schema.js';

/** Shows what was found, in the list and at the fields it is about. */
export class Report {
  readonly #lead: (finding: ConfigFinding) => void;
  #found: readonly ConfigFinding[] = [];
  #seen: readonly Finding[] = [];

  /** `lead` brings the visitor to what a finding is about. */
  constructor(lead: (finding: ConfigFinding) => void) {
    this.#lead = lead;
    // Fields that come later are marked, too.
    document.addEventListener('filled', () => this.#mark());
  }

  /** What the configuration itself is found to do. */
  tell(found: readonly ConfigFinding[]): void {
    this.#found = found;
    this.#list();
    this.#mark();
  }

  /** What was measured in the preview. */
  measured(seen: readonly Finding[]): void {
    this.#seen = seen;
    this.#list();
  }

  #list(): void {
    const ofForm = this.#found.map((finding) => {
      const line = make('button', { type: 'button', class: 'finding' }, make('code', {}, shown(finding.path) || 'the file'), ` ${finding.message} `, make('span', { class: 'code' }, finding.code));
      line.addEventListener('click', () => this.#lead(finding));
      return make('li', {}, line);
    });
    const ofPreview = this.#seen.map(({ code, target, message }) =>
      make('li', { class: 'finding' }, make('code', {}, `preview: ${target}`), ` ${message} `, make('span', { class: 'code' }, code)));
    byId('findings').replaceChildren(...ofForm, ...ofPreview);
    const count = ofForm.length + ofPreview.length;
    const title = byId('findings-title');
    const text = count === 0 ? 'Nothing found' : `${count} ${count > 1 ? 'findings' : 'finding'}`;
    // Read out when it changes, and only then.
    if (title.textContent !== text) title.textContent = text;
    byId('report').dataset['state'] = count === 0 ? 'good' : 'bad';
  }

  #mark(): void {
    for (const field of document.querySelectorAll<HTMLElement>('#section [data-path]')) {
      const path = field.dataset['path'] ?? '';
      const about = this.#found.filter((finding) => shown(finding.path) === path || (shown(finding.path).startsWith(`${path}[`) && isList(field)));
      const wrong = document.getElementById(`f-${path}-wrong`);
      if (wrong) {
        wrong.hidden = about.length === 0;
        wrong.textContent = about.map(({ message }) => message).join('; ');
      }
      const control = document.getElementById(`f-${path}`);
      if (control?.matches('input, textarea, select')) control.setAttribute('aria-invalid', String(about.length > 0));
    }
  }
}

/** Moves the focus to the field of a path, or the nearest around it. */
export function focusField(path: ConfigFinding['path']): boolean {
  for (let length = path.length; length > 0; length -= 1) {
    const control = document.getElementById(idOf(path.slice(0, length)));
    if (!control) continue;
    control.closest('details')?.setAttribute('open', '');
    control.scrollIntoView({ block: 'center' });
    control.focus({ preventScroll: true });
    return true;
  }
  return false;
}

/** A field of names takes what is found about each of them. */
function isList(field: HTMLElement): boolean {
  return field.querySelector('input[type=text]') !== null;
}

import { changeOf, tellChange } from './changes.js';
import { byId } from './dom.js';
import { Draft } from './draft.js';
import { download, readConfig } from './file.js';
import { type ConfigFinding, findingsOf, refusalOf } from './findings.js';
import { focusField, Report } from './report.js';
import { ASKING } from './sections/asking.js';
import { LOOK } from './sections/look.js';
import { PURPOSES } from './sections/purposes.js';
import { REGIONS } from './sections/regions.js';
import { TEXTS, writeIn } from './sections/texts.js';
import { WHO } from './sections/who.js';
import { Stage } from './stage.js';
import { START } from './start.js';
import { Tabs } from './tabs.js';

/** Typing is followed by the preview at this distance. */
const SETTLED_MS = 150;

const draft = new Draft(START);
const tabs = new Tabs(draft, [WHO, PURPOSES, REGIONS, ASKING, LOOK, TEXTS]);
const report = new Report(lead);
const stage = new Stage((seen) => report.measured(seen));
const chooser = byId<HTMLInputElement>('chooser');
const save = byId<HTMLButtonElement>('download');

/** The file that was opened, if one was; without one there is nobody who answered. */
let opened = { name: '', config: START };
let saved = START;
let settling = 0;

draft.listen(check);
byId('open').addEventListener('click', () => chooser.click());
chooser.addEventListener('change', () => void open());
save.addEventListener('click', keep);
window.addEventListener('beforeunload', (event) => {
  if (draft.config !== saved) event.preventDefault();
});
check();

/** Looks at the configuration anew: the fields at once, the preview when the typing pauses. */
function check(): void {
  const { config } = draft;
  const refusal = refusalOf(config);
  const found = findingsOf(config);
  report.tell(found);
  tabs.count(found.map(({ path }) => String(path[0] ?? 'version')));
  byId('changes').textContent = opened.name ? tellChange(changeOf(opened.config, config)) : 'A new file: nobody has answered it yet.';
  byId('changes').dataset['again'] = String(!!opened.name && changeOf(opened.config, config).again.length > 0);
  stage.setStale(refusal !== undefined);
  save.disabled = refusal !== undefined;
  byId('file').textContent = nameOfFile();
  clearTimeout(settling);
  if (!refusal) settling = window.setTimeout(() => stage.show(config), SETTLED_MS);
}

async function open(): Promise<void> {
  const [file] = chooser.files ?? [];
  chooser.value = '';
  if (!file) return;
  try {
    const config = await readConfig(file);
    opened = { name: file.name, config };
    saved = config;
    draft.replace(config);
    tabs.redraw();
    say(`${file.name} is open.`);
  } catch (thrown) {
    say(`Not opened: ${(thrown as Error).message}`, true);
  }
}

function keep(): void {
  saved = draft.config;
  download(draft.config, nameOfFile());
  say(`${nameOfFile()} is downloaded. It reaches visitors when somebody runs the two commands below.`);
}

function nameOfFile(): string {
  return opened.name || `${draft.config.id || 'consent'}.json`;
}

/** Shows the section with what a finding is about, and moves the focus there. */
function lead({ path }: ConfigFinding): void {
  const [part = 'version', language] = path;
  if (part === 'texts' && language !== undefined) writeIn(String(language));
  const section = tabs.sectionOf(String(part));
  if (!section) return;
  tabs.show(section);
  // The words of a language may still be on their way.
  if (!focusField(path) || part === 'texts') document.addEventListener('filled', () => focusField(path), { once: true });
}

function say(text: string, isTrouble = false): void {
  const line = byId('said');
  line.textContent = text;
  line.classList.toggle('bad', isTrouble);
}

import { kit } from '../notice/banner.js';
import { kit as dialog } from '../notice/preferences.js';

/** What the panel's looks have of their own: a drawer, and lists. */
export const PANEL_CSS = `${kit.BASE_CSS}${dialog.DIALOG_CSS}\
:host{--danger:var(--hb-danger,light-dark(#a11919,#ff9b94))}\
dialog{position:fixed;inset-block:0;margin:0;margin-inline-start:auto;inline-size:min(30em,100%);block-size:100dvh;max-block-size:none;border-block:0;border-inline-end:0;border-radius:0}\
h2{font-family:var(--hb-display-font,inherit)}\
h3{margin:0 0 .5em;font-size:1em}\
h4{margin:1.25em 0 .25em;font-size:.875em;color:var(--soft);font-weight:600}\
.lead,.live{padding-inline:1.6em;margin:0 0 .5em}\
.body p,.live p{margin:0 0 .5em}\
.body:focus-visible{outline-offset:-3px}\
section{border-block-start:1px solid var(--line);padding-block:1.25em}\
label{padding-block:.375em}\
label p,.note p{margin:0!important}\
.plain{border:1px solid var(--soft)}\
.danger{border:1px solid;color:var(--danger);font-weight:600}\
.confirm .danger{background:var(--danger);color:var(--bg)}\
@media(hover:hover){.plain:hover,.danger:hover{background:var(--raised)}.confirm .danger:hover{background:var(--danger)}}\
.quiet{padding-inline:.75em}\
ul{list-style:none;margin:0;padding:0}\
li{display:flex;align-items:center;gap:.75em;padding-block:.25em;font-size:1em}\
li+li{border-block-start:1px solid color-mix(in srgb,var(--line) 55%,transparent)}\
.what{flex:1;min-inline-size:0;display:grid;gap:.1em}\
.when{color:var(--soft);font-size:.875em}\
.track{display:block;block-size:6px;border-radius:3px;background:var(--raised);overflow:hidden;margin-block:.3em}\
.bar{display:block;block-size:100%;border-radius:inherit;background:var(--accent)}\
.is-muted .bar{background:var(--soft)}\
.buttons{display:flex;flex-wrap:wrap;gap:.75em;margin-block:.75em}\
.confirm{border:1px solid var(--danger);border-radius:var(--radius);padding:1em}\
.confirm .buttons{margin-block-end:0}\
@media(max-width:34em){dialog{inset-block:auto 0;block-size:92dvh;border-radius:18px 18px 0 0}.lead,.live{padding-inline:1em}}\
@media(forced-colors:active){.confirm .danger{background:ButtonFace;color:ButtonText}.track{border:1px solid CanvasText}.bar{background:Highlight;forced-color-adjust:none}}\
`;

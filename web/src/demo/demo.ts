/**
 * The component in several themes and sizes, live on one event (`/demo?event=ABCDEF`). All of them show one session: a viewer is in an
 * event once, and the newest of several would send the others away.
 */
import '@crowdcue/client/element';
import { connect } from '@crowdcue/client';
import type { CrowdcueGame } from '@crowdcue/client/element';
import { html, LitElement, type TemplateResult } from 'lit';
import { controls } from '../shared/controls.js';
import { mark } from '../shared/icons.js';
import { siteOrigin, siteUrl } from '../shared/site.js';
import { demoStyles } from './demo-styles.js';
import { sharedSession } from './shared-session.js';

interface Show {
  readonly title: string;
  readonly about: string;
  /** Class of the frame that it stands in. */
  readonly place: string;
  readonly lang?: string;
  readonly theme?: 'light' | 'dark';
}

const SHOWS: readonly Show[] = [
  { title: 'As it comes', about: 'Follows the system, in the event’s own colour.', place: 'column' },
  { title: 'Always dark', about: 'theme="dark"', place: 'column', theme: 'dark' },
  { title: 'A brand’s own', about: 'Colours, type and corners that the page sets.', place: 'column brand', theme: 'dark' },
  { title: '320 pixels', about: 'The narrowest phone.', place: 'narrow', theme: 'light' },
  { title: 'From right to left', about: 'lang="ar"', place: 'narrow', lang: 'ar' },
  { title: 'In a corner of a video', about: 'What is not needed to play goes.', place: 'video', theme: 'dark' },
];

export class DemoPage extends LitElement {
  static override styles = [controls, demoStyles];
  readonly #event = new URLSearchParams(location.search).get('event') ?? '';
  readonly #open = sharedSession(connect);

  override render(): TemplateResult {
    return html`<header><span class="brand-mark">${mark} Crowdcue</span><h1>Themes and sizes</h1></header>
      <main>${this.#event === '' ? this.#ask() : SHOWS.map((show) => this.#show(show))}</main>`;
  }

  #ask(): TemplateResult {
    return html`<form method="get" action=${siteUrl('demo')}><label class="field">Event, by its id or six letters<input name="event" required autocomplete="off"></label><button class="primary">Show</button></form>`;
  }

  #show({ title, about, place, lang, theme }: Show): TemplateResult {
    const game = document.createElement('crowdcue-game') as CrowdcueGame;
    game.open = this.#open;
    game.origin = siteOrigin();
    game.event = this.#event;
    if (lang !== undefined) game.lang = lang;
    if (theme !== undefined) game.setAttribute('theme', theme);
    return html`<section class=${place.split(' ')[0]!}><h2>${title}</h2><p>${about}</p><div class="place ${place}">${game}</div></section>`;
  }
}

customElements.define('cc-demo', DemoPage);

import { css, html, nothing, type TemplateResult } from 'lit';
import { icons } from '../shared/icons.js';
import './invite-link.js';
import { dropDesk, keepDesk, keptDesks } from './session-store.js';
import { textField, unplaced, type FieldWords } from './setup-fields.js';
import { SetupPanel } from './setup-panel.js';
import { ROLE_TEXT } from './team-panel.js';
import type { Workplace } from './workplaces.js';

/** Where this browser works: go there, forget it here; for the installation's host, make another workspace and invite its host. */
export class WorkspacesPanel extends SetupPanel {
  static override properties = { name: { state: true }, link: { state: true } };
  private declare name: string;
  private declare link: { readonly name: string; readonly url: string } | undefined;

  static override styles = [...SetupPanel.styles, css`
    li { display: flex; flex-wrap: wrap; align-items: center; gap: var(--cc-space-2); padding: var(--cc-space-2) 0; border-top: 1px solid var(--cc-line); }
    li > span { flex: 1 1 9em; min-width: 0; overflow-wrap: anywhere; }
    li b, li small { display: block; }
  `];

  protected override readonly words: FieldWords = { name: 'Give a name of 60 letters at most.', not_found: 'This workspace has no host of its own.' };

  protected override reset(): void {
    this.name = '';
    this.link = undefined;
  }

  /** Workspaces belong to no event: they are made also when this one is over. */
  protected override get locked(): boolean {
    return !this.desk.mayOwn;
  }

  override render() {
    const { me, places, mayOwn } = this.desk;
    const owner = me?.workspace.id === 'own' && mayOwn;
    return html`<div class="stack"><ul>${places.map((place) => this.#row(place, owner))}</ul>
      ${this.link === undefined ? nothing : html`<cc-invite-link .name=${this.link.name} .url=${this.link.url}></cc-invite-link>`}
      ${unplaced(this.problem, ['name'])}
      ${owner ? html`<form class="stack" novalidate @submit=${this.#create}><fieldset ?disabled=${this.busy}>
          ${textField({ label: 'New workspace', name: 'workspace-name', path: 'name', value: this.name, most: 80, placeholder: 'Whose shows?', hint: 'It has a host, a team, events and a log of its own.', problem: this.problem, input: (value) => { this.name = value; } })}
          <div class="buttons"><button data-test="create-workspace">${icons.plus} Make it</button></div></fieldset></form>`
        : html`<p class="muted small">Open a host link of another workspace here, and it is added.</p>`}</div>`;
  }

  #row(place: Workplace, owner: boolean): TemplateResult {
    const { id, name, role, session } = place;
    const here = id === this.desk.me?.workspace.id;
    return html`<li data-test="workplace"><span><b>${name}</b><small class="muted">${ROLE_TEXT[role].name}${here ? ' · on the desk' : ''}</small></span>
      ${here ? nothing : html`<button class="small" ?disabled=${this.busy} @click=${() => this.desk.enter(place)} aria-label="Go there: ${name}" data-test="enter">Go there</button>`}
      ${owner && id !== 'own' ? html`<button class="small" ?disabled=${this.busy} @click=${() => this.#invite(place)} aria-label="Link for the host of ${name}" data-test="host-link">${icons.link} Link</button>` : nothing}
      ${here || session === undefined ? nothing : html`<button class="small" ?disabled=${this.busy} @click=${() => this.#forget(place)} aria-label="Forget ${name} in this browser" data-test="forget">Forget</button>`}</li>`;
  }

  readonly #create = async (e: Event): Promise<void> => {
    e.preventDefault();
    const { api, lookAround } = this.desk;
    const name = this.name.trim();
    if (!(await this.run(async () => { this.link = { name, url: (await api.createWorkspace(name)).url }; }))) return;
    this.name = '';
    lookAround();
  };

  #invite({ id, name }: Workplace): void {
    void this.run(async () => { this.link = { name, url: (await this.desk.api.workspaceLink(id)).url }; });
  }

  /** Of this browser alone; the session stands until it is over, and comes back by Undo. */
  #forget({ name, session }: Workplace): void {
    const kept = keptDesks().find((each) => each.session === session);
    if (kept === undefined) return;
    const { lookAround } = this.desk;
    dropDesk(kept.session);
    lookAround();
    this.done(`${name} is forgotten in this browser. To come back you need a link.`, async () => {
      keepDesk(kept);
      lookAround();
    });
  }
}

customElements.define('cc-workspaces', WorkspacesPanel);

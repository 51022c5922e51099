import type { HostRole, MemberView } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { asApiError, type ApiError } from '../shared/api.js';
import { controls } from '../shared/controls.js';
import { explain } from '../shared/explain.js';
import { icons } from '../shared/icons.js';
import type { HostApi } from './host-api.js';
import './invite-link.js';

export type GuestRole = Exclude<HostRole, 'host'>;

/** What a role is called, and what it may do in one line. */
export const ROLE_TEXT: Readonly<Record<HostRole, { readonly name: string; readonly may: string }>> = {
  host: { name: 'Host', may: 'everything' },
  'co-host': { name: 'Co-host', may: 'cues, stops and settles rounds, and looks after names' },
  moderator: { name: 'Moderator', may: 'looks after names: ban, hold, approve, decide' },
};

const GUEST_ROLES: readonly GuestRole[] = ['moderator', 'co-host'];

const REFRESH_MS = 5_000; // people come and go slower than names

/** Who works on the show: invitations, roles, and the way out. Raises `ask-revoke` with a `MemberView`. */
export class TeamPanel extends LitElement {
  static override properties = { api: { attribute: false }, members: { state: true }, link: { state: true }, error: { state: true }, busy: { state: true } };
  declare api: HostApi;
  private declare members: readonly MemberView[] | undefined;
  /** The newest link, and whose it is. */
  private declare link: { readonly name: string; readonly url: string } | undefined;
  private declare error: ApiError | undefined;
  private declare busy: boolean;
  #timer: ReturnType<typeof setInterval> | undefined;

  static override styles = [controls, css`
    :host { display: block; }
    li { display: grid; grid-template-columns: minmax(0, 1fr) auto auto; align-items: center; gap: var(--cc-space-1) var(--cc-space-2); padding: var(--cc-space-2) 0; border-top: 1px solid var(--cc-line); }
    .who b { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: var(--cc-size-2); }
    li select { width: auto; min-height: 32px; font-size: var(--cc-size-2); grid-column: 1 / -1; }
    form { display: grid; gap: var(--cc-space-2); margin-top: var(--cc-space-3); padding-top: var(--cc-space-3); border-top: 1px solid var(--cc-line); }
    form button { justify-self: start; }
    .problem { color: var(--cc-bad); }
    @media (pointer: coarse) { li select { min-height: 44px; } }
  `];

  constructor() {
    super();
    this.busy = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.refresh();
    this.#timer = setInterval(() => void this.#look(), REFRESH_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  /** Somebody opens a link, or another host's desk changes a role: what fails here shows at the next command. */
  async #look(): Promise<void> {
    if (this.busy || this.renderRoot.querySelector('li select:focus') !== null) return;
    this.members = await this.api.members().catch(() => this.members);
  }

  /** Asks again. */
  refresh(): Promise<void> {
    return this.#run(async () => undefined);
  }

  /** Does something, says what went wrong, and shows who is there then. */
  async #run(command: () => Promise<unknown>): Promise<void> {
    this.busy = true;
    try {
      await command();
      this.members = await this.api.members();
      this.error = undefined;
    } catch (thrown) {
      this.error = asApiError(thrown);
    } finally {
      this.busy = false;
    }
  }

  override render() {
    return html`<section class="card" aria-label="Team">
      <div class="card-head"><h2 class="caps">Team</h2></div>
      ${this.#list()}
      ${this.error === undefined ? nothing : html`<p class="problem small" role="alert">${explain(this.error)} <span class="code">${this.error.code}</span></p>`}
      ${this.#newest()}
      <form @submit=${this.#invite}>
        <label class="field">Name<input name="member" required maxlength="60" autocomplete="off" placeholder="Who is it for?"></label>
        <label class="field">Role<select name="role" data-test="role">${GUEST_ROLES.map((role) => html`<option value=${role}>${ROLE_TEXT[role].name}</option>`)}</select></label>
        <p class="muted small">${GUEST_ROLES.map((role, i) => html`${i > 0 ? html`<br>` : nothing}${ROLE_TEXT[role].name}: ${ROLE_TEXT[role].may}.`)}</p>
        <button ?disabled=${this.busy} data-test="invite">${icons.plus} Invite</button>
      </form></section>`;
  }

  #list(): TemplateResult {
    if (this.members === undefined) return html`<p class="muted small">Loading …</p>`;
    if (this.members.length === 0) return html`<p class="muted small">Only you. Invite somebody to cue with you, or to look after names.</p>`;
    return html`<ul>${this.members.map((member) => this.#row(member))}</ul>`;
  }

  #row(member: MemberView): TemplateResult {
    const { name, role, joined } = member;
    return html`<li data-test="member"><div class="who"><b>${name}</b><span class="muted small">${ROLE_TEXT[role].name} · ${joined ? 'joined' : 'invited'}</span></div>
      ${role === 'host' ? nothing : html`<button class="small" ?disabled=${this.busy} @click=${() => this.#linkFor(member)} aria-label="New link for ${name}">${icons.link} Link</button>
        <button class="small danger" ?disabled=${this.busy} @click=${() => this.dispatchEvent(new CustomEvent('ask-revoke', { detail: member }))} aria-label="Revoke ${name}" data-test="revoke">Revoke</button>
        <select aria-label="Role of ${name}" ?disabled=${this.busy} @change=${(e: Event) => this.#run(() => this.api.setRole(member.id, (e.target as HTMLSelectElement).value as GuestRole))}>
          ${GUEST_ROLES.map((each) => html`<option value=${each} ?selected=${each === role}>${ROLE_TEXT[each].name}</option>`)}</select>`}</li>`;
  }

  #newest(): TemplateResult | typeof nothing {
    if (this.link === undefined) return nothing;
    return html`<cc-invite-link .name=${this.link.name} .url=${this.link.url}></cc-invite-link>`;
  }

  #show(name: string, url: string): void {
    this.link = { name, url };
  }

  #linkFor({ id, name }: MemberView): void {
    void this.#run(async () => this.#show(name, (await this.api.memberLink(id)).url));
  }

  #invite(e: SubmitEvent): void {
    e.preventDefault();
    const form = e.target as HTMLFormElement;
    const data = new FormData(form);
    const name = String(data.get('member')).trim();
    void this.#run(async () => {
      const { url } = await this.api.invite(name, data.get('role') as GuestRole);
      this.#show(name, url);
      form.reset();
    });
  }
}

customElements.define('cc-team', TeamPanel);

/**
 * What the host commands from the desk. Every command has an answer on the screen: what changed shows by itself, what failed is a toast with
 * its code, what cannot be undone is asked first, and what can be undone says how.
 */
import type { HostViewer, MemberView } from '@crowdcue/protocol';
import { asApiError } from '../shared/api.js';
import { explain } from '../shared/explain.js';
import type { Achievement } from './achievements.js';
import type { DeskStore } from './desk-store.js';
import type { ConfirmDialog, Question } from './dialogs.js';
import type { EventDialog } from './event-dialog.js';
import type { KeyKind } from './host-api.js';
import type { CueDraft } from './host-drafts.js';
import type { PlanCommand } from './plan-panel.js';
import type { StreamCard } from './stream-card.js';
import type { TeamPanel } from './team-panel.js';
import { type Toast, type Toasts, UNDO_MS } from './toasts.js';
import type { ViewersPanel } from './viewers-panel.js';

/** What commands need of the desk. */
export interface DeskPort {
  readonly store: DeskStore;
  part<T extends Element>(tag: string): T | null;
  /** A command runs: no other is given meanwhile. */
  busy(on: boolean): void;
}

export class DeskCommands {
  constructor(private readonly desk: DeskPort) {}

  readonly ask = async (question: Question): Promise<boolean> => (await this.desk.part<ConfirmDialog>('cc-confirm')?.ask(question)) ?? false;

  readonly tell = (toast: Toast): void => this.desk.part<Toasts>('cc-toasts')?.show(toast);

  /** Runs a command; a failure is said, with its code. Resolves whether it worked. */
  async run(command: () => Promise<unknown>): Promise<boolean> {
    this.desk.busy(true);
    try {
      await command();
      return true;
    } catch (thrown) {
      const error = asApiError(thrown);
      this.tell({ text: explain(error), tone: 'bad', code: error.code });
      return false;
    } finally {
      this.desk.busy(false);
    }
  }

  cue(draft: CueDraft): void {
    void this.run(() => this.desk.store.cue(draft));
  }

  /** Resolves whether it worked. */
  async plan(command: PlanCommand): Promise<boolean> {
    const worked = await this.run(() => this.desk.store.plan(command));
    if (worked && 'remove' in command) {
      const undo = (): void => void this.run(() => this.desk.store.plan({ cue: command.cue, verb: 'undo' }));
      this.tell({ text: `${command.title} is taken out of the plan.`, tone: 'info', ms: UNDO_MS, action: this.#undo(undo) });
    }
    return worked;
  }

  async stop(): Promise<void> {
    const phase = this.desk.store.overview?.phase;
    if ((phase !== 'armed' && phase !== 'live') || !this.desk.store.may('show')) return;
    const yes = await this.ask({ title: 'Stop the round now?', text: 'It ends for everybody with the result as it stands. This cannot be undone.', yes: 'Stop round' });
    if (yes) await this.run(() => this.desk.store.stop());
  }

  async settle({ outcome, name }: { readonly outcome: number; readonly name: string }): Promise<void> {
    const yes = await this.ask({ title: `“${name}” it was?`, text: 'All stakes go to those who bet on it. This cannot be undone.', yes: 'Settle' });
    if (yes) await this.run(() => this.desk.store.settle(outcome));
  }

  newEvent(): void {
    this.desk.part<EventDialog>('cc-event-dialog')?.openEvent((draft) => this.desk.store.create(draft), () => this.desk.store.api.templates());
  }

  addDrop(unlockedBy?: Achievement): void {
    this.desk.part<EventDialog>('cc-event-dialog')?.openDrop((draft) => this.desk.store.addDrop(draft), unlockedBy);
  }

  async revokeKey(kind: KeyKind): Promise<void> {
    const text = kind === 'overlay' ? 'Overlays that are open go blank at once, and need the new address.' : 'Whoever sends captions needs the new key.';
    const yes = await this.ask({ title: kind === 'overlay' ? 'Replace the overlay’s address?' : 'Replace the caption key?', text, yes: 'Replace' });
    if (!yes || !(await this.run(() => this.desk.store.revokeKey(kind)))) return;
    await this.desk.part<StreamCard>('cc-stream-card')?.refresh();
    this.tell({ text: kind === 'overlay' ? 'The overlay has a new address.' : 'There is a new caption key.', tone: 'info' });
  }

  async offAir(): Promise<void> {
    const yes = await this.ask({ title: 'Take the event off the air?', text: 'The round on air is gone, without winners. Viewers see that the show is back soon, and nobody new comes in, until you put it back.', yes: 'Off air' });
    if (yes) await this.run(() => this.desk.store.air('off'));
  }

  async onAir(): Promise<void> {
    await this.run(() => this.desk.store.air('on'));
  }

  async end(): Promise<void> {
    const yes = await this.ask({ title: 'End the event for good?', text: 'Everybody is sent away, and nobody comes in any more. This cannot be undone.', yes: 'End event' });
    if (yes) await this.run(() => this.desk.store.air('end'));
  }

  /** Goes back to the event that it was done to: on another one it would hit what has the same name there. */
  #undo(run: () => void): NonNullable<Toast['action']> {
    const { eventId } = this.desk.store;
    return {
      label: 'Undo', run: () => {
        const { store } = this.desk;
        if (eventId !== undefined && store.eventId !== eventId) store.show(eventId);
        run();
      },
    };
  }

  async revoke({ id, name }: MemberView): Promise<void> {
    const yes = await this.ask({ title: `Revoke ${name}?`, text: 'They are signed out at once, on every device. To come back they need a new invitation.', yes: 'Revoke' });
    if (!yes || !(await this.run(() => this.desk.store.revoke(id)))) return;
    await this.desk.part<TeamPanel>('cc-team')?.refresh();
  }

  async hold(viewer: HostViewer, held: boolean): Promise<void> {
    if (!(await this.run(() => this.desk.store.hold(viewer.viewer, held)))) return;
    this.desk.part<ViewersPanel>('cc-viewers')?.refresh();
    this.tell({
      text: held ? `Others see a placeholder instead of ${viewer.name}.` : `${viewer.name} is shown again.`, tone: 'info', ms: UNDO_MS, action: this.#undo(() => void this.hold(viewer, !held)),
    });
  }

  async ban(viewer: HostViewer): Promise<void> {
    const yes = await this.ask({ title: `Ban ${viewer.name}?`, text: 'The viewer is sent away at once, on every device, and cannot come back into this event.', yes: 'Ban viewer' });
    if (!yes || !(await this.run(() => this.desk.store.ban(viewer.viewer)))) return;
    this.desk.part<ViewersPanel>('cc-viewers')?.refresh();
    this.tell({ text: `${viewer.name} is banned.`, tone: 'info', ms: UNDO_MS, action: this.#undo(() => void this.unban(viewer)) });
  }

  async unban(viewer: HostViewer): Promise<void> {
    if (!(await this.run(() => this.desk.store.unban(viewer.viewer)))) return;
    this.desk.part<ViewersPanel>('cc-viewers')?.refresh();
    this.tell({ text: `${viewer.name} may come back.`, tone: 'info' });
  }
}

/**
 * What a game's view is: a Lit element that shows one round and says what the viewer taps. It gets everything by `sight`, keeps
 * nothing that matters, and knows neither session nor network; whoever holds it counts, sends and confirms.
 */
import { css, LitElement, nothing, type PropertyValues } from 'lit';
import type { MeView } from '@crowdcue/protocol';
import type { BoardSight, GameText, GameTexts } from './text.js';

/** Everything that a view shows. A new object with each change. */
export interface RoundSight extends BoardSight {
  readonly round: number;
  /** Whether the round takes actions now. */
  readonly open: boolean;
  /** The viewer's standing in this round, once it is known. */
  readonly me: MeView | undefined;
  /** The choice that this viewer has made in this round. */
  readonly chosen: number | undefined;
  /** Taps of the viewer that no room has settled yet. */
  readonly pending: number;
  readonly text: GameText;
  readonly language: string;
}

/** A view's module: `define()` makes the element `tag` known, which is a {@link GameView}. The game's words come with it. */
export interface ViewModule {
  readonly tag: string;
  readonly texts: GameTexts;
  define(): void;
}

/** A tap on choice number `choice`; `counted` taps may travel together as one action, any other takes `value` along. Stays inside the component. */
export class TapEvent extends Event {
  static readonly type = 'crowdcue-tap';
  constructor(readonly choice: number, readonly counted: boolean, readonly value: number) {
    super(TapEvent.type, { bubbles: true, composed: true });
  }
}

/** Base of all views. */
export abstract class GameView extends LitElement {
  static override properties = { sight: { attribute: false } };
  declare sight: RoundSight | undefined;
  /** Whether every tap counts (its game's `maxValue` is above 0), or one action is all there is. */
  abstract readonly counted: boolean;

  /** Which choice a key taps; `undefined` for keys that are not the game's. */
  abstract choiceOfKey(key: string): number | undefined;

  /** The `value` of an action that is not a count of taps. */
  protected get value(): number {
    return 0;
  }

  /** What the outcome shows of the round, besides words; a template, nothing by default. */
  recap(): unknown {
    return nothing;
  }

  protected override willUpdate(_changed: PropertyValues<this>): void {
    this.dir = this.sight?.text.dir ?? 'ltr'; // the words' direction, whichever the page has
  }

  /** Shows and tells a tap. `at` is where on the pad, for the ripple. */
  tap(choice: number, at?: PointerEvent): void {
    this.dispatchEvent(new TapEvent(choice, this.counted, this.value));
    const pad = this.renderRoot.querySelector<HTMLElement>(`[data-choice="${choice}"]`);
    if (pad !== null) ripple(pad, at);
  }

  /** Pointer down, not click: a tap counts when the finger lands. */
  protected readonly onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    this.tap(choiceOfPad(event), event);
  };

  /** A click without a pointer is an assistive technology's: keys are taken (and stopped) by the component. */
  protected readonly onClick = (event: MouseEvent): void => {
    if (event.detail === 0 && !(event instanceof PointerEvent && event.pointerType !== '')) this.tap(choiceOfPad(event));
  };
}

const choiceOfPad = (event: Event): number => Number((event.currentTarget as HTMLElement).dataset['choice']);

/** Styles that pads of all games share: thumb-sized, no double-tap zoom, no selection, pressed in the same frame. */
export const padStyles = css`
  :host { display: flex; flex-direction: column; min-block-size: 0; gap: var(--cc-space-4); }
  * { box-sizing: border-box; }
  .pad {
    position: relative; overflow: hidden; display: grid; place-content: center; justify-items: center; gap: var(--cc-space-1); flex: 1;
    min-block-size: 6.5rem; padding: var(--cc-space-4); border: 0; border-radius: var(--cc-radius-l);
    font: inherit; font-weight: var(--cc-weight-loud); letter-spacing: var(--cc-tracking-loud); line-height: 1; cursor: pointer;
    touch-action: none; user-select: none; -webkit-user-select: none; -webkit-tap-highlight-color: transparent; -webkit-touch-callout: none;
    transition: transform var(--cc-time-1) var(--cc-ease), background-color var(--cc-time-1);
  }
  .pad:active, .pad.hit { transform: scale(.975); }
  .pad:focus-visible { outline: 3px solid var(--cc-focus); outline-offset: 3px; }
  .pad[aria-disabled='true'] { cursor: default; }
  .ring {
    position: absolute; inline-size: 9rem; block-size: 9rem; margin: -4.5rem; border-radius: 50%; pointer-events: none;
    background: currentColor; opacity: 0;
  }
`;

/** A ring spreads from where the pad was hit; nothing under `prefers-reduced-motion`. */
export const ripple = (pad: HTMLElement, at?: PointerEvent): void => {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const box = pad.getBoundingClientRect();
  const ring = document.createElement('span');
  ring.className = 'ring';
  ring.style.left = `${at === undefined ? box.width / 2 : at.clientX - box.left}px`;
  ring.style.top = `${at === undefined ? box.height / 2 : at.clientY - box.top}px`;
  pad.append(ring);
  const spread = ring.animate([{ transform: 'scale(.2)', opacity: .35 }, { transform: 'scale(1.6)', opacity: 0 }], { duration: 420, easing: 'ease-out' });
  spread.onfinish = () => ring.remove();
  pad.animate([{ transform: 'scale(.97)' }, { transform: 'none' }], { duration: 140, easing: 'ease-out' });
};

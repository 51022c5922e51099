import type { GameView } from '@crowdcue/games/views';

const EDITABLE = 'input, textarea, select, [contenteditable]:not([contenteditable=false])';

/** Whether this key is meant for the game: nothing else on the page is being used, and no shortcut is pressed. */
const isForGame = (event: KeyboardEvent, element: HTMLElement, view: GameView): boolean => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  const path = event.composedPath();
  const target = path[0];
  if (!(target instanceof Element) || target.matches(EDITABLE)) return false;
  // Within the element only the pads give their keys away: the space bar on a button is that button's.
  if (path.includes(element)) return path.includes(view) || target === element;
  return target === document.body || target === document.documentElement;
};

/**
 * Listens to the page's keyboard while the element is connected, so that a viewer need not focus it first. `view` gives the view
 * that takes keys now. Returns how to stop.
 */
export const listenToKeys = (element: HTMLElement, view: () => GameView | undefined): (() => void) => {
  const stop = new AbortController();
  const onKey = (event: KeyboardEvent): void => {
    const present = view();
    if (present === undefined || !isForGame(event, element, present)) return;
    const choice = present.choiceOfKey(event.key);
    if (choice === undefined) return;
    event.preventDefault(); // neither scrolls the page nor clicks the pad a second time
    if (event.type === 'keydown' && !event.repeat) present.tap(choice);
  };
  document.addEventListener('keydown', onKey, { signal: stop.signal });
  document.addEventListener('keyup', onKey, { signal: stop.signal });
  return () => stop.abort();
};

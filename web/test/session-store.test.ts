import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chooseWorkspace, chosenDesk, dropDesk, keepDesk, keptDesks, keyIn, type KeptDesk } from '../src/host/session-store.js';

/** What a browser gives a page to keep things in. */
const storage = () => {
  const kept = new Map<string, string>();
  return { kept, getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value), removeItem: (key: string) => void kept.delete(key) };
};

const LATER = Number.MAX_SAFE_INTEGER;
const KEY = 'crowdcue.host:/live/';
const desk = (session: string, workspace?: string, more: Partial<KeptDesk> = {}): KeptDesk =>
  ({ session, expiresAt: LATER, ...(workspace === undefined ? {} : { workspace: { id: workspace, name: workspace }, person: { id: 'p', name: 'P', role: 'host' } }), ...more });
const sessions = (): string[] => keptDesks().map(({ session }) => session);

describe('the sessions that a browser keeps', () => {
  let local: ReturnType<typeof storage>;
  beforeEach(() => {
    local = storage();
    vi.stubGlobal('localStorage', local);
    vi.stubGlobal('sessionStorage', storage());
    vi.stubGlobal('document', { baseURI: 'https://play.example/live/' });
  });
  afterEach(() => vi.unstubAllGlobals());

  it('[WSP21] are one a workspace, the newest first; a link that was opened last decides as whom', () => {
    keepDesk(desk('a'));
    keepDesk(desk('a', 'own'));
    keepDesk(desk('b'));
    expect(sessions()).toEqual(['b', 'a']);
    keepDesk(desk('b', 'studio'));
    expect(sessions()).toEqual(['b', 'a']);
    keepDesk(desk('c'));
    keepDesk(desk('c', 'own'));
    expect(sessions()).toEqual(['c', 'b']);
    dropDesk('b');
    expect(sessions()).toEqual(['c']);
    for (let i = 0; i < 40; i++) keepDesk(desk(`s${i}`));
    expect(sessions()).toHaveLength(16);
  });

  it('[WSP21] are chosen by the tab, by the latest choice of any tab, or by what there is', () => {
    for (const id of ['own', 'studio', 'club']) keepDesk(desk(id, id));
    expect(chosenDesk()?.session).toBe('club');
    chooseWorkspace('own');
    expect(chosenDesk()?.session).toBe('own');
    const here = globalThis.sessionStorage;
    vi.stubGlobal('sessionStorage', storage()); // another tab
    expect(chosenDesk()?.session).toBe('own');
    chooseWorkspace('studio');
    expect(chosenDesk()?.session).toBe('studio');
    vi.stubGlobal('sessionStorage', here);
    expect(chosenDesk()?.session).toBe('own');
    dropDesk('own');
    expect(chosenDesk()?.session).toBe('studio');
  });

  it('[WSP21] are nothing but sessions: one of an older console is taken, what is over, broken or something else is not', () => {
    local.setItem(KEY, JSON.stringify({ session: 'old', expiresAt: LATER }));
    expect(sessions()).toEqual(['old']);
    const junk = [null, 7, 'h1', {}, { session: 5, expiresAt: LATER }, { session: 'x' }, { session: 'over', expiresAt: 1_000 }, desk('x', undefined, { workspace: { id: 1, name: 'y' } as never }), desk('x', undefined, { person: { id: 'p' } as never })];
    local.setItem(KEY, JSON.stringify([...junk, desk('good', 'own')]));
    expect(sessions()).toEqual(['good']);
    for (const text of ['', '{', '[[', 'null', '3', '"x"', '{"session":{}}']) {
      local.setItem(KEY, text);
      expect([text, sessions(), chosenDesk()]).toEqual([text, [], undefined]);
    }
    vi.stubGlobal('localStorage', { getItem: () => { throw new Error('off'); }, setItem: () => { throw new Error('off'); }, removeItem: () => undefined });
    keepDesk(desk('a'));
    expect([sessions(), chosenDesk()]).toEqual([[], undefined]);
    expect([keyIn('#key=l1.x'), keyIn('#key='), keyIn(''), keyIn('#other=1')]).toEqual(['l1.x', undefined, undefined, undefined]);
  });
});

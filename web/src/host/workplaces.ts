/**
 * Where this browser's person works: a session is of one workspace, so several links that were opened here are several workplaces. The
 * installation's host gets into every workspace besides, by a link that it makes for itself and opens at once.
 */
import type { HostRole } from '@crowdcue/protocol';
import { asApiError } from '../shared/api.js';
import { HostApi } from './host-api.js';
import { dropDesk, keepDesk, keptDesks, keyIn, type KeptDesk } from './session-store.js';

export interface Workplace {
  readonly id: string;
  readonly name: string;
  readonly role: HostRole;
  /** The session that is kept for it. */
  readonly session?: string;
  /** The session of the installation's host, where there is none for it yet. */
  readonly via?: string;
}

const byName = (a: Workplace, b: Workplace): number => a.name.localeCompare(b.name) || a.id.localeCompare(b.id);

/** Each once: by its own session, where there is one. */
export const placesOf = (found: readonly Workplace[]): readonly Workplace[] => {
  const best = [...found.filter(({ session }) => session !== undefined), ...found];
  return best.filter(({ id }, i) => best.findIndex((each) => each.id === id) === i).toSorted(byName);
};

/** What a kept session gets into; one that is over is forgotten, one that cannot be asked now stands as it was. */
const placesBy = async (desk: KeptDesk): Promise<readonly Workplace[]> => {
  try {
    const [own, ...others] = await new HostApi(desk.session).workspaces();
    if (own === undefined) return [];
    return [{ ...own, session: desk.session }, ...others.map((each) => ({ ...each, via: desk.session }))];
  } catch (thrown) {
    if (asApiError(thrown).code === 'host_forbidden') dropDesk(desk.session);
    else if (desk.workspace !== undefined && desk.person !== undefined) return [{ ...desk.workspace, role: desk.person.role, session: desk.session }];
    return [];
  }
};

/** Asks for all of them. */
export const workplaces = async (): Promise<readonly Workplace[]> => placesOf((await Promise.all(keptDesks().map(placesBy))).flat());

/** A session for one of them, which the origin takes: the kept one, or a new one. Throws `ApiError`. */
export const sessionFor = async ({ id, session, via }: Workplace): Promise<KeptDesk> => {
  if (session !== undefined) {
    await new HostApi(session).me();
    return keptDesks().find((each) => each.session === session) ?? { session, expiresAt: Infinity };
  }
  const { url } = await new HostApi(via ?? '').workspaceLink(id);
  const traded = await HostApi.trade(keyIn(new URL(url).hash) ?? '');
  keepDesk(traded);
  return traded;
};

/** The one after the present one, round and round. */
export const placeAfter = (places: readonly Workplace[], id: string | undefined): Workplace | undefined =>
  places.length < 2 ? undefined : places[(places.findIndex((each) => each.id === id) + 1) % places.length];

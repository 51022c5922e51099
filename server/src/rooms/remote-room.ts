/** A room that another process holds, as if it were here. Both ends of a call stand in this file; between them go plain values. */
import { CrowdcueError, ERRORS, type CaptionLine, type ErrorCode, type FallbackView, type HostViewer } from '@crowdcue/protocol';
import type { AirState, NameRow } from './inputs.js';
import type { CaptionAnswer, CueAnswer, CueRequest, FlashAnswer, PackagerOffset, RoomControl, RoomOverview } from './room-control.js';

/** What one process asks of a room in another. */
export type RoomRequest =
  | { readonly ask: 'cue'; readonly request: CueRequest }
  | { readonly ask: 'stop' }
  | { readonly ask: 'settle'; readonly outcome: number }
  | { readonly ask: 'ban'; readonly viewer: number; readonly banned: boolean }
  | { readonly ask: 'captions'; readonly lines: readonly CaptionLine[] }
  | { readonly ask: 'dismiss'; readonly version: number }
  | { readonly ask: 'flash'; readonly on: boolean }
  | { readonly ask: 'packager'; readonly packager: PackagerOffset }
  | { readonly ask: 'hold'; readonly viewer: number; readonly held: boolean }
  | { readonly ask: 'fallback'; readonly view: FallbackView | null }
  | { readonly ask: 'rename'; readonly rows: readonly NameRow[] }
  | { readonly ask: 'air'; readonly to: AirState }
  | { readonly ask: 'overview' }
  | { readonly ask: 'viewers'; readonly query: string; readonly limit: number };

/** A refusal is an answer: so its code survives whatever carries it. */
export type RoomReply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: ErrorCode; readonly detail?: string };

/** Carries a request to whoever holds the room; throws when nobody answers. */
export type CallRoom = (eventId: string, request: RoomRequest) => Promise<RoomReply>;

const perform = (room: RoomControl, request: RoomRequest): Promise<unknown> => {
  switch (request.ask) {
    case 'cue': return room.cue(request.request);
    case 'stop': return room.stop();
    case 'settle': return room.settle(request.outcome);
    case 'ban': return room.ban(request.viewer, request.banned);
    case 'captions': return room.captions(request.lines);
    case 'dismiss': return room.dismiss(request.version);
    case 'flash': return room.flash(request.on);
    case 'packager': return room.packager(request.packager);
    case 'hold': return room.hold(request.viewer, request.held);
    case 'fallback': return room.fallback(request.view);
    case 'rename': return room.rename(request.rows);
    case 'air': return room.air(request.to);
    case 'overview': return room.overview();
    case 'viewers': return room.viewers(request.query, request.limit);
  }
};

/** The holder's end: never throws. `log` is told of what is a fault of ours. */
export const answerRequest = async (room: RoomControl, request: RoomRequest, log: (error: unknown) => void): Promise<RoomReply> => {
  try {
    return { ok: true, value: (await perform(room, request)) ?? null };
  } catch (error) {
    if (error instanceof CrowdcueError) {
      const detail = error.message.slice(ERRORS[error.code].message.length + 1);
      return { ok: false, code: error.code, ...(detail === '' ? {} : { detail }) };
    }
    log(error);
    return { ok: false, code: 'internal' };
  }
};

/** The asking end. What nobody answers is `unavailable`: it may be asked again. */
export class RemoteRoom implements RoomControl {
  constructor(private readonly eventId: string, private readonly call: CallRoom) {}

  cue(request: CueRequest): Promise<CueAnswer> {
    return this.#ask<CueAnswer>({ ask: 'cue', request });
  }

  async stop(): Promise<void> {
    await this.#ask({ ask: 'stop' });
  }

  async settle(outcome: number): Promise<void> {
    await this.#ask({ ask: 'settle', outcome });
  }

  async ban(viewer: number, banned: boolean): Promise<void> {
    await this.#ask({ ask: 'ban', viewer, banned });
  }

  captions(lines: readonly CaptionLine[]): Promise<CaptionAnswer> {
    return this.#ask<CaptionAnswer>({ ask: 'captions', lines });
  }

  async dismiss(version: number): Promise<void> {
    await this.#ask({ ask: 'dismiss', version });
  }

  async flash(on: boolean): Promise<FlashAnswer | undefined> {
    return (await this.#ask<FlashAnswer | null>({ ask: 'flash', on })) ?? undefined;
  }

  async packager(packager: PackagerOffset): Promise<void> {
    await this.#ask({ ask: 'packager', packager });
  }

  async hold(viewer: number, held: boolean): Promise<void> {
    await this.#ask({ ask: 'hold', viewer, held });
  }

  async fallback(view: FallbackView | null): Promise<void> {
    await this.#ask({ ask: 'fallback', view });
  }

  rename(rows: readonly NameRow[]): Promise<readonly number[]> {
    return this.#ask<readonly number[]>({ ask: 'rename', rows });
  }

  async air(to: AirState): Promise<void> {
    await this.#ask({ ask: 'air', to });
  }

  overview(): Promise<RoomOverview> {
    return this.#ask<RoomOverview>({ ask: 'overview' });
  }

  viewers(query: string, limit: number): Promise<HostViewer[]> {
    return this.#ask<HostViewer[]>({ ask: 'viewers', query, limit });
  }

  async #ask<T>(request: RoomRequest): Promise<T> {
    const reply = await this.call(this.eventId, request).catch(() => {
      throw new CrowdcueError('unavailable'); // no fault of this process: the room is between two holders, or they cannot hear each other
    });
    if (reply.ok) return reply.value as T;
    throw new CrowdcueError(reply.code, reply.detail);
  }
}

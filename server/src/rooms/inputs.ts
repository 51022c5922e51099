/** What a tick applied, in the order applied: the content of a journal record. Everything that changes a room's state is one of these. */
import { Packr, Unpackr } from 'msgpackr';
import { CrowdcueError, type CaptionLine, type FallbackView } from '@crowdcue/protocol';

export interface DropRow {
  readonly id: string;
  readonly name: string;
  readonly supply: number;
  readonly left: number;
  readonly open: boolean;
  /** Absent in records of the version before. */
  readonly draw?: string;
}

export interface NameRow {
  readonly viewer: number;
  readonly name: string;
}

/** Whether an event is on the air: taken off it for now, put back, or over for good. */
export type AirState = 'on' | 'off' | 'ended';

export type RoomInput =
  | { readonly kind: 'batch'; readonly relayId: string; readonly incarnation: number; readonly bytes: Uint8Array }
  | { readonly kind: 'relay-up'; readonly relayId: string; readonly incarnation: number }
  | { readonly kind: 'relay-lost'; readonly relayId: string; readonly incarnation: number }
  | { readonly kind: 'cue'; readonly game: string; readonly params: Readonly<Record<string, number | string>>; readonly startsAt: number; readonly durationMs: number }
  | { readonly kind: 'stop' }
  | { readonly kind: 'settle'; readonly round: number; readonly outcome: number }
  | { readonly kind: 'ban'; readonly viewer: number; readonly banned: boolean }
  | { readonly kind: 'hold'; readonly viewer: number; readonly held: boolean }
  /** Names that were approved, or the event's own again. */
  | { readonly kind: 'names'; readonly rows: readonly NameRow[] }
  /** What to show when something fails has changed. */
  | { readonly kind: 'fallback'; readonly view: FallbackView | null }
  | { readonly kind: 'air'; readonly to: AirState }
  | { readonly kind: 'drops'; readonly rows: readonly DropRow[] }
  | { readonly kind: 'captions'; readonly lines: readonly CaptionLine[] }
  | { readonly kind: 'dismiss'; readonly version: number }
  /** The first flash of a series, event time, ms; 0 ends the present one. */
  | { readonly kind: 'flash'; readonly from: number }
  /** The packager's clock at event time 0, ms since 1970, and how well that is known, ms. */
  | { readonly kind: 'packager'; readonly epoch: number; readonly error: number };

/** Format of a record; a reader of a later version still reads this one. */
const VERSION = 1;
const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false });

export const encodeInputs = (inputs: readonly RoomInput[]): Uint8Array => packr.pack([VERSION, inputs]);

export const decodeInputs = (bytes: Uint8Array): RoomInput[] => {
  const [version, inputs] = unpackr.unpack(bytes) as [number, RoomInput[]];
  if (version !== VERSION) throw new CrowdcueError('internal', `The journal is of format ${version}.`);
  return inputs;
};

/**
 * Takes the bytes of each patch out of a room without being one of its clients: the room's serializer is given one more recipient that
 * keeps what it is sent. Works on the instance, so the room's class stays as its author wrote it.
 */
import { ClientState, type Client, type Room } from '@colyseus/core';
import { Encoder, type Schema } from '@colyseus/schema';
import { serverError } from '../server-error.js';
import { encodeTombstones } from './keyframe.js';

/** What we use of Colyseus's SchemaSerializer (core 0.18.17). */
interface TappedSerializer {
  id: string;
  encoder?: Encoder & { root: { nextUniqueId: number } };
  hasFilters?: boolean;
  hasUnreliableFields?: boolean;
  applyPatches(clients: Client[], state: unknown, timing?: unknown): boolean;
  getFullState(): Uint8Array;
  handshake?(): Uint8Array | undefined;
}
interface TappedRoom {
  readonly state: Schema;
  _serializer: TappedSerializer;
  _inputController?: unknown;
  setSerializer(serializer: TappedSerializer): void;
}

/** For rooms whose patches go to some of their clients only. */
export interface TapHooks {
  /** Right before a patch is encoded. */
  before(): void;
  /** Who is sent the patch beside the tap. */
  recipients(clients: Client[]): readonly Client[];
}

const EMPTY = new Uint8Array(0);
/** A keyframe above this size makes every encode reallocate (WIRE); rooms with more state are rare and still correct. */
const ENCODER_BUFFER_BYTES = 256 * 1024;

/** Makes room for large keyframes; encoders take the size when they are made, so it must run before a room has state. */
export const widenEncoders = (): void => {
  if (Encoder.BUFFER_SIZE < ENCODER_BUFFER_BYTES) Encoder.BUFFER_SIZE = ENCODER_BUFFER_BYTES;
};

export class PatchTap {
  readonly #room: TappedRoom;
  #captured: Uint8Array = EMPTY;
  readonly #recipient = {
    state: ClientState.JOINED,
    raw: (bytes: Uint8Array) => {
      this.#captured = Uint8Array.from(bytes.subarray(1)); // a view of the encoder's shared buffer, headed by the frame code
    },
  } as unknown as Client;

  constructor(room: Room, private readonly hooks?: TapHooks) {
    this.#room = room as unknown as TappedRoom;
    this.#wrap(this.#room._serializer);
    const setSerializer = this.#room.setSerializer.bind(room);
    this.#room.setSerializer = (serializer) => {
      this.#wrap(serializer);
      setSerializer(serializer);
    };
  }

  #wrap(serializer: TappedSerializer): void {
    if (serializer.id !== 'schema') return; // Colyseus has one serializer of no state for all rooms
    const applyPatches = serializer.applyPatches.bind(serializer);
    serializer.applyPatches = (clients, state, timing) => {
      this.hooks?.before();
      return applyPatches([this.#recipient, ...(this.hooks?.recipients(clients) ?? clients)], state, timing);
    };
  }

  /** Whether the state has changes that no patch has carried. */
  get changed(): boolean {
    return this.#room._serializer.encoder?.hasChanges === true;
  }

  /** Refuses rooms whose state is not the same for everybody, or that have none unless `stateless` will do: `room_unsupported`. */
  assertRelayable(stateless = false): void {
    const known = this.#room._serializer.id === 'schema' || (stateless && this.#room._serializer.id === 'none');
    if (!known || !this.uniform) throw serverError('room_unsupported');
  }

  /** Whether everybody sees the same state; another state may have been set since the room was created. */
  get uniform(): boolean {
    const { _serializer: serializer, _inputController: inputs } = this.#room;
    return serializer.hasFilters !== true && serializer.hasUnreliableFields !== true && inputs === undefined;
  }

  /** Runs `broadcast` (the room's own broadcastPatch) and gives the body of the patch, empty when nothing changed. */
  capture(broadcast: () => void): Uint8Array {
    this.#captured = EMPTY;
    broadcast();
    return this.#captured;
  }

  /** Only right after `capture`: nothing may have changed since. */
  keyframe(): Uint8Array {
    if (this.#room._serializer.id !== 'schema') return EMPTY;
    const full = this.#room._serializer.getFullState();
    const tombstones = encodeTombstones(this.#room.state);
    const body = new Uint8Array(full.length - 1 + tombstones.length);
    body.set(full.subarray(1));
    body.set(tombstones, full.length - 1);
    return body;
  }

  reflection(): Uint8Array {
    return Uint8Array.from(this.#room._serializer.handshake?.() ?? EMPTY);
  }
}

/**
 * Moves the encoder's ids past all that an earlier life of the room can have given out; must run before the state is restored
 * (WIRE, rule 4).
 */
export const liftRefIds = (room: Room, floor: number): void => {
  const { encoder } = (room as unknown as TappedRoom)._serializer;
  if (encoder === undefined) throw serverError('room_unsupported');
  encoder.root.nextUniqueId = floor;
};

/** The next id that the encoder would give; goes into checkpoints. */
export const nextRefId = (room: Room): number => (room as unknown as TappedRoom)._serializer.encoder?.root.nextUniqueId ?? 0;

import type { AskedName } from '@crowdcue/protocol';
import { skeleton } from '../identity/index.js';

/** A wish as it is kept. */
export interface NameRecord extends AskedName {
  readonly event: string;
}

/** The wishes of one event, found by viewer, and approved names by how they are read: a crowd may have thousands. */
export class NameBook {
  readonly #wishes = new Map<number, NameRecord>();
  /** Of an approved name, how it is read → who has it. Two only where two origins approved at the same moment. */
  readonly #owners = new Map<string, Set<number>>();
  #waiting = 0;

  get waiting(): number {
    return this.#waiting;
  }

  all(): NameRecord[] {
    return [...this.#wishes.values()];
  }

  get(viewer: number): NameRecord | undefined {
    return this.#wishes.get(viewer);
  }

  put(wish: NameRecord): void {
    this.remove(wish.viewer);
    this.#wishes.set(wish.viewer, wish);
    if (wish.state === 'waiting') this.#waiting++;
    if (wish.state !== 'approved') return;
    const read = skeleton(wish.name);
    const owners = this.#owners.get(read) ?? new Set<number>();
    this.#owners.set(read, owners.add(wish.viewer));
  }

  remove(viewer: number): void {
    const wish = this.#wishes.get(viewer);
    if (wish === undefined) return;
    this.#wishes.delete(viewer);
    if (wish.state === 'waiting') this.#waiting--;
    if (wish.state !== 'approved') return;
    const read = skeleton(wish.name);
    const owners = this.#owners.get(read);
    owners?.delete(viewer);
    if (owners?.size === 0) this.#owners.delete(read);
  }

  /** Whether somebody else has a name that is read so. */
  isTaken(read: string, viewer: number): boolean {
    return [...this.#owners.get(read) ?? []].some((owner) => owner !== viewer);
  }
}

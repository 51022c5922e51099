import { CrowdcueError } from '@crowdcue/protocol';
import type { RecordTable } from '../store/index.js';

/** Who was removed from which event. The room enforces it on connections; this list does on joins and claims. */
export class BanList {
  readonly #banned: Set<string>;

  constructor(private readonly table: RecordTable<true>) {
    this.#banned = new Set([...table.entries()].map(([key]) => key));
    table.watch((key, banned) => {
      if (banned === undefined) this.#banned.delete(key);
      else this.#banned.add(key);
    });
  }

  async set(event: string, viewer: number, banned: boolean): Promise<void> {
    const key = `${event}|${viewer}`;
    if (banned) this.#banned.add(key);
    else this.#banned.delete(key);
    await (banned ? this.table.put(key, true) : this.table.remove(key));
  }

  has(event: string, viewer: number): boolean {
    return this.#banned.has(`${event}|${viewer}`);
  }

  /** Throws `viewer_banned`. */
  check(event: string, viewer: number): void {
    if (this.has(event, viewer)) throw new CrowdcueError('viewer_banned');
  }
}

import { BlockList, isIP } from 'node:net';

/**
 * Tells the address of a client behind proxies: what a header claims counts only as far as trusted proxies vouch for it. The origin has
 * the same (server/src/http/client-address.ts): the package that both could share knows no platform.
 */
export class ClientAddresses {
  readonly #trusted = new BlockList();

  /** `trusted`: IP addresses and CIDR networks. Throws on one that is neither. */
  constructor(trusted: readonly string[]) {
    for (const entry of trusted) {
      const [address, prefix] = entry.split('/') as [string, string?];
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (prefix === undefined) this.#trusted.addAddress(address, family);
      else this.#trusted.addSubnet(address, Number(prefix), family);
    }
  }

  /** The first address from the right that no trusted proxy has; `forwarded` is the value of X-Forwarded-For. */
  of(remote: string, forwarded: string | undefined): string {
    let address = plain(remote);
    const claimed = forwarded?.split(',') ?? [];
    while (claimed.length > 0 && this.#isTrusted(address)) {
      const next = plain(claimed.pop()!.trim());
      if (isIP(next) === 0) break;
      address = next;
    }
    return address;
  }

  #isTrusted(address: string): boolean {
    return this.#trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
}

/** An IPv4 address that came through an IPv6 socket, as IPv4. */
const plain = (address: string): string => /^(?:::ffff:|0000:0000:0000:0000:0000:ffff:)(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? mapped(address);

/** uWebSockets.js spells such an address in hex: `0000:0000:0000:0000:0000:ffff:7f00:0001`. */
const mapped = (address: string): string => {
  const parts = /^(?:0{1,4}:){5}ffff:([\da-f]{4}):([\da-f]{4})$/i.exec(address);
  if (parts === null) return address;
  const bits = Number.parseInt(parts[1]! + parts[2]!, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join('.');
};

/** What one household or venue has: an IPv4 address, or the first 64 bits of an IPv6 one. */
export const addressGroup = (address: string): string => {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('::') as [string, string?];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...gap, ...right].slice(0, 4).map((part) => part.replace(/^0+(?=.)/, '').toLowerCase()).join(':');
};

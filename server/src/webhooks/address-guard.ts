/**
 * Where messages may be sent: nowhere inside the installation's own network, unless its configuration says so. Names are resolved here, by
 * asking DNS directly: the system's resolver blocks one of few threads that the store needs too. The addresses that were looked at are the
 * ones that the socket connects to, so a name that means something else a moment later gains nothing.
 */
import { Resolver } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { CrowdcueError } from '@crowdcue/protocol';

/** Everything of IPv4 that is not an address of the public internet (IANA's registry of special purposes, and multicast). */
const PRIVATE_4 = [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16',
  '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4',
];
/** All public IPv6 is in here; loopback, link-local, unique local, multicast and every way to write an IPv4 address (mapped, NAT64) are not. */
const PUBLIC_6 = '2000::/3';
/** Of that: protocol assignments with Teredo, documentation, 6to4, documentation again. */
const PRIVATE_6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const DNS_TIMEOUT_MS = 2_000;
const DNS_TRIES = 2;

const listOf = (networks: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(address, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return list;
};

const PRIVATE = { v4: listOf(PRIVATE_4), v6: listOf(PRIVATE_6), public6: listOf([PUBLIC_6]) };

/** Whether an address is one of the public internet. */
export const isPublic = (address: string): boolean => {
  switch (isIP(address)) {
    case 4: return !PRIVATE.v4.check(address);
    case 6: return PRIVATE.public6.check(address, 'ipv6') && !PRIVATE.v6.check(address, 'ipv6');
    default: return false;
  }
};

export type Resolve = (name: string) => Promise<string[]>;

/** Asks DNS for both families; a name with one of them is enough. */
const askDns: Resolve = async (name) => {
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: DNS_TRIES });
  const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  const [first] = answers;
  if (found.length === 0) throw first.status === 'rejected' ? first.reason : new Error(`${name} has no address`);
  return found;
};

export interface AddressGuardOptions {
  /** Addresses and networks that may be sent to though they are not public, and over plain HTTP. */
  readonly allowPrivate: readonly string[];
  readonly resolve?: Resolve;
}

export class AddressGuard {
  readonly #allowed: BlockList;
  readonly #resolve: Resolve;

  constructor({ allowPrivate, resolve }: AddressGuardOptions) {
    this.#allowed = listOf(allowPrivate);
    this.#resolve = resolve ?? askDns;
  }

  /** The address of an endpoint. Throws `webhook_url_refused`. */
  parse(text: string): URL {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) throw refused('It must be an https address.');
    if (`${url.username}${url.password}` !== '') throw refused('It must not carry a name or password.');
    if (url.hash !== '') throw refused('It must not have a part behind #.');
    const literal = literalOf(url);
    if (literal !== undefined) this.#check(url.protocol, literal);
    return url;
  }

  /** The same, and what its name means now, where it means anything. Throws `webhook_url_refused`. */
  async check(text: string): Promise<URL> {
    const url = this.parse(text);
    if (literalOf(url) === undefined) await this.#addresses(url.protocol, url.hostname).catch((error: unknown) => {
      if (error instanceof CrowdcueError) throw error;
      if (url.protocol !== 'https:') throw refused('It must be https.'); // nobody knows whether it is one of those that need not be
      // That it cannot be found may be over when the first message goes.
    });
    return url;
  }

  /** What a socket asks for an address: it gets only those that may be sent to. */
  lookup(protocol: string): LookupFunction {
    const answer = async (hostname: string, all: boolean, done: Parameters<LookupFunction>[2]): Promise<void> => {
      const addresses = await this.#addresses(protocol, hostname).catch((error: NodeJS.ErrnoException) => error);
      if (addresses instanceof Error) return done(addresses, '', 0);
      const found = addresses.map((address) => ({ address, family: isIP(address) }));
      if (all) done(null, found);
      else done(null, found[0]!.address, found[0]!.family);
    };
    return (hostname, { all }, done) => void answer(hostname, all === true, done);
  }

  /** A name that means a forbidden address beside others means to trick somebody: nothing of it is taken. */
  async #addresses(protocol: string, name: string): Promise<string[]> {
    const addresses = /^(.+\.)?localhost\.?$/i.test(name) ? ['127.0.0.1', '::1'].filter((each) => this.#isAllowed(each)) : await this.#resolve(name);
    if (addresses.length === 0) throw refused('It is an address of this machine.');
    for (const address of addresses) this.#check(protocol, address);
    return addresses;
  }

  #check(protocol: string, address: string): void {
    if (this.#isAllowed(address)) return;
    if (!isPublic(address)) throw refused('It is not an address of the public internet.');
    if (protocol !== 'https:') throw refused('It must be https.');
  }

  #isAllowed(address: string): boolean {
    return isIP(address) !== 0 && this.#allowed.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
}

/** The IP address that a URL names, if it names one; `URL` has brought every spelling of IPv4 to one. */
const literalOf = ({ hostname }: URL): string | undefined => {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? undefined : bare;
};

const refused = (why: string): CrowdcueError => new CrowdcueError('webhook_url_refused', why);

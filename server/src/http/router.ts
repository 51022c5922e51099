import { CrowdcueError, type ErrorCode } from '@crowdcue/protocol';
import { z, type ZodType } from 'zod';
import type { Reply } from './reply.js';
import type { Request } from './request.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A request that a route matched, with its checked body and what the guard found out. */
export interface RouteCall<Body = unknown, Who = unknown> extends Request {
  readonly params: Readonly<Record<string, string>>;
  readonly body: Body;
  /** The body's bytes, of a route that takes them raw. */
  readonly raw?: Buffer;
  readonly who: Who;
}

/** One address and method. */
export interface Route<Body = unknown, Who = unknown> {
  readonly method: Method;
  /** Segments; `:name` takes one, a last `*` takes the rest. */
  readonly path: string;
  /** Pages of other origins may call it, or those that the function takes; `credentials` answers as Colyseus does, whose SDK sends them. */
  readonly cors?: 'any' | 'credentials' | ((origin: string) => boolean);
  /** Works before the rooms are open. */
  readonly early?: boolean;
  /** Shape of the JSON body; without it a body is not read. */
  readonly body?: ZodType<Body>;
  /** Bytes of the body; 64 KiB unless said. */
  readonly mostBytes?: number;
  /** The body is read and handed over as it came: its signature is over its bytes, and nobody unsigned should have it parsed. */
  readonly rawBody?: true;
  /** Code of a body of another shape, `bad_request` unless said. */
  readonly badBody?: ErrorCode;
  /** Runs before the body is read: who may not call should not have a body parsed. */
  guard?(request: Request, params: Readonly<Record<string, string>>): Who;
  handle(call: RouteCall<Body, Who>): Reply | Promise<Reply>;
}

/** Gives a route the types of its body and of what its guard finds out. */
export const route = <Body = undefined, Who = undefined>(definition: Route<Body, Who>): Route => definition as Route;

/** A POST that takes nothing: an empty body or an object, which is not looked at. */
export const NO_BODY = z.object({}).optional();

export interface Match {
  readonly route: Route;
  readonly params: Record<string, string>;
}

interface Entry {
  readonly route: Route;
  readonly segments: readonly string[];
}

/** Finds routes. A pattern given earlier wins. */
export class Router {
  readonly #entries: readonly Entry[];

  constructor(routes: readonly Route[]) {
    this.#entries = routes.map((each) => ({ route: each, segments: each.path.split('/') }));
  }

  /** Throws `not_found`, or `method_not_allowed` when the address takes other methods. HEAD is a GET. */
  match(method: string, path: string): Match {
    const found = this.#at(path);
    const wanted = method === 'HEAD' ? 'GET' : method;
    const match = found.find((each) => each.route.method === wanted);
    if (match !== undefined) return match;
    throw new CrowdcueError(found.length === 0 ? 'not_found' : 'method_not_allowed');
  }

  /** The methods that an address takes, and which of them pages of other origins may use. */
  allowed(path: string): { readonly methods: readonly Method[]; readonly open: readonly Method[]; readonly cors: Route['cors'] } {
    const found = this.#at(path).map((each) => each.route);
    const open = found.filter(({ cors }) => cors !== undefined);
    return { methods: found.map(({ method }) => method), open: open.map(({ method }) => method), cors: open[0]?.cors };
  }

  #at(path: string): Match[] {
    const parts = path.split('/');
    return this.#entries.flatMap(({ route: each, segments }) => {
      const params = paramsOf(segments, parts);
      return params === undefined ? [] : [{ route: each, params }];
    });
  }
}

const paramsOf = (segments: readonly string[], parts: readonly string[]): Record<string, string> | undefined => {
  const open = segments.at(-1) === '*';
  if (open ? parts.length < segments.length : parts.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, segment] of segments.entries()) {
    if (segment === '*') {
      params['*'] = parts.slice(i).join('/');
    } else if (segment.startsWith(':')) {
      const value = decoded(parts[i]!);
      if (value === undefined || value === '') return undefined;
      params[segment.slice(1)] = value;
    } else if (segment !== parts[i]) {
      return undefined;
    }
  }
  return params;
};

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // half a percent sign names nothing
  }
};

/** Checks `value` against `shape`; what is wrong comes first with its path: `params.steps: Invalid input`. Throws `code`. */
export const checkShape = <T>(shape: ZodType<T>, value: unknown, code: ErrorCode = 'bad_request'): T => {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new CrowdcueError(code, describeIssue(parsed.error));
};

const describeIssue = (error: z.ZodError): string => {
  const [first] = error.issues;
  const path = first!.path.map(String).join('.');
  return `${path === '' ? 'body' : path}: ${first!.message}`;
};

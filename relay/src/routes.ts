import { CrowdcueError } from '@crowdcue/protocol';
import { Registry } from 'prom-client';
import type { TemplatedApp } from 'uWebSockets.js';
import { Answer, corsHeaders } from './http.js';
import type { Matchmake } from './matchmake.js';

/** What the HTTP routes need. */
export interface RouteDeps {
  readonly matchmake: Pick<Matchmake, 'handle'>;
  /** The text of the metrics. */
  readonly scrape: () => Promise<string>;
  readonly ready: () => boolean;
}

/** `/health`, `/ready`, `/metrics` and Colyseus's matchmaking; everything else is a JSON error. */
export const addRoutes = (app: TemplatedApp, { matchmake, scrape, ready }: RouteDeps): void => {
  app.get('/health', (res) => new Answer(res).json(200, { status: 'ok', process: 'relay' }));
  app.get('/ready', (res) => {
    const answer = new Answer(res);
    if (ready()) answer.json(200, { status: 'ready' });
    else answer.error(new CrowdcueError('unavailable', 'The origin has not taken the registration, or this relay is draining.'));
  });
  app.get('/metrics', (res) => {
    const answer = new Answer(res);
    scrape().then(
      (text) => answer.send(200, Registry.PROMETHEUS_CONTENT_TYPE, text),
      (cause: unknown) => answer.error(new CrowdcueError('internal', undefined, { cause })),
    );
  });
  app.post('/matchmake/:method/:name', (res, req) => matchmake.handle(res, req));
  app.options('/matchmake/:method/:name', (res, req) => new Answer(res).send(204, '', '', corsHeaders(req)));
  for (const path of ['/health', '/ready', '/metrics', '/matchmake/:method/:name']) {
    app.any(path, (res) => new Answer(res).error(new CrowdcueError('method_not_allowed')));
  }
  app.any('/*', (res) => new Answer(res).error(new CrowdcueError('not_found')));
};

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { build } from 'vite';
import { describe, expect, it } from 'vitest';

const SOURCE = fileURLToPath(new URL('../src/', import.meta.url));
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
/** Without comments, which may speak of anything. */
const codeOfFile = (file: string) => readFileSync(SOURCE + file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/ .*$/gm, '');

describe('the package runs anywhere', () => {
  it.each(files)('[PRO20] %s imports its neighbours only and names no platform', (file) => {
    const code = codeOfFile(file);
    for (const [, from] of code.matchAll(/\b(?:from|import|require)\b\s*\(?\s*['"]([^'"]+)['"]/g)) expect(from).toMatch(/^\.\/[a-z-]+\.js$/);
    expect(code).not.toMatch(/\b(?:Buffer|process|globalThis|(?<!-)window|document|navigator|setTimeout|setInterval|fetch|require)\b/);
    expect(code).not.toMatch(/\b(?:Date\.now|new Date|performance\.now|Math\.random|console)\b/);
  });

  it('[PRO20] has no dependency', () => {
    const manifest = JSON.parse(readFileSync(`${SOURCE}../package.json`, 'utf8')) as Record<string, object | undefined>;
    for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies']) expect(manifest[kind] ?? {}).toEqual({});
  });

  it('[PRO20] works where TextEncoder, TextDecoder, atob and btoa are the only globals beside the language', async () => {
    const built = await build({
      root: SOURCE, configFile: false, logLevel: 'silent',
      build: { write: false, minify: false, lib: { entry: `${SOURCE}index.ts`, formats: ['iife'], name: 'protocol' } },
    });
    const [output] = Array.isArray(built) ? built : [built];
    if (output === undefined || !('output' in output)) throw new Error('vite built nothing');
    const bare = createContext({ TextEncoder, TextDecoder, atob, btoa });
    const answer: unknown = runInContext(`${output.output[0].code};
      const p = protocol, bytes = (...b) => new Uint8Array(b), builder = new p.BatchBuilder();
      builder.join({ slot: 1, connection: 1, viewer: 7, sessionId: 's', tier: 'fan', name: 'Zoë', mac: 'm', direct: true });
      builder.action(1, { n: 1, round: 1, choice: 0, value: 3 }, 100, 20);
      const claims = { evt: 'e', sub: 7, tier: 'fan', name: 'Zoë', iat: 1, exp: 9, mac: 'm' };
      let refusal; try { p.decodeAction(bytes(0x28)); } catch (error) { refusal = error.code; }
      JSON.stringify({
        batch: p.decodeBatch(builder.encode(1, 150)).joins[0].name, refusal,
        action: p.decodeAction(p.encodeAction({ n: 1, round: 2, choice: 3, value: 4 })).value,
        welcome: p.decodeWelcome(p.encodeWelcome({ version: 1, relayId: 'é', sessionId: 's', eventTime: 5 })).relayId,
        token: p.verifyToken(p.mintToken(claims, () => 'mac'), () => 'mac', 'e', 2, (a, b) => a === b).name,
        patch: [...p.joinPatches([bytes(1), bytes(2)])],
      })`, bare);
    expect(JSON.parse(answer as string)).toEqual({ batch: 'Zoë', refusal: 'frame_truncated', action: 4, welcome: 'é', token: 'Zoë', patch: [15, 1, 255, 0, 2] });
  });
});

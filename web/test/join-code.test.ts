import { describe, expect, it } from 'vitest';
import { codeOfPath, lettersOf } from '../src/shared/join-code.js';
import { siteOrigin, sitePath, siteUrl } from '../src/shared/site.js';

describe('join codes', () => {
  it.each([
    ['kwtzrb', 'KWTZRB'], [' kwt-zrb ', 'KWTZRB'], ['KWT ZRB extra', 'KWTZRB'], ['kw1', 'KW'], ['', ''],
    ['https://play.example/crowdcue/join/KWTZRB?x=1', 'KWTZRB'], ['play.example/join/kwtzrb', 'KWTZRB'],
  ])('[WEB14] reads %j as %j', (typed, letters) => {
    expect(lettersOf(typed)).toBe(letters);
  });

  it('[WEB14] takes the code of a join address, below a prefix, with a slash at its end, or damaged', () => {
    expect(codeOfPath('/join/KWTZRB')).toBe('KWTZRB');
    expect(codeOfPath('/shows/crowdcue/join/first-show/')).toBe('first-show');
    expect(codeOfPath('/join/%E0%A4%A')).toBe('%E0%A4%A');
    expect(codeOfPath('/')).toBe('');
  });
});

describe('addresses', () => {
  it('[WEB11] are those of the installation, wherever it stands', () => {
    expect(siteUrl('api/games', 'https://play.example/')).toBe('https://play.example/api/games');
    expect([siteOrigin('https://play.example/'), siteOrigin('https://example/shows/crowdcue/')]).toEqual(['https://play.example', 'https://example/shows/crowdcue']);
    expect(siteUrl('api/games', 'https://example/shows/crowdcue/')).toBe('https://example/shows/crowdcue/api/games');
    expect(sitePath('https://example/shows/crowdcue/')).toBe('/shows/crowdcue/');
  });
});

/** The page of a viewer of live-stream.ts: hls.js plays, the component stands beside it, and the picture's own time is read from its bars. */
import { PICTURE } from './live-stream.js';

/** What the page tells of itself. */
export interface Watched {
  /** Event time of the picture when the round opened in the component; 0 before. */
  readonly openedAt: number;
  /** … when the viewer answered. */
  readonly answeredAt: number;
  /** How late the component says that the picture is, and who says so. */
  readonly reading: { readonly rung: string; readonly delay: number; readonly error: number } | null;
  /** How often the picture has stood still. */
  readonly stalls: number;
  /** Frames: program date (ms since 1970) and event time of each, and when it was on screen by the page's clock, ms. */
  readonly frames: readonly { readonly date: number; readonly eventTime: number; readonly shownAt: number }[];
}

/** `elementUrl` is the origin that serves the component; query: `event`, `playlist`, `latency` (s). */
export const streamPage = (elementUrl: string): string => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Stream</title>
<style>body { margin: 0; font-family: system-ui; background: #111; } video { inline-size: 100%; block-size: 64px; } crowdcue-game { block-size: 34rem; }</style>
<video id="show" muted playsinline></video>
<crowdcue-game></crowdcue-game>
<script src="/hls.js"></script>
<script type="module">
import ${JSON.stringify(`${elementUrl}/element.js`)};
const { bars, bar, height, unitMs } = ${JSON.stringify(PICTURE)};
const query = new URLSearchParams(location.search);
const video = document.querySelector('video');
const element = document.querySelector('crowdcue-game');
const watched = (globalThis.watched = { openedAt: 0, answeredAt: 0, stalls: 0, reading: null, frames: [] });
const hls = new Hls({ liveSyncDuration: Number(query.get('latency')), liveMaxLatencyDuration: Number(query.get('latency')) + 3, maxLiveSyncPlaybackRate: 1, backBufferLength: 10 });
hls.loadSource('/' + query.get('playlist'));
hls.attachMedia(video);
hls.on(Hls.Events.MANIFEST_PARSED, () => video.play());
element.origin = ${JSON.stringify(elementUrl)};
element.event = query.get('event');
element.addEventListener('crowdcue-delay', ({ detail }) => (watched.reading = detail));
element.attachPlayer(hls);

const canvas = new OffscreenCanvas(bars * bar, height).getContext('2d', { willReadFrequently: true });
/** Event time of the frame on screen; undefined when its bars do not add up. */
const pictureTime = () => {
  if (video.readyState < 2) return undefined;
  canvas.drawImage(video, 0, 0, bars * bar, height);
  const { data } = canvas.getImageData(0, height / 2, bars * bar, 1);
  const bit = (at) => (data[(at * bar + bar / 2) * 4] > 127 ? 1 : 0);
  let value = 0;
  let sum = 0;
  for (let at = 23; at >= 0; at--) value = value * 2 + bit(at);
  for (let at = 31; at >= 24; at--) sum = sum * 2 + bit(at);
  return (((value & 255) + ((value >> 8) & 255) + (value >> 16)) & 255) === sum ? value * unitMs : undefined;
};
const stage = globalThis.stage = () => element.shadowRoot?.querySelector('[data-stage]')?.dataset.stage;
const look = () => {
  if (watched.openedAt === 0 && stage() === 'live') watched.openedAt = pictureTime() ?? 0;
  if (globalThis.answerAt > 0 && watched.answeredAt === 0 && (pictureTime() ?? 0) >= globalThis.answerAt) {
    const pad = element.shadowRoot.querySelector('.game > *')?.shadowRoot?.querySelector('[data-choice="1"]');
    if (pad) {
      watched.answeredAt = pictureTime();
      pad.click();
    }
  }
  requestAnimationFrame(look);
};
look();
const frame = (_now, { mediaTime, expectedDisplayTime }) => {
  const eventTime = pictureTime();
  const date = hls.playingDate?.getTime() + (mediaTime - video.currentTime) * 1000;
  if (eventTime !== undefined && date > 0) watched.frames = [...watched.frames, { date, eventTime, shownAt: expectedDisplayTime }].slice(-50);
  video.requestVideoFrameCallback(frame);
};
/** To where the player wants to be, as a viewer does by the button LIVE. */
globalThis.rewindToLive = () => {
  watched.frames = [];
  video.currentTime = hls.liveSyncPosition;
};
video.requestVideoFrameCallback(frame);
globalThis.answerAt = 0;
/** The viewer is to answer when the picture comes to that event time; what was seen of an earlier round is forgotten. */
globalThis.play = (at) => {
  Object.assign(watched, { openedAt: 0, answeredAt: 0, stalls: 0 });
  answerAt = at;
};
video.addEventListener('waiting', () => watched.stalls++);
</script>`;

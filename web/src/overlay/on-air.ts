/** Whether the broadcast shows this source now. OBS tells it; elsewhere a page that is looked at counts. */
interface ObsEvent extends Event {
  readonly detail?: { readonly active?: boolean };
}

let active = true;
const heard: (() => void)[] = [];

addEventListener('obsSourceActiveChanged', (event) => {
  active = (event as ObsEvent).detail?.active !== false;
  for (const changed of heard) changed();
});
document.addEventListener('visibilitychange', () => {
  for (const changed of heard) changed();
});

/** Answers, and tells `changed` of later changes. */
export const onAir = (changed?: () => void): boolean => {
  if (changed !== undefined) heard.push(changed);
  return active && document.visibilityState !== 'hidden';
};

/** Least time between two announcements: a screen reader needs about as long to say one. */
const QUIET_MS = 2_500;

/**
 * Says what happens, never faster than it can be heard: of what comes meanwhile the latest is kept. What is urgent (the turn of
 * quickdraw, an outcome) is said at once and puts off everything else.
 */
export class Announcer {
  #waiting: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = '';

  constructor(readonly say: (text: string) => void) {}

  announce(text: string, urgent = false): void {
    if (text === this.#last || text === '') return;
    if (!urgent && this.#timer !== undefined) this.#waiting = text;
    else this.#say(text);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = undefined;
  }

  #say(text: string): void {
    this.stop();
    this.#last = text;
    this.say(text);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const next = this.#waiting;
      this.#waiting = undefined;
      if (next !== undefined) this.announce(next);
    }, QUIET_MS);
  }
}

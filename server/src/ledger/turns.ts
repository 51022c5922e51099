/** Runs work of one name one after the other, in the order it was given; a failure is its own caller's alone. */
export const inTurn = () => {
  const last = new Map<string, Promise<void>>();
  return <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const turn = (last.get(name) ?? Promise.resolve()).then(work);
    const forget = (): void => {
      if (last.get(name) === settled) last.delete(name);
    };
    const settled: Promise<void> = turn.then(forget, forget);
    last.set(name, settled);
    return turn;
  };
};

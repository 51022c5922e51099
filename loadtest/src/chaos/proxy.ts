/** What a chaos run does to a TCP connection between two of our processes, whoever does it. */

/** How a link is. All zero is as if nobody stood in between. */
export interface Conditions {
  /** One way, ms. */
  readonly latencyMs: number;
  /** Up to so much more or less, ms. */
  readonly jitterMs: number;
  /** Share of segments that are lost and come by retransmission; what is behind them waits, as TCP has it. */
  readonly loss: number;
  /** Bytes a second and direction; 0 is no limit. */
  readonly bytesPerSecond: number;
}

export const FAIR: Conditions = { latencyMs: 0, jitterMs: 0, loss: 0, bytesPerSecond: 0 };
/** A bad mobile network: 300 ± 150 ms, 3 % loss, 256 kbit/s. */
export const BAD: Conditions = { latencyMs: 300, jitterMs: 150, loss: 0.03, bytesPerSecond: 32_000 };

/** A TCP proxy on loopback that can be made worse and mended again. */
export interface ChaosProxy {
  readonly port: number;
  /** Applies to open and new connections. */
  set(conditions: Conditions): Promise<void>;
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Swallows what comes, both ways, and tells nobody: connections stay open. */
  halfOpen(): Promise<void>;
  /** Lets connections through again; those that were half-open are broken. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

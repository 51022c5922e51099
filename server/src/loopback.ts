/** Whether a host, as `URL` writes it, is this machine: what must not be said in the open may be said to it. */
export const isLoopback = (hostname: string): boolean => /^(localhost|127(\.\d+){1,3}|\[::1\])$/i.test(hostname);

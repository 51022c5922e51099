/** 128 random bits in hex: what makes a call safe to repeat. Not `randomUUID`, which pages without TLS lack. */
export const newKey = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * What the protocol package needs of a platform and k6 lacks: UTF-8 and base64. Imported before the package, which takes them when it
 * is evaluated. Only what the package uses: no streams, no other encodings.
 */
import encoding from 'k6/encoding';

class Utf8Encoder {
  encode(text: string): Uint8Array {
    const escaped = encodeURIComponent(text);
    const bytes: number[] = [];
    for (let i = 0; i < escaped.length; i++) {
      if (escaped[i] !== '%') {
        bytes.push(escaped.charCodeAt(i));
      } else {
        bytes.push(Number.parseInt(escaped.slice(i + 1, i + 3), 16));
        i += 2;
      }
    }
    return new Uint8Array(bytes);
  }
}

class Utf8Decoder {
  /** Always fatal: a `URIError` comes out where bytes are no UTF-8. */
  decode(bytes: Uint8Array): string {
    let escaped = '';
    for (const byte of bytes) escaped += `%${byte.toString(16).padStart(2, '0')}`;
    return decodeURIComponent(escaped);
  }
}

const latin1 = (text: string): ArrayBuffer => {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes.buffer;
};

const platform = globalThis as Record<string, unknown>;
platform['TextEncoder'] ??= Utf8Encoder;
platform['TextDecoder'] ??= Utf8Decoder;
platform['btoa'] ??= (binary: string) => encoding.b64encode(latin1(binary));
platform['atob'] ??= (text: string) => String.fromCharCode(...new Uint8Array(encoding.b64decode(text)));

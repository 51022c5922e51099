/** A sponsor's picture from a file of the host's, made to fit: the origin takes 48 KiB of letters, and a strip is 36 pixels high. */

/** Letters of a `data:` address that the origin takes (server/src/events/sponsor.ts). */
const LETTERS = 48 * 1024;
const KINDS = /^data:image\/(png|jpeg|webp|gif|avif);base64,/;
/** Three times what the strip shows, in pixels, for dense screens and overlays. */
const WIDE = 264;
const HIGH = 108;
/** Larger files are no logo, and take a phone's memory to read. */
const FILE_BYTES = 20 * 1024 * 1024;

export const dataUrlOf = (blob: Blob): Promise<string> => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(String(reader.result));
  reader.onerror = () => reject(reader.error ?? new Error('not readable'));
  reader.readAsDataURL(blob);
});

const drawn = async (address: string): Promise<HTMLImageElement> => {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
};

/** The picture as a `data:` address that the origin takes. Rejects what is no picture, or too large to be looked at. */
export const fitLogo = async (file: File): Promise<string> => {
  if (file.size > FILE_BYTES) throw new TypeError('This file is too large for a picture.');
  const address = URL.createObjectURL(file);
  try {
    const image = await drawn(address).catch(() => { throw new TypeError('This file is no picture that the browser can read.'); });
    const asItIs = await dataUrlOf(file);
    if (asItIs.length <= LETTERS && KINDS.test(asItIs)) return asItIs;
    return smaller(image);
  } finally {
    URL.revokeObjectURL(address);
  }
};

const smaller = (image: HTMLImageElement): string => {
  const { naturalWidth = WIDE, naturalHeight = HIGH } = image;
  const canvas = document.createElement('canvas');
  for (let share = 1; share > 0.2; share /= 2) {
    const scale = share * Math.min(WIDE / Math.max(naturalWidth, 1), HIGH / Math.max(naturalHeight, 1));
    canvas.width = Math.max(1, Math.round(naturalWidth * scale));
    canvas.height = Math.max(1, Math.round(naturalHeight * scale));
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    const address = canvas.toDataURL('image/webp', 0.9); // a browser that writes no WebP gives PNG
    if (address.length <= LETTERS) return address;
  }
  throw new TypeError('This picture cannot be made small enough.');
};

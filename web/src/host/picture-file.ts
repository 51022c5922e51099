/** A picture of the host's from a file, made to fit: what goes with an event may have so many letters, and is shown small. */

/** Letters of a `data:` address that the origin takes (server/src/events/sponsor.ts). */
const LETTERS = 48 * 1024;
const KINDS = /^data:image\/(png|jpeg|webp|gif|avif);base64,/;
/** Larger files are no such picture, and take a phone's memory to read. */
const FILE_BYTES = 20 * 1024 * 1024;
/** By how much a picture that has too many letters is made smaller at a time, and the least of it. */
const STEP = 0.75;
const LEAST = 0.15;

/** Pixels that are worth sending: two or three times what is shown, for dense screens and overlays. */
export interface PictureSize {
  readonly wide: number;
  readonly high: number;
}

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

/** The picture as a `data:` address that the origin takes; as it is, where it fits. Rejects what is no picture, or too large to be looked at. */
export const fitPicture = async (file: File, size: PictureSize): Promise<string> => {
  if (file.size > FILE_BYTES) throw new TypeError('This file is too large for a picture.');
  const address = URL.createObjectURL(file);
  try {
    const image = await drawn(address).catch(() => { throw new TypeError('This file is no picture that the browser can read.'); });
    const asItIs = await dataUrlOf(file);
    if (asItIs.length <= LETTERS && KINDS.test(asItIs)) return asItIs;
    return smaller(image, size);
  } finally {
    URL.revokeObjectURL(address);
  }
};

const smaller = (image: HTMLImageElement, { wide, high }: PictureSize): string => {
  const { naturalWidth = wide, naturalHeight = high } = image;
  const canvas = document.createElement('canvas');
  for (let share = 1; share > LEAST; share *= STEP) {
    const scale = share * Math.min(wide / Math.max(naturalWidth, 1), high / Math.max(naturalHeight, 1));
    canvas.width = Math.max(1, Math.round(naturalWidth * scale));
    canvas.height = Math.max(1, Math.round(naturalHeight * scale));
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    const address = canvas.toDataURL('image/webp', 0.9); // a browser that writes no WebP gives PNG
    if (address.length <= LETTERS) return address;
  }
  throw new TypeError('This picture cannot be made small enough.');
};

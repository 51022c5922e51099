/** Letters of a picture that goes with an event: what the origin takes. */
const LETTERS = 48 * 1024;

/** A file as a `data:` address, or `undefined` where it is larger than an event takes. */
export const readPicture = (file: File): Promise<string | undefined> =>
  new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(typeof reader.result === 'string' && reader.result.length <= LETTERS ? reader.result : undefined);
    reader.onerror = () => resolve(undefined);
    reader.readAsDataURL(file);
  });

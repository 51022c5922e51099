/** Files that a relay has open beside one a viewer: links, HTTP, log, the runtime's own; and some air. */
const OTHER_FILES = 256;
/** Where the limit is not known or there is none. */
const UNKNOWN = 10_000;

/** Viewers that this process can take, by its limit of open files. */
export const fileCapacity = (): number => {
  const report = process.report.getReport() as unknown as { userLimits?: { open_files?: { soft?: number | string } } };
  const soft = report.userLimits?.open_files?.soft;
  return typeof soft === 'number' && soft > OTHER_FILES ? soft - OTHER_FILES : UNKNOWN;
};

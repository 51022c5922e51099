/** What a process may open where the platform does not say: what most systems give one that asks for more. */
const USUAL = 10_240;

/** How many files this process may have open; Node has raised it to what the system allows. */
export const openFiles = (): number => {
  const report = process.report as typeof process.report & { excludeNetwork?: boolean };
  report.excludeNetwork = true; // nobody needs the names of all interfaces here
  const { userLimits } = report.getReport() as unknown as { userLimits?: { open_files?: { soft?: number | string } } };
  const soft = Number(userLimits?.open_files?.soft);
  return Number.isSafeInteger(soft) && soft > 0 ? soft : USUAL;
};

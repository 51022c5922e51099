/**
 * Counts out of vitest's JSON report. A file that could not be loaded has no tests to count as failed, and an error outside any
 * test fails the run alone: both count as one failure, so that the line never says "0 failed" of a run that failed.
 */
export const summarize = (report, exitCode, failedBefore = 0) => {
  const broken = (report?.testResults ?? []).filter(({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'));
  const passed = report?.numPassedTests ?? 0;
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  let failed = (report?.numFailedTests ?? 0) + broken.length + failedBefore;
  if (failed === 0 && exitCode !== 0) failed = 1;
  const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return { passed, failed, skipped, line, exitCode: failed > 0 || passed === 0 ? 1 : 0 };
};

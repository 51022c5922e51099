import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Where `go install` puts programs, which few have on their PATH. */
const goBin = (): string => join(process.env['GOBIN'] ?? join(process.env['GOPATH'] ?? join(homedir(), 'go'), 'bin'));

/** The path of a program: from `variable` of the environment, the PATH, or Go's folder; undefined when it is nowhere. */
export const findProgram = (name: string, variable: string): string | undefined => {
  const given = process.env[variable];
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), goBin()];
  return [given, ...folders.map((folder) => join(folder, name))].find((path) => path !== undefined && path !== '' && isExecutable(path));
};

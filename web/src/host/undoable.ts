import { asApiError, type ApiError } from '../shared/api.js';
import { UNDO_MS, type Toast } from './toasts.js';

/** Says what was done, and offers to take it back. `wordsOf`: why that failed. */
export const tellDone = ({ tell, refresh }: { tell(toast: Toast): void; refresh(): void }, text: string, undo: (() => Promise<unknown>) | undefined, wordsOf: (error: ApiError) => string): void => {
  if (undo === undefined) return tell({ text, tone: 'info' });
  const back = async (): Promise<void> => {
    try {
      await undo();
      tell({ text: 'Taken back.', tone: 'info' });
    } catch (thrown) {
      const error = asApiError(thrown);
      tell({ text: `It could not be taken back. ${wordsOf(error)}`, tone: 'bad', code: error.code });
    }
    refresh();
  };
  tell({ text, tone: 'info', ms: UNDO_MS, action: { label: 'Undo', run: () => void back() } });
};

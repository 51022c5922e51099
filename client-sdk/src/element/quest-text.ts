import { numberText, type Languages } from '@crowdcue/games/texts';

/** The words of the quest cards. */
export interface QuestText {
  /** Which way these words are written; from left to right where it is not said. */
  readonly dir?: 'rtl';
  readonly quests: (done: number, all: number) => string;
  readonly done: string;
  readonly waits: string;
  readonly wrong: string;
  readonly play: string;
  readonly visit: string;
  readonly unlocks: (names: string) => string;
  readonly close: string;
}

const en: QuestText = {
  quests: (done, all) => `Quests ${numberText(done, 'en')} of ${numberText(all, 'en')}`,
  done: 'Done', waits: 'Kept. It counts when you are online.', wrong: 'Not this one. Try another.', play: 'By playing', visit: 'Have a look',
  unlocks: (names) => `Unlocks ${names}`, close: 'Close',
};
const de: QuestText = {
  quests: (done, all) => `Quests ${numberText(done, 'de')} von ${numberText(all, 'de')}`,
  done: 'Erledigt', waits: 'Gemerkt. Zählt, sobald du online bist.', wrong: 'Das war es nicht. Versuch ein anderes.', play: 'Im Spiel', visit: 'Ansehen',
  unlocks: (names) => `Schaltet frei: ${names}`, close: 'Schließen',
};
const es: QuestText = {
  quests: (done, all) => `Misiones ${numberText(done, 'es')} de ${numberText(all, 'es')}`,
  done: 'Hecho', waits: 'Guardado. Cuenta cuando tengas conexión.', wrong: 'Esa no es. Prueba con otra.', play: 'Jugando', visit: 'Ver',
  unlocks: (names) => `Desbloquea ${names}`, close: 'Cerrar',
};
const ja: QuestText = {
  quests: (done, all) => `クエスト ${numberText(done, 'ja')}/${numberText(all, 'ja')}`,
  done: '完了', waits: '保存しました。オンラインになると反映されます。', wrong: '違います。もう一度どうぞ。', play: 'プレイで達成', visit: '見てみる',
  unlocks: (names) => `解除: ${names}`, close: '閉じる',
};
const ptBr: QuestText = {
  quests: (done, all) => `Missões ${numberText(done, 'pt-BR')} de ${numberText(all, 'pt-BR')}`,
  done: 'Feito', waits: 'Guardado. Conta quando você estiver on-line.', wrong: 'Não é essa. Tente outra.', play: 'Jogando', visit: 'Ver',
  unlocks: (names) => `Libera ${names}`, close: 'Fechar',
};
const ar: QuestText = {
  dir: 'rtl',
  quests: (done, all) => `المهام ${numberText(done, 'ar')} من ${numberText(all, 'ar')}`,
  done: 'تم', waits: 'حُفظت، وستُحتسب عند اتصالك.', wrong: 'ليست هذه. جرّب غيرها.', play: 'باللعب', visit: 'ألقِ نظرة',
  unlocks: (names) => `يفتح ${names}`, close: 'إغلاق',
};

export const questTexts: Languages<QuestText> = { en, de, es, ja, 'pt-br': ptBr, ar };

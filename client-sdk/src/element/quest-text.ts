import type { Languages } from '@crowdcue/games/texts';

/** The words of the quest cards. */
export interface QuestText {
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
  quests: (done, all) => `Quests ${done} of ${all}`,
  done: 'Done', waits: 'Kept. It counts when you are online.', wrong: 'Not this one. Try another.', play: 'By playing', visit: 'Have a look',
  unlocks: (names) => `Unlocks ${names}`, close: 'Close',
};
const de: QuestText = {
  quests: (done, all) => `Quests ${done} von ${all}`,
  done: 'Erledigt', waits: 'Gemerkt. Zählt, sobald du online bist.', wrong: 'Das war es nicht. Versuch ein anderes.', play: 'Im Spiel', visit: 'Ansehen',
  unlocks: (names) => `Schaltet frei: ${names}`, close: 'Schließen',
};
const es: QuestText = {
  quests: (done, all) => `Misiones ${done} de ${all}`,
  done: 'Hecho', waits: 'Guardado. Cuenta cuando tengas conexión.', wrong: 'Esa no es. Prueba con otra.', play: 'Jugando', visit: 'Ver',
  unlocks: (names) => `Desbloquea ${names}`, close: 'Cerrar',
};
const ja: QuestText = {
  quests: (done, all) => `クエスト ${done}/${all}`,
  done: '完了', waits: '保存しました。オンラインになると反映されます。', wrong: '違います。もう一度どうぞ。', play: 'プレイで達成', visit: '見てみる',
  unlocks: (names) => `解除: ${names}`, close: '閉じる',
};
const ptBr: QuestText = {
  quests: (done, all) => `Missões ${done} de ${all}`,
  done: 'Feito', waits: 'Guardado. Conta quando você estiver on-line.', wrong: 'Não é essa. Tente outra.', play: 'Jogando', visit: 'Ver',
  unlocks: (names) => `Libera ${names}`, close: 'Fechar',
};
const ar: QuestText = {
  quests: (done, all) => `المهام ${done} من ${all}`,
  done: 'تم', waits: 'حُفظت، وستُحتسب عند اتصالك.', wrong: 'ليست هذه. جرّب غيرها.', play: 'باللعب', visit: 'ألقِ نظرة',
  unlocks: (names) => `يفتح ${names}`, close: 'إغلاق',
};

export const questTexts: Languages<QuestText> = { en, de, es, ja, 'pt-br': ptBr, ar };

import type { Languages } from '@crowdcue/games/texts';
import type { ErrorCode, NameView } from '@crowdcue/protocol';

/** The words of the sheet in which a viewer asks for a name. */
export interface NameText {
  /** Which way these words are written; from left to right where it is not said. */
  readonly dir?: 'rtl';
  readonly title: string;
  /** On the button that opens it, after the present name. */
  readonly change: string;
  readonly hint: string;
  readonly ask: string;
  readonly giveBack: string;
  readonly close: string;
  readonly states: Readonly<Record<Exclude<NameView['state'], 'none'>, (name: string) => string>>;
  readonly refused: Readonly<Partial<Record<ErrorCode, string>>>;
  readonly failed: string;
}

const en: NameText = {
  title: 'Your name here', change: 'change', hint: '2 to 20 letters or digits. Others see it once the host has approved it.', ask: 'Ask for it', giveBack: 'Take it back', close: 'Close',
  states: { waiting: (name) => `“${name}” waits for the host.`, approved: (name) => `You are ${name}.`, declined: (name) => `The host declined “${name}”.` },
  refused: { name_forbidden: 'This cannot be a name here. Letters and digits of one script, no signs.', name_taken: 'Somebody has this name. Try another.', names_full: 'Many names wait already. Try again later.', too_many_requests: 'You have just asked. Wait a moment.', names_off: 'The host takes no names now.' },
  failed: 'That did not work. Try again.',
};
const de: NameText = {
  title: 'Dein Name hier', change: 'ändern', hint: '2 bis 20 Buchstaben oder Ziffern. Andere sehen ihn, sobald der Host zugestimmt hat.', ask: 'Anfragen', giveBack: 'Zurücknehmen', close: 'Schließen',
  states: { waiting: (name) => `„${name}“ wartet auf den Host.`, approved: (name) => `Du bist ${name}.`, declined: (name) => `Der Host hat „${name}“ abgelehnt.` },
  refused: { name_forbidden: 'Das kann hier kein Name sein. Buchstaben und Ziffern einer Schrift, keine Zeichen.', name_taken: 'Diesen Namen hat schon jemand. Versuch einen anderen.', names_full: 'Es warten schon viele Namen. Versuch es später.', too_many_requests: 'Du hast gerade erst gefragt. Warte kurz.', names_off: 'Der Host nimmt gerade keine Namen an.' },
  failed: 'Das hat nicht geklappt. Versuch es noch einmal.',
};
const es: NameText = {
  title: 'Tu nombre aquí', change: 'cambiar', hint: 'De 2 a 20 letras o cifras. Los demás lo ven cuando el anfitrión lo aprueba.', ask: 'Pedirlo', giveBack: 'Retirarlo', close: 'Cerrar',
  states: { waiting: (name) => `«${name}» espera al anfitrión.`, approved: (name) => `Eres ${name}.`, declined: (name) => `El anfitrión rechazó «${name}».` },
  refused: { name_forbidden: 'Esto no puede ser un nombre aquí. Letras y cifras de un alfabeto, sin signos.', name_taken: 'Alguien ya tiene este nombre. Prueba con otro.', names_full: 'Ya esperan muchos nombres. Prueba más tarde.', too_many_requests: 'Acabas de pedir uno. Espera un momento.', names_off: 'El anfitrión no acepta nombres ahora.' },
  failed: 'No ha funcionado. Inténtalo de nuevo.',
};
const ja: NameText = {
  title: 'ここでの名前', change: '変更', hint: '2～20文字の文字か数字。ホストが承認すると、ほかの人に表示されます。', ask: '申請する', giveBack: '取り下げる', close: '閉じる',
  states: { waiting: (name) => `「${name}」はホストの承認待ちです。`, approved: (name) => `あなたは「${name}」です。`, declined: (name) => `「${name}」は承認されませんでした。` },
  refused: { name_forbidden: 'この名前は使えません。記号なしの文字と数字にしてください。', name_taken: 'この名前はほかの人が使っています。', names_full: '承認待ちの名前が多すぎます。あとでお試しください。', too_many_requests: '申請したばかりです。少しお待ちください。', names_off: 'ホストは今、名前を受け付けていません。' },
  failed: 'うまくいきませんでした。もう一度お試しください。',
};
const ptBr: NameText = {
  title: 'Seu nome aqui', change: 'mudar', hint: 'De 2 a 20 letras ou números. Os outros veem quando o anfitrião aprovar.', ask: 'Pedir', giveBack: 'Desistir', close: 'Fechar',
  states: { waiting: (name) => `“${name}” espera o anfitrião.`, approved: (name) => `Você é ${name}.`, declined: (name) => `O anfitrião recusou “${name}”.` },
  refused: { name_forbidden: 'Isso não pode ser um nome aqui. Letras e números de um alfabeto, sem sinais.', name_taken: 'Alguém já tem esse nome. Tente outro.', names_full: 'Muitos nomes já esperam. Tente mais tarde.', too_many_requests: 'Você acabou de pedir. Espere um momento.', names_off: 'O anfitrião não aceita nomes agora.' },
  failed: 'Não deu certo. Tente de novo.',
};
const ar: NameText = {
  dir: 'rtl', title: 'اسمك هنا', change: 'تغيير', hint: 'من حرفين إلى 20 حرفًا أو رقمًا. يراه الآخرون بعد موافقة المضيف.', ask: 'اطلبه', giveBack: 'تراجع', close: 'إغلاق',
  states: { waiting: (name) => `«${name}» بانتظار المضيف.`, approved: (name) => `أنت ${name}.`, declined: (name) => `رفض المضيف «${name}».` },
  refused: { name_forbidden: 'لا يصلح هذا اسمًا هنا. حروف وأرقام من كتابة واحدة دون رموز.', name_taken: 'هذا الاسم مأخوذ. جرّب غيره.', names_full: 'أسماء كثيرة تنتظر. حاول لاحقًا.', too_many_requests: 'طلبت للتو. انتظر لحظة.', names_off: 'لا يقبل المضيف أسماء الآن.' },
  failed: 'لم ينجح ذلك. حاول مجددًا.',
};

export const nameTexts: Languages<NameText> = { en, de, es, ja, 'pt-br': ptBr, ar };

import { LIFE_MINUTES } from './code-life.js';

/** A mail with a code, without whom it goes to. */
export interface CodeMail {
  readonly subject: string;
  readonly text: string;
}

interface Words {
  subject(code: string, event: string): string;
  /** What the code is for, how long it lasts, and what to do who did not ask. */
  lines(event: string): readonly [what: string, life: string, unasked: string];
}

const WORDS: ReadonlyMap<string, Words> = new Map(Object.entries({
  en: {
    subject: (code, event) => `${code} is your code for ${event}`,
    lines: (event) => [`Type this code where you play “${event}”:`, `It is good for ${LIFE_MINUTES} minutes. Nobody of the show will ever ask you for it.`, 'You did not ask for it? Then somebody mistyped an address; there is nothing to do.'],
  },
  de: {
    subject: (code, event) => `${code} ist dein Code für ${event}`,
    lines: (event) => [`Gib diesen Code dort ein, wo du „${event}“ spielst:`, `Er gilt ${LIFE_MINUTES} Minuten. Niemand von der Show wird dich je danach fragen.`, 'Du hast ihn nicht verlangt? Dann hat sich jemand bei der Adresse vertippt; du musst nichts tun.'],
  },
  es: {
    subject: (code, event) => `${code} es tu código para ${event}`,
    lines: (event) => [`Escribe este código donde juegas a «${event}»:`, `Vale durante ${LIFE_MINUTES} minutos. Nadie del programa te lo pedirá nunca.`, '¿No lo has pedido? Alguien se equivocó de dirección; no tienes que hacer nada.'],
  },
  'pt-br': {
    subject: (code, event) => `${code} é o seu código para ${event}`,
    lines: (event) => [`Digite este código onde você joga “${event}”:`, `Ele vale por ${LIFE_MINUTES} minutos. Ninguém do programa vai pedir este código a você.`, 'Não foi você que pediu? Alguém errou um endereço; não é preciso fazer nada.'],
  },
  ja: {
    subject: (code, event) => `${event} の確認コード: ${code}`,
    lines: (event) => [`「${event}」の画面で、次のコードを入力してください。`, `有効時間は${LIFE_MINUTES}分です。番組の関係者がこのコードを尋ねることはありません。`, 'お心当たりがない場合は、アドレスの入力間違いです。何もする必要はありません。'],
  },
  ar: {
    subject: (code, event) => `رمزك للمشاركة في ${event}:‏ ${code}`,
    lines: (event) => [`اكتب هذا الرمز حيث تلعب في «${event}»:`, `الرمز صالح لمدة ${LIFE_MINUTES} دقائق، ولن يطلبه منك أحد من البرنامج أبدًا.`, 'لم تطلبه؟ أخطأ أحدهم في كتابة عنوانه، ولا يلزمك فعل شيء.'],
  },
} satisfies Record<string, Words>));

/** The languages that there are mails in. */
export const MAIL_LANGUAGES: readonly string[] = [...WORDS.keys()];

/** `language` as a browser says it: a tag, or a list of them. */
const wordsIn = (language: string): Words => {
  for (const tag of language.toLowerCase().split(',').map((part) => part.trim().replace(/;.*$/, ''))) {
    const words = WORDS.get(tag.startsWith('pt') ? 'pt-br' : tag.split('-')[0]!);
    if (words !== undefined) return words;
  }
  return WORDS.get('en')!;
};

/** Plain text, and no link: whoever gets used to links in mails with codes is easily led elsewhere. */
export const codeMail = (code: string, event: string, language: string): CodeMail => {
  const words = wordsIn(language);
  const name = event.replace(/\p{C}+/gu, ' ').trim();
  const [what, life, unasked] = words.lines(name);
  return { subject: words.subject(code, name), text: `${what}\n\n    ${code}\n\n${life}\n${unasked}\n` };
};

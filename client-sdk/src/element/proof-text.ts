import type { Languages } from '@crowdcue/games/texts';

/** The words with which a viewer is asked who they are. */
export interface ProofText {
  /** Why, and what becomes of the address. */
  readonly title: string;
  readonly why: string;
  readonly email: string;
  readonly send: string;
  readonly code: string;
  readonly sent: (email: string) => string;
  readonly confirm: string;
  readonly other: string;
  /** In development alone: no mail was sent. */
  readonly shown: (code: string) => string;
  readonly taken: string;
  readonly takenWhy: string;
  readonly resume: string;
  /** Where nobody can sign in here. */
  readonly twitch: string;
  readonly signIn: SignInText;
  readonly faults: Readonly<Record<ProofFault, string>>;
}

export interface SignInText {
  readonly why: string;
  readonly button: string;
  /** The same, below the form for an address. */
  readonly instead: string;
  readonly away: string;
  readonly digits: string;
  readonly reopen: string;
  readonly back: string;
}

/** What can go wrong, as it is told. `over` is of a mailed code, `expired` of a sign-in. */
export type ProofFault = 'address' | 'wrong' | 'over' | 'expired' | 'slow' | 'off' | 'failed';

const en: ProofText = {
  title: 'One each', why: 'Tell us your e-mail address, so that everybody gets one. It is used for nothing else, and forgotten after the event.',
  email: 'E-mail address', send: 'Mail me a code', code: 'Code', sent: (email) => `We have mailed six digits to ${email}. Look into the junk folder too.`, confirm: 'Confirm', other: 'Another address',
  shown: (code) => `No mail is sent in development. The code is ${code}.`,
  taken: 'It is yours already', takenWhy: 'You have it as another viewer, in another browser or on another device.', resume: 'Go on as that viewer', twitch: 'This one is for viewers on Twitch who share their account with the extension.',
  signIn: {
    why: 'Sign in with Twitch, in a new tab, so that everybody gets one. Your account is used for nothing else.', button: 'Sign in with Twitch', instead: 'Sign in with Twitch instead',
    away: 'Twitch opens in a new tab. When you are signed in, a page there shows six digits. Type them here.', digits: 'Six digits', reopen: 'Open Twitch again', back: 'Back',
  },
  faults: {
    address: 'No mail can go to this address. Is there a typo?', wrong: 'That is not the code. Look again.', over: 'This code is over. Have another one mailed.', expired: 'This sign-in is over. Sign in again.',
    slow: 'That was a bit fast. Wait a moment, then try again.',
    off: 'Codes can’t be mailed here. Ask the host.', failed: 'That didn’t work. Try again.',
  },
};
const de: ProofText = {
  title: 'Eins für jeden', why: 'Sag uns deine E-Mail-Adresse, damit jeder eins bekommt. Sie dient nur dazu und wird nach dem Event vergessen.',
  email: 'E-Mail-Adresse', send: 'Code per Mail', code: 'Code aus der Mail', sent: (email) => `Wir haben sechs Ziffern an ${email} geschickt. Schau auch in den Spam-Ordner.`, confirm: 'Bestätigen', other: 'Andere Adresse',
  shown: (code) => `In der Entwicklung geht keine Mail hinaus. Der Code ist ${code}.`,
  taken: 'Es gehört dir schon', takenWhy: 'Du hast es als anderer Zuschauer, in einem anderen Browser oder auf einem anderen Gerät.', resume: 'Dort weitermachen', twitch: 'Das ist für Zuschauer auf Twitch, die ihr Konto mit der Erweiterung teilen.',
  signIn: {
    why: 'Melde dich in einem neuen Tab bei Twitch an, damit jeder eins bekommt. Dein Konto dient nur dazu.', button: 'Mit Twitch anmelden', instead: 'Stattdessen mit Twitch anmelden',
    away: 'Twitch öffnet sich in einem neuen Tab. Wenn du angemeldet bist, zeigt dort eine Seite sechs Ziffern. Gib sie hier ein.', digits: 'Sechs Ziffern', reopen: 'Twitch noch einmal öffnen', back: 'Zurück',
  },
  faults: {
    address: 'An diese Adresse geht keine Mail. Hast du dich vertippt?', wrong: 'Das ist nicht der Code. Schau noch einmal.', over: 'Dieser Code ist abgelaufen. Lass dir einen neuen schicken.', expired: 'Diese Anmeldung ist abgelaufen. Melde dich noch einmal an.',
    slow: 'Das war etwas schnell. Warte kurz und versuch es noch einmal.',
    off: 'Hier können keine Codes verschickt werden. Frag den Host.', failed: 'Das hat nicht geklappt. Versuch es noch einmal.',
  },
};
const es: ProofText = {
  title: 'Uno por persona', why: 'Dinos tu correo electrónico para que haya para todos. No se usa para nada más y se borra después del evento.',
  email: 'Correo electrónico', send: 'Enviarme un código', code: 'Código', sent: (email) => `Hemos enviado seis cifras a ${email}. Mira también en el correo no deseado.`, confirm: 'Confirmar', other: 'Otra dirección',
  shown: (code) => `En desarrollo no se envía correo. El código es ${code}.`,
  taken: 'Ya es tuyo', takenWhy: 'Lo tienes como otro espectador, en otro navegador o en otro dispositivo.', resume: 'Seguir como ese espectador', twitch: 'Es para quienes están en Twitch y comparten su cuenta con la extensión.',
  signIn: {
    why: 'Inicia sesión con Twitch, en otra pestaña, para que haya para todos. Tu cuenta no se usa para nada más.', button: 'Iniciar sesión con Twitch', instead: 'Prefiero iniciar sesión con Twitch',
    away: 'Twitch se abre en otra pestaña. Cuando inicies sesión, una página mostrará allí seis cifras. Escríbelas aquí.', digits: 'Seis cifras', reopen: 'Abrir Twitch otra vez', back: 'Volver',
  },
  faults: {
    address: 'No se puede enviar correo a esta dirección. ¿Está bien escrita?', wrong: 'Ese no es el código. Míralo otra vez.', over: 'Este código ha caducado. Pide otro.', expired: 'Este inicio de sesión ha caducado. Inicia sesión otra vez.',
    slow: 'Vas un poco rápido. Espera un momento e inténtalo otra vez.',
    off: 'Aquí no se pueden enviar códigos. Pregunta al anfitrión.', failed: 'No ha funcionado. Inténtalo otra vez.',
  },
};
const ja: ProofText = {
  title: 'お一人様1つです', why: '全員に行き渡るよう、メールアドレスを確認します。ほかの目的には使わず、イベント後に削除します。',
  email: 'メールアドレス', send: 'コードをメールで受け取る', code: '確認コード', sent: (email) => `${email} に6桁の数字を送りました。迷惑メールフォルダもご確認ください。`, confirm: '確認する', other: '別のアドレスを使う',
  shown: (code) => `開発環境ではメールを送りません。コードは ${code} です。`,
  taken: 'すでに受け取っています', takenWhy: '別のブラウザか端末で、別の視聴者として受け取っています。', resume: 'その視聴者として続ける', twitch: 'Twitchで拡張機能にアカウントを共有している視聴者が対象です。',
  signIn: {
    why: '全員に行き渡るよう、新しいタブでTwitchにログインしてください。アカウントはほかの目的には使いません。', button: 'Twitchでログイン', instead: '代わりにTwitchでログイン',
    away: '新しいタブでTwitchが開きます。ログインすると6桁の数字が表示されるので、ここに入力してください。', digits: '6桁の数字', reopen: 'Twitchをもう一度開く', back: '戻る',
  },
  faults: {
    address: 'このアドレスには送れません。入力をご確認ください。', wrong: 'コードが違います。もう一度ご確認ください。', over: 'このコードは使えなくなりました。新しいコードを受け取ってください。', expired: 'このログインは使えなくなりました。もう一度ログインしてください。',
    slow: '少し待ってから、もう一度お試しください。',
    off: 'ここではコードを送れません。ホストにお問い合わせください。', failed: 'うまくいきませんでした。もう一度お試しください。',
  },
};
const ptBr: ProofText = {
  title: 'Um para cada pessoa', why: 'Diga seu e-mail, para que haja para todo mundo. Ele não serve para mais nada e é esquecido depois do evento.',
  email: 'Endereço de e-mail', send: 'Enviar um código', code: 'Código recebido', sent: (email) => `Enviamos seis dígitos para ${email}. Veja também a caixa de spam.`, confirm: 'Confirmar código', other: 'Outro endereço',
  shown: (code) => `Em desenvolvimento nenhum e-mail é enviado. O código é ${code}.`,
  taken: 'Já é seu', takenWhy: 'Você o tem como outro espectador, em outro navegador ou em outro aparelho.', resume: 'Continuar como esse espectador', twitch: 'Este é para quem está na Twitch e compartilha a conta com a extensão.',
  signIn: {
    why: 'Entre com a Twitch, em outra aba, para que haja para todo mundo. Sua conta não serve para mais nada.', button: 'Entrar com a Twitch', instead: 'Prefiro entrar com a Twitch',
    away: 'A Twitch abre em outra aba. Depois que você entrar, uma página ali mostra seis dígitos. Digite-os aqui.', digits: 'Seis dígitos', reopen: 'Abrir a Twitch de novo', back: 'Voltar',
  },
  faults: {
    address: 'Não dá para enviar e-mail a este endereço. Está certo?', wrong: 'Não é esse o código. Veja de novo.', over: 'Este código não vale mais. Peça outro.', expired: 'Este login não vale mais. Entre de novo.',
    slow: 'Foi um pouco rápido. Espere um instante e tente de novo.',
    off: 'Aqui não dá para enviar códigos. Fale com o anfitrião.', failed: 'Não deu certo. Tente de novo.',
  },
};
const ar: ProofText = {
  title: 'واحدة لكل شخص', why: 'أخبرنا ببريدك الإلكتروني كي يحصل كل شخص على واحدة. لا نستخدمه لغير ذلك وننساه بعد الحدث.',
  email: 'البريد الإلكتروني', send: 'أرسل لي رمزًا', code: 'الرمز', sent: (email) => `أرسلنا ستة أرقام إلى \u2068${email}\u2069. تفقّد البريد غير المرغوب أيضًا.`, confirm: 'تأكيد', other: 'عنوان آخر',
  shown: (code) => `لا يُرسل بريد أثناء التطوير. الرمز هو ${code}.`,
  taken: 'هي لك بالفعل', takenWhy: 'حصلت عليها كمشاهد آخر، في متصفح آخر أو على جهاز آخر.', resume: 'تابع كذلك المشاهد', twitch: 'هذه لمشاهدي Twitch الذين يشاركون حسابهم مع الإضافة.',
  signIn: {
    why: 'سجّل الدخول عبر Twitch في علامة تبويب جديدة كي يحصل كل شخص على واحدة. لا نستخدم حسابك لغير ذلك.', button: 'تسجيل الدخول عبر Twitch', instead: 'تسجيل الدخول عبر Twitch بدلًا من ذلك',
    away: 'يُفتح Twitch في علامة تبويب جديدة. بعد تسجيل الدخول تعرض صفحة هناك ستة أرقام. اكتبها هنا.', digits: 'ستة أرقام', reopen: 'افتح Twitch مرة أخرى', back: 'رجوع',
  },
  faults: {
    address: 'لا يمكن إرسال بريد إلى هذا العنوان. هل فيه خطأ؟', wrong: 'ليس هذا هو الرمز. تحقّق مرة أخرى.', over: 'انتهت صلاحية هذا الرمز. اطلب رمزًا آخر.', expired: 'انتهى تسجيل الدخول هذا. سجّل الدخول من جديد.',
    slow: 'كان ذلك سريعًا. انتظر لحظة ثم حاول مجددًا.',
    off: 'لا يمكن إرسال الرموز هنا. اسأل المضيف.', failed: 'لم ينجح ذلك. حاول مجددًا.',
  },
};

export const proofTexts: Languages<ProofText> = { en, de, es, ja, 'pt-br': ptBr, ar };

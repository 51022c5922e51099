import type { Languages } from '@crowdcue/games/texts';

interface Notice {
  readonly title: string;
  readonly body: string;
}

/** The words of the page that Twitch sends to. */
export interface SignedInText {
  /** BCP 47 tag of these words. */
  readonly lang: string;
  readonly dir?: 'rtl';
  readonly title: string;
  readonly working: string;
  readonly signedIn: string;
  readonly how: string;
  readonly good: (until: string) => string;
  readonly done: string;
  readonly denied: Notice;
  readonly over: Notice;
  readonly failed: Notice;
  readonly again: string;
}

const en: SignedInText = {
  lang: 'en', title: 'Sign-in with Twitch', working: 'Asking Twitch who you are …', signedIn: 'You are signed in',
  how: 'Go back to the tab where your reward waits, and type these six digits there.', good: (until) => `They are good until ${until}. Give them to nobody.`, done: 'If that tab has gone on by itself, you can close this one.',
  denied: { title: 'You did not sign in', body: 'Close this page and try again from the reward.' },
  over: { title: 'This sign-in is over', body: 'Close this page, go back to the reward, and sign in again from there.' },
  failed: { title: 'That didn’t work', body: 'Twitch or the server does not answer. Try again in a moment.' }, again: 'Try again',
};
const de: SignedInText = {
  lang: 'de', title: 'Anmeldung mit Twitch', working: 'Twitch wird gefragt, wer du bist …', signedIn: 'Du bist angemeldet',
  how: 'Geh zurück zum Tab, in dem deine Belohnung wartet, und gib dort diese sechs Ziffern ein.', good: (until) => `Sie gelten bis ${until}. Gib sie an niemanden weiter.`, done: 'Ist jener Tab von selbst weitergegangen, kannst du diesen schließen.',
  denied: { title: 'Du hast dich nicht angemeldet', body: 'Schließ diese Seite und versuch es von der Belohnung aus noch einmal.' },
  over: { title: 'Diese Anmeldung ist abgelaufen', body: 'Schließ diese Seite, geh zurück zur Belohnung und melde dich von dort noch einmal an.' },
  failed: { title: 'Das hat nicht geklappt', body: 'Twitch oder der Server antwortet nicht. Versuch es gleich noch einmal.' }, again: 'Noch einmal versuchen',
};
const es: SignedInText = {
  lang: 'es', title: 'Inicio de sesión con Twitch', working: 'Preguntando a Twitch quién eres …', signedIn: 'Has iniciado sesión',
  how: 'Vuelve a la pestaña donde espera tu recompensa y escribe allí estas seis cifras.', good: (until) => `Valen hasta las ${until}. No se las des a nadie.`, done: 'Si esa pestaña ha seguido sola, puedes cerrar esta.',
  denied: { title: 'No has iniciado sesión', body: 'Cierra esta página e inténtalo otra vez desde la recompensa.' },
  over: { title: 'Este inicio de sesión ha caducado', body: 'Cierra esta página, vuelve a la recompensa e inicia sesión otra vez desde allí.' },
  failed: { title: 'No ha funcionado', body: 'Twitch o el servidor no responde. Inténtalo otra vez en un momento.' }, again: 'Intentar otra vez',
};
const ja: SignedInText = {
  lang: 'ja', title: 'Twitchでログイン', working: 'Twitchに確認しています…', signedIn: 'ログインしました',
  how: 'リワードの画面があるタブに戻り、この6桁の数字を入力してください。', good: (until) => `${until} まで有効です。誰にも教えないでください。`, done: '元のタブが自動で進んだ場合は、このタブを閉じてかまいません。',
  denied: { title: 'ログインしませんでした', body: 'このページを閉じ、リワードの画面からもう一度お試しください。' },
  over: { title: 'このログインは使えなくなりました', body: 'このページを閉じ、リワードの画面に戻って、もう一度ログインしてください。' },
  failed: { title: 'うまくいきませんでした', body: 'Twitchまたはサーバーが応答しません。少し待ってから、もう一度お試しください。' }, again: 'もう一度試す',
};
const ptBr: SignedInText = {
  lang: 'pt-BR', title: 'Login com a Twitch', working: 'Perguntando à Twitch quem é você …', signedIn: 'Você entrou',
  how: 'Volte à aba onde sua recompensa espera e digite lá estes seis dígitos.', good: (until) => `Eles valem até ${until}. Não os passe a ninguém.`, done: 'Se aquela aba já seguiu sozinha, você pode fechar esta.',
  denied: { title: 'Você não entrou', body: 'Feche esta página e tente de novo a partir da recompensa.' },
  over: { title: 'Este login não vale mais', body: 'Feche esta página, volte à recompensa e entre de novo a partir dela.' },
  failed: { title: 'Não deu certo', body: 'A Twitch ou o servidor não responde. Tente de novo em um instante.' }, again: 'Tentar de novo',
};
const ar: SignedInText = {
  lang: 'ar', dir: 'rtl', title: 'تسجيل الدخول عبر Twitch', working: 'نسأل Twitch من أنت…', signedIn: 'تم تسجيل دخولك',
  how: 'ارجع إلى علامة التبويب حيث تنتظرك المكافأة، واكتب هناك هذه الأرقام الستة.', good: (until) => `تصلح حتى \u2068${until}\u2069. لا تعطها لأحد.`, done: 'إذا تابعت علامة التبويب تلك من تلقاء نفسها، فيمكنك إغلاق هذه.',
  denied: { title: 'لم تسجّل الدخول', body: 'أغلق هذه الصفحة وحاول مجددًا من المكافأة.' },
  over: { title: 'انتهى تسجيل الدخول هذا', body: 'أغلق هذه الصفحة، وارجع إلى المكافأة، وسجّل الدخول من جديد من هناك.' },
  failed: { title: 'لم ينجح ذلك', body: 'Twitch أو الخادم لا يجيب. حاول مجددًا بعد لحظة.' }, again: 'حاول مجددًا',
};

export const signedInTexts: Languages<SignedInText> = { en, de, es, ja, 'pt-br': ptBr, ar };

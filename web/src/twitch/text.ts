import { textIn, type Languages } from '@crowdcue/games/texts';

/** The words around the game on Twitch, and those of the broadcaster's page. */
export interface TwitchText {
  readonly dir?: 'rtl';
  readonly finding: string;
  readonly off: { readonly title: string; readonly body: string };
  readonly failed: { readonly title: string; readonly body: string };
  readonly guest: string;
  readonly channel: string;
  readonly key: string;
  readonly keyHint: string;
  readonly copy: string;
  readonly copied: string;
  readonly renew: string;
  readonly showing: (event: string) => string;
  readonly notShowing: string;
  readonly notYours: string;
}

const en: TwitchText = {
  finding: 'Getting you in',
  off: { title: 'No show right now', body: 'The game appears here when the host starts it.' },
  failed: { title: 'We can’t reach the game', body: 'It tries again by itself.' },
  guest: 'Log in to Twitch to get limited rewards.',
  channel: 'Your channel',
  key: 'Key of the channel',
  keyHint: 'Give it to the host of the show, once. It works for 15 minutes.',
  copy: 'Copy', copied: 'Copied', renew: 'New key',
  showing: (event) => `On in this channel: ${event}`,
  notShowing: 'No event is linked to this channel yet.',
  notYours: 'Only the broadcaster of the channel can set this up.',
};
const de: TwitchText = {
  finding: 'Du kommst gleich rein',
  off: { title: 'Gerade keine Show', body: 'Das Spiel erscheint hier, sobald der Host es startet.' },
  failed: { title: 'Das Spiel ist nicht erreichbar', body: 'Es wird von selbst erneut versucht.' },
  guest: 'Melde dich bei Twitch an, um begrenzte Prämien zu bekommen.',
  channel: 'Dein Kanal',
  key: 'Schlüssel des Kanals',
  keyHint: 'Gib ihn einmal dem Host der Show. Er gilt 15 Minuten.',
  copy: 'Kopieren', copied: 'Kopiert', renew: 'Neuer Schlüssel',
  showing: (event) => `In diesem Kanal läuft: ${event}`,
  notShowing: 'Mit diesem Kanal ist noch kein Event verknüpft.',
  notYours: 'Nur wer auf dem Kanal sendet, kann das einrichten.',
};
const es: TwitchText = {
  finding: 'Entrando',
  off: { title: 'Ahora no hay show', body: 'El juego aparece aquí cuando el host lo empieza.' },
  failed: { title: 'No llegamos al juego', body: 'Se vuelve a intentar solo.' },
  guest: 'Inicia sesión en Twitch para conseguir premios limitados.',
  channel: 'Tu canal',
  key: 'Clave del canal',
  keyHint: 'Dásela una vez al host del show. Vale durante 15 minutos.',
  copy: 'Copiar', copied: 'Copiada', renew: 'Otra clave',
  showing: (event) => `En este canal: ${event}`,
  notShowing: 'Aún no hay ningún evento enlazado a este canal.',
  notYours: 'Solo puede configurarlo quien emite en el canal.',
};
const ja: TwitchText = {
  finding: '参加しています',
  off: { title: '今はショーがありません', body: 'ホストが始めると、ここにゲームが表示されます。' },
  failed: { title: 'ゲームに接続できません', body: '自動的に再試行します。' },
  guest: '数量限定の特典を受け取るには Twitch にログインしてください。',
  channel: 'あなたのチャンネル',
  key: 'チャンネルのキー',
  keyHint: 'ショーのホストに一度だけ渡してください。15 分間有効です。',
  copy: 'コピー', copied: 'コピーしました', renew: '新しいキー',
  showing: (event) => `このチャンネルのイベント: ${event}`,
  notShowing: 'このチャンネルにはまだイベントがありません。',
  notYours: '設定できるのはチャンネルの配信者だけです。',
};
const ptBr: TwitchText = {
  finding: 'Entrando',
  off: { title: 'Nenhum show agora', body: 'O jogo aparece aqui quando o host começar.' },
  failed: { title: 'Não conseguimos chegar ao jogo', body: 'A nova tentativa é automática.' },
  guest: 'Entre na Twitch para ganhar prêmios limitados.',
  channel: 'Seu canal',
  key: 'Chave do canal',
  keyHint: 'Entregue uma vez ao host do show. Vale por 15 minutos.',
  copy: 'Copiar', copied: 'Copiada', renew: 'Nova chave',
  showing: (event) => `Neste canal: ${event}`,
  notShowing: 'Nenhum evento está ligado a este canal ainda.',
  notYours: 'Só quem transmite no canal pode configurar isto.',
};
const ar: TwitchText = {
  dir: 'rtl',
  finding: 'جارٍ إدخالك',
  off: { title: 'لا يوجد عرض الآن', body: 'تظهر اللعبة هنا عندما يبدأها المضيف.' },
  failed: { title: 'تعذّر الوصول إلى اللعبة', body: 'ستتم إعادة المحاولة تلقائيًا.' },
  guest: 'سجّل الدخول إلى Twitch للحصول على المكافآت المحدودة.',
  channel: 'قناتك',
  key: 'مفتاح القناة',
  keyHint: 'أعطه لمضيف العرض مرة واحدة. يصلح لمدة 15 دقيقة.',
  copy: 'نسخ', copied: 'تم النسخ', renew: 'مفتاح جديد',
  showing: (event) => `في هذه القناة: ${event}`,
  notShowing: 'لا يوجد حدث مرتبط بهذه القناة بعد.',
  notYours: 'لا يمكن إعداد هذا إلا لصاحب البث في القناة.',
};

const texts: Languages<TwitchText> = { en, de, es, ja, 'pt-br': ptBr, ar };

/** The words in the language that fits best. */
export const twitchText = (language: string): TwitchText => textIn(texts, language);

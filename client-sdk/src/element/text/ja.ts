import { speechIn } from '@crowdcue/games/texts';
import { minutesOf, timeText, type ElementText } from '../element-text.js';

const say = speechIn('ja');

/** The words of the element in Japanese. */
export const text: ElementText = {
  lang: 'ja',
  loading: '入場しています',
  here: () => '人が参加中',
  queue: {
    title: '順番待ちです',
    place: (place) => (place === 1 ? '次はあなたの番です。' : `あなたは${say.number(place)}番目です。`),
    wait: (waitMs) => {
      if (waitMs === 0) return '空きが出しだい入場できます。';
      return minutesOf(waitMs) <= 1 ? 'あと1分ほどです。' : `あと約${timeText(minutesOf(waitMs), 'minute', 'ja')}です。`;
    },
  },
  idle: { title: 'そのままお待ちください', body: 'ホストの合図でラウンドが始まります。' },
  next: '次のラウンドはホストの合図で始まります。',
  startsIn: (seconds) => `開始まで${timeText(seconds, 'second', 'ja')}`,
  go: 'スタート',
  onAir: 'ライブ',
  secondsLeft: (seconds) => `残り${timeText(seconds, 'second', 'ja')}`,
  outcomeIn: (seconds) => `あなたより映像が遅い人がいます。結果は${timeText(seconds, 'second', 'ja')}後に出ます。`,
  unscored: '映像が遅すぎるため、ここでは得点になりません。プレイはできます。',
  won: 'あなたの勝ち',
  played: 'プレイしました',
  watched: '今回は観戦でした',
  fastest: '全員の中で最速',
  place: (rank, players) => `${say.number(players)}人中${say.number(rank)}位`,
  top: 'このラウンドの上位',
  unknownGame: { title: 'このラウンドには新しいページが必要です', body: 'ページを再読み込みしてください。' },
  notices: {
    offline: 'オフラインです。タップは保存されます。',
    reconnecting: '再接続しています。タップは保存されます。',
    hold: '少々お待ちください…',
    rewards: 'リワードを読み込めませんでした。失われたものはありません。',
  },
  away: { title: '配信をお楽しみください', body: '今はゲームにつながりません。接続を続けて試し、つながると自動で戻ります。' },
  offline: { title: 'オフラインです', body: '接続が戻るとゲームが再開します。' },
  back: 'ゲームに戻りました。',
  endings: {
    taken_over: { title: '別の場所でプレイ中です', body: 'このイベントを別のタブまたは端末で開きました。' },
    banned: { title: '参加できません', body: 'ホストがあなたをこのイベントから外しました。' },
    event_ended: { title: '終了しました', body: 'このイベントは終わりました。ご参加ありがとうございました。' },
    event_off: { title: 'まもなく再開します', body: 'ホストが休憩中です。再開するとすぐに参加できます。' },
    event_unknown: { title: 'イベントが見つかりません', body: 'リンクか6文字のコードを確かめて、もう一度お試しください。' },
    event_full: { title: 'イベントは満員です', body: '今は空きがありません。' },
    token: { title: '入場券の期限が切れました', body: '続けるにはもう一度入場してください。' },
    unavailable: { title: 'イベントにつながりません', body: '接続を確かめて、もう一度お試しください。' },
    misused: { title: 'このページは設定されていません', body: '参加できるイベントが指定されていません。' },
    other: { title: '接続が終了しました', body: 'こちら側で問題が起きました。' },
  },
  retry: 'もう一度試す',
  playHere: 'ここでプレイする',
  rewards: (count) => `リワード${say.number(count)}件`,
  unlocked: '獲得できます',
  serial: (serial, supply) => (supply < 0 ? `No. ${say.number(serial)}` : `No. ${say.number(serial)} / ${say.number(supply)}`),
  yours: 'あなたのものです',
  refused: (code) => {
    switch (code) {
      case 'round_over': return '終了後のタップでした。';
      case 'action_bad_choice': return 'あなたは反対側のチームです。';
      default: return 'そのタップは数えられませんでした。';
    }
  },
  sponsor: '提供',
  newTab: '新しいタブで開きます',
  tickets: {
    claim: '受け取る',
    claiming: '受け取り中',
    left: (left, supply) => `残り${say.number(left)} / ${say.number(supply)}`,
    unlimited: '全員分あります',
    keep: 'この端末に保存されています。別の場所に残すには控えをコピーしてください。',
    copy: '控えをコピー',
    copied: 'コピーしました',
    receipt: '控え',
    until: (when) => `有効期限：${when}`,
    soldOut: (supply) => ({ title: 'なくなりました', body: supply > 0 ? `${say.number(supply)}個すべて受け取られました。` : 'すべて受け取られました。' }),
    notOpen: { title: 'まだ受け取れません', body: '受け取る資格はあります。少ししてからお試しください。' },
    closed: { title: '受付終了', body: '受け取り期間は終わりました。' },
    expired: { title: '期限切れ', body: 'あなたのものでしたが、期限が過ぎました。' },
    revoked: { title: '取り消されました', body: 'ホストがこれを取り消しました。' },
    claimFailed: { title: 'うまくいきませんでした', body: '失われたものはありません。もう一度お試しください。' },
    close: '閉じる',
  },
};

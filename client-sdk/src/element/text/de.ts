import { speechIn } from '@crowdcue/games/texts';
import { minutesOf, timeText, type ElementText } from '../element-text.js';

const say = speechIn('de');

/** The words of the element in German. */
export const text: ElementText = {
  lang: 'de',
  loading: 'Du kommst gleich rein',
  here: (count) => (count === 1 ? 'Person hier' : 'Leute hier'),
  queue: {
    title: 'Du stehst in der Schlange',
    place: (place) => (place === 1 ? 'Du bist als Nächstes dran.' : `Du bist Nummer ${say.number(place)}.`),
    wait: (waitMs) => {
      if (waitMs === 0) return 'Du kommst rein, sobald ein Platz frei ist.';
      return minutesOf(waitMs) <= 1 ? 'Etwa eine Minute oder weniger.' : `Etwa ${timeText(minutesOf(waitMs), 'minute', 'de')}.`;
    },
  },
  idle: { title: 'Bleib dran', body: 'Die Runde beginnt, sobald der Host das Zeichen gibt.' },
  next: 'Die nächste Runde beginnt, wenn der Host das Zeichen gibt.',
  startsIn: (seconds) => `Start in ${say.number(seconds)} ${seconds === 1 ? 'Sekunde' : 'Sekunden'}`,
  go: 'Los',
  onAir: 'Live',
  secondsLeft: (seconds) => `noch ${timeText(seconds, 'second', 'de')}`,
  outcomeIn: (seconds) => `Manche Bilder kommen später als deins. Das Ergebnis folgt in ${timeText(seconds, 'second', 'de')}.`,
  unscored: 'Dein Bild ist zu spät, um hier gewertet zu werden. Du spielst mit.',
  won: 'Du hast gewonnen',
  played: 'Du hast mitgespielt',
  watched: 'Du hast zugeschaut',
  fastest: 'Schneller als alle anderen',
  place: (rank, players) => `Platz ${say.number(rank)} von ${say.number(players)}`,
  top: 'Die Besten der Runde',
  unknownGame: { title: 'Diese Runde braucht eine neuere Seite', body: 'Lade die Seite neu, um mitzuspielen.' },
  notices: {
    offline: 'Du bist offline. Deine Tipps bleiben erhalten.',
    reconnecting: 'Neu verbinden. Deine Tipps bleiben erhalten.',
    hold: 'Einen Moment…',
    rewards: 'Deine Belohnungen wurden nicht geladen. Nichts ist verloren.',
  },
  away: { title: 'Genieß die Show', body: 'Wir erreichen das Spiel gerade nicht. Wir versuchen es weiter, und du bist von selbst wieder dabei.' },
  offline: { title: 'Du bist offline', body: 'Das Spiel geht weiter, sobald du wieder Verbindung hast.' },
  back: 'Du bist wieder dabei.',
  endings: {
    taken_over: { title: 'Du spielst woanders', body: 'Du hast dieses Event in einem anderen Tab oder auf einem anderen Gerät geöffnet.' },
    banned: { title: 'Du kannst nicht mitmachen', body: 'Der Host hat dich aus diesem Event entfernt.' },
    event_ended: { title: 'Das war’s', body: 'Dieses Event ist vorbei. Danke fürs Mitspielen.' },
    event_off: { title: 'Gleich zurück', body: 'Der Host macht eine Pause. Sobald es weitergeht, bist du dabei.' },
    event_unknown: { title: 'Dieses Event gibt es nicht', body: 'Prüfe den Link oder die sechs Buchstaben und versuch es noch einmal.' },
    event_full: { title: 'Das Event ist voll', body: 'Gerade ist jeder Platz besetzt.' },
    token: { title: 'Dein Zugang ist abgelaufen', body: 'Tritt neu bei, um weiterzumachen.' },
    unavailable: { title: 'Wir erreichen das Event nicht', body: 'Prüfe deine Verbindung und versuch es dann noch einmal.' },
    misused: { title: 'Diese Seite ist nicht eingerichtet', body: 'Sie nennt kein Event, dem man beitreten könnte.' },
    other: { title: 'Die Verbindung ist beendet', body: 'Bei uns ist etwas schiefgegangen.' },
  },
  retry: 'Noch einmal versuchen',
  playHere: 'Hier spielen',
  rewards: (count) => say.counted(count, { one: '# Belohnung', other: '# Belohnungen' }),
  unlocked: 'Freigeschaltet',
  serial: (serial, supply) => (supply < 0 ? `Nr. ${say.number(serial)}` : `Nr. ${say.number(serial)} von ${say.number(supply)}`),
  yours: 'Gehört dir',
  refused: (code) => {
    switch (code) {
      case 'round_over': return 'Das kam nach dem Ende.';
      case 'action_bad_choice': return 'Du bist auf der anderen Seite.';
      default: return 'Dieser Tipp hat nicht gezählt.';
    }
  },
  sponsor: 'Präsentiert von',
  newTab: 'öffnet einen neuen Tab',
  tickets: {
    claim: 'Abholen',
    claiming: 'Wird abgeholt',
    left: (left, supply) => `Noch ${say.number(left)} von ${say.number(supply)}`,
    unlimited: 'Genug für alle',
    keep: 'Auf diesem Gerät gespeichert. Kopiere den Beleg, um ihn woanders aufzuheben.',
    copy: 'Beleg kopieren',
    copied: 'Kopiert',
    receipt: 'Beleg',
    until: (when) => `Gültig bis ${when}`,
    soldOut: (supply) => ({ title: 'Alles weg', body: supply > 0 ? `Alle ${say.number(supply)} sind vergeben.` : 'Alle sind vergeben.' }),
    notOpen: { title: 'Noch nicht offen', body: 'Für dich ist es freigeschaltet. Versuch es gleich noch einmal.' },
    closed: { title: 'Geschlossen', body: 'Die Zeit zum Abholen ist vorbei.' },
    expired: { title: 'Abgelaufen', body: 'Es gehörte dir, und seine Zeit ist vorbei.' },
    revoked: { title: 'Zurückgenommen', body: 'Der Host hat es zurückgenommen.' },
    claimFailed: { title: 'Das hat nicht geklappt', body: 'Nichts ist verloren. Versuch es noch einmal.' },
    close: 'Schließen',
  },
};

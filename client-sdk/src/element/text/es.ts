import { speechIn } from '@crowdcue/games/texts';
import { minutesOf, timeText, type ElementText } from '../element-text.js';

const say = speechIn('es');

/** The words of the element in Spanish. */
export const text: ElementText = {
  lang: 'es',
  loading: 'Entrando',
  here: (count) => (count === 1 ? 'persona aquí' : 'personas aquí'),
  queue: {
    title: 'Estás en la cola',
    place: (place) => (place === 1 ? 'El siguiente turno es tuyo.' : `Tienes el número ${say.number(place)}.`),
    wait: (waitMs) => {
      if (waitMs === 0) return 'Entrarás en cuanto haya sitio.';
      return minutesOf(waitMs) <= 1 ? 'Un minuto, más o menos.' : `Unos ${timeText(minutesOf(waitMs), 'minute', 'es')}.`;
    },
  },
  idle: { title: 'No te vayas', body: 'La ronda empieza en cuanto quien presenta dé la señal.' },
  next: 'La próxima ronda empieza cuando quien presenta dé la señal.',
  startsIn: (seconds) => `Empieza en ${timeText(seconds, 'second', 'es')}`,
  go: '¡Ya!',
  onAir: 'En vivo',
  secondsLeft: (seconds) => `${say.form(seconds, { one: 'Queda', other: 'Quedan' })} ${timeText(seconds, 'second', 'es')}`,
  outcomeIn: (seconds) => `Algunas imágenes van más atrasadas que la tuya. El resultado llega en ${timeText(seconds, 'second', 'es')}.`,
  unscored: 'Tu imagen llega demasiado tarde para puntuar aquí. Juegas igualmente.',
  won: 'Has ganado',
  played: 'Has jugado',
  watched: 'Esta la has visto',
  fastest: 'Más rápido que nadie',
  place: (rank, players) => `Puesto ${say.number(rank)} de ${say.number(players)}`,
  top: 'Lo mejor de la ronda',
  unknownGame: { title: 'Esta ronda necesita una página más nueva', body: 'Recarga la página para jugarla.' },
  notices: {
    offline: 'No tienes conexión. Tus toques se guardan.',
    reconnecting: 'Reconectando. Tus toques se guardan.',
    hold: 'Un momento…',
    rewards: 'Tus recompensas no se han cargado. No se ha perdido nada.',
  },
  away: { title: 'Disfruta del directo', body: 'Ahora no llegamos al juego. Seguimos intentándolo y volverás a entrar sin hacer nada.' },
  offline: { title: 'No tienes conexión', body: 'El juego sigue en cuanto vuelvas a tenerla.' },
  back: 'Has vuelto a entrar.',
  endings: {
    taken_over: { title: 'Estás jugando en otro sitio', body: 'Has abierto este evento en otra pestaña o en otro dispositivo.' },
    banned: { title: 'No puedes participar', body: 'Quien presenta te ha sacado de este evento.' },
    event_ended: { title: 'Esto es todo', body: 'El evento ha terminado. Gracias por jugar.' },
    event_off: { title: 'Volvemos enseguida', body: 'Quien presenta hace una pausa. Entrarás en cuanto siga.' },
    event_unknown: { title: 'Ese evento no existe', body: 'Revisa el enlace o las seis letras e inténtalo de nuevo.' },
    event_full: { title: 'El evento está lleno', body: 'Ahora mismo no queda ningún sitio.' },
    token: { title: 'Tu pase ha caducado', body: 'Vuelve a entrar para continuar.' },
    unavailable: { title: 'No llegamos al evento', body: 'Revisa tu conexión e inténtalo de nuevo.' },
    misused: { title: 'Esta página no está preparada', body: 'No nombra ningún evento al que podamos entrar.' },
    other: { title: 'La conexión ha terminado', body: 'Algo ha fallado por nuestra parte.' },
  },
  retry: 'Reintentar',
  playHere: 'Jugar aquí',
  rewards: (count) => say.counted(count, { one: '# recompensa', other: '# recompensas' }),
  unlocked: 'Desbloqueado',
  serial: (serial, supply) => (supply < 0 ? `N.º ${say.number(serial)}` : `N.º ${say.number(serial)} de ${say.number(supply)}`),
  yours: 'Es tuyo',
  refused: (code) => {
    switch (code) {
      case 'round_over': return 'Eso llegó después del final.';
      case 'action_bad_choice': return 'Estás en el otro lado.';
      default: return 'Ese toque no ha contado.';
    }
  },
  sponsor: 'Patrocinado por',
  newTab: 'se abre en otra pestaña',
  tickets: {
    claim: 'Conseguir',
    claiming: 'Consiguiendo',
    left: (left, supply) => `Quedan ${say.number(left)} de ${say.number(supply)}`,
    unlimited: 'Hay para todo el mundo',
    keep: 'Está guardado en este dispositivo. Copia el recibo para tenerlo en otro sitio.',
    copy: 'Copiar el recibo',
    copied: 'Copiado',
    receipt: 'Recibo',
    until: (when) => `Válido hasta: ${when}`,
    soldOut: (supply) => ({ title: 'Agotado', body: supply > 0 ? `Los ${say.number(supply)} ya tienen dueño.` : 'Todos tienen dueño ya.' }),
    notOpen: { title: 'Aún no está abierto', body: 'Ya lo tienes desbloqueado. Inténtalo dentro de un momento.' },
    closed: { title: 'Cerrado', body: 'El plazo para conseguirlo ha terminado.' },
    expired: { title: 'Caducado', body: 'Era tuyo, y su plazo ha pasado.' },
    revoked: { title: 'Retirado', body: 'Quien presenta lo ha retirado.' },
    claimFailed: { title: 'No ha funcionado', body: 'No se ha perdido nada. Inténtalo de nuevo.' },
    close: 'Cerrar',
  },
};

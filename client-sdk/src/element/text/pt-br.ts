import { speechIn } from '@crowdcue/games/texts';
import { minutesOf, timeText, type ElementText } from '../element-text.js';

const say = speechIn('pt-BR');

/** The words of the element in Portuguese. */
export const text: ElementText = {
  lang: 'pt-BR',
  loading: 'Entrando',
  here: (count) => say.form(count, { one: 'pessoa aqui', other: 'pessoas aqui' }),
  queue: {
    title: 'Você está na fila',
    place: (place) => (place === 1 ? 'A próxima vez é sua.' : `Seu número é ${say.number(place)}.`),
    wait: (waitMs) => {
      if (waitMs === 0) return 'Você entra assim que houver lugar.';
      return minutesOf(waitMs) <= 1 ? 'Um minuto ou menos.' : `Cerca de ${timeText(minutesOf(waitMs), 'minute', 'pt-BR')}.`;
    },
  },
  idle: { title: 'Fique por perto', body: 'A rodada começa assim que quem apresenta der o sinal.' },
  next: 'A próxima rodada começa quando quem apresenta der o sinal.',
  startsIn: (seconds) => `Começa em ${timeText(seconds, 'second', 'pt-BR')}`,
  go: 'Já!',
  onAir: 'Ao vivo',
  secondsLeft: (seconds) => `${say.form(seconds, { one: 'Resta', other: 'Restam' })} ${timeText(seconds, 'second', 'pt-BR')}`,
  outcomeIn: (seconds) => `Algumas imagens chegam mais tarde que a sua. O resultado sai em ${timeText(seconds, 'second', 'pt-BR')}.`,
  unscored: 'Sua imagem chega tarde demais para pontuar aqui. Você joga mesmo assim.',
  won: 'Você ganhou',
  played: 'Você jogou',
  watched: 'Esta você assistiu',
  fastest: 'Mais rápido que todo mundo',
  place: (rank, players) => `${say.number(rank)}º de ${say.number(players)}`,
  top: 'Destaques da rodada',
  unknownGame: { title: 'Esta rodada precisa de uma página mais nova', body: 'Recarregue a página para jogar.' },
  notices: {
    offline: 'Você está sem conexão. Seus toques ficam guardados.',
    reconnecting: 'Reconectando. Seus toques ficam guardados.',
    hold: 'Um momento…',
    rewards: 'Suas recompensas não carregaram. Nada se perdeu.',
  },
  away: { title: 'Aproveite a transmissão', body: 'Não conseguimos chegar ao jogo agora. Continuamos tentando, e você volta sem fazer nada.' },
  offline: { title: 'Você está sem conexão', body: 'O jogo continua assim que ela voltar.' },
  back: 'Você voltou.',
  endings: {
    taken_over: { title: 'Você está jogando em outro lugar', body: 'Você abriu este evento em outra aba ou em outro aparelho.' },
    banned: { title: 'Você não pode participar', body: 'Quem apresenta removeu você deste evento.' },
    event_ended: { title: 'É isso aí', body: 'O evento acabou. Obrigado por jogar.' },
    event_off: { title: 'Já voltamos', body: 'Quem apresenta fez uma pausa. Você entra assim que continuar.' },
    event_unknown: { title: 'Este evento não existe', body: 'Confira o link ou as seis letras e tente de novo.' },
    event_full: { title: 'O evento está lotado', body: 'Todos os lugares estão ocupados agora.' },
    token: { title: 'Seu passe expirou', body: 'Entre de novo para continuar.' },
    unavailable: { title: 'Não conseguimos chegar ao evento', body: 'Confira sua conexão e tente de novo.' },
    misused: { title: 'Esta página não está pronta', body: 'Ela não diz em qual evento entrar.' },
    other: { title: 'A conexão terminou', body: 'Algo deu errado do nosso lado.' },
  },
  retry: 'Tentar de novo',
  playHere: 'Jogar aqui',
  rewards: (count) => say.counted(count, { one: '# recompensa', other: '# recompensas' }),
  unlocked: 'Desbloqueado',
  serial: (serial, supply) => (supply < 0 ? `Nº ${say.number(serial)}` : `Nº ${say.number(serial)} de ${say.number(supply)}`),
  yours: 'É seu',
  refused: (code) => {
    switch (code) {
      case 'round_over': return 'Isso chegou depois do fim.';
      case 'action_bad_choice': return 'Você está do outro lado.';
      default: return 'Esse toque não contou.';
    }
  },
  sponsor: 'Patrocínio:',
  newTab: 'abre em outra aba',
  tickets: {
    claim: 'Resgatar',
    claiming: 'Resgatando',
    left: (left, supply) => `Restam ${say.number(left)} de ${say.number(supply)}`,
    unlimited: 'Tem para todo mundo',
    keep: 'Está guardado neste aparelho. Copie o recibo para guardar em outro lugar.',
    copy: 'Copiar recibo',
    copied: 'Copiado',
    receipt: 'Recibo',
    until: (when) => `Válido até ${when}`,
    soldOut: (supply) => ({ title: 'Acabou', body: supply > 0 ? `Todos os ${say.number(supply)} já têm dono.` : 'Todos já têm dono.' }),
    notOpen: { title: 'Ainda não abriu', body: 'Já está desbloqueado para você. Tente daqui a pouco.' },
    closed: { title: 'Encerrado', body: 'O prazo para resgatar acabou.' },
    expired: { title: 'Expirado', body: 'Era seu, e o prazo passou.' },
    revoked: { title: 'Retirado', body: 'Quem apresenta retirou este.' },
    claimFailed: { title: 'Não deu certo', body: 'Nada se perdeu. Tente de novo.' },
    close: 'Fechar',
  },
};

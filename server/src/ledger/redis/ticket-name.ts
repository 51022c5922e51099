/** `<drop> <seq in 16 digits> <variant>`: blanks part the words, no drop's id has one, a variant may. */
export const ticketOf = (name: string): { drop: string; ticket: number; variant: string } => {
  const blank = name.indexOf(' ');
  return { drop: name.slice(0, blank), ticket: Number(name.slice(blank + 1, blank + 17)), variant: name.slice(blank + 18) };
};

/** The range by text that has a drop's tickets and no others: what follows the blank is before '!'. */
export const ticketsOf = (drop: string): [from: string, to: string] => [`[${drop} `, `(${drop}!`];

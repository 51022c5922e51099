/**
 * Words that no name may be, or hold. They are turned by thirteen letters, so that nobody has to read them who opens this file; `tr` turns
 * them back. The list catches what is plain; what is not, the host sees before anybody else does. Words that stand in many good ones
 * ("Scunthorpe", "Cockburn") count only when they stand alone.
 */
const turned = (text: string): string[] =>
  text.trim().split(/\s+/).map((word) => word.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 97 + 13) % 26) + 97)));

const INSIDE = turned(`
avttre avttn snttbg ergneq jrgonpx genaal pbpxfhpx zbgureshpx shpx uvgyre juber oybjwbo wvmm qvyqb crqbcuvy cnrqbcuvy uherafbua sbgmr
nefpuybpu fpuynzcr jvpufre znevpba uvwbqrchgn chgnznqer craqrwb pnenyub ohprgn chgnevn tbngfr wrjxvyy xvyywrj tnfxnzzre fpujhpugry xnanxr
fpujnamyhgfpu
`);
const ALONE = turned(`
encr encvfg xvxr cnxv anmv puvax xxx chffl phag artre ornare fcnfgvp ivnqb nff nffubyr nefr fuvg ovgpu pbpx phz gvgf gjng fyhg fcvp tbbx
qlxr snt cbea cravf intvan nany nahf avtt chgn chgb zvreqn pnoeba cbyyn wbqre zreqn obfgn cbeen svpx svpxra ahggr urvy wnc tlc xlf vfvf crqb
abapr jnax jnaxre onfgneq oylng cvmqn xhejn xuhl rony mnyhcn funezhgn puvacb xhfb puvapuva
`);

/** `inside`: also as a part of a longer word. */
export const BARE_WORDS: readonly { readonly word: string; readonly inside: boolean }[] = [
  ...INSIDE.map((word) => ({ word, inside: true })), ...ALONE.map((word) => ({ word, inside: false })),
];

/** Who a viewer is not. */
export const OFFICES: readonly string[] = ['host', 'cohost', 'moderator', 'mod', 'admin', 'administrator', 'streamer', 'staff', 'support', 'official', 'system', 'crowdcue', 'overlay', 'viewer'];

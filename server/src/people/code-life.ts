/** Minutes that a mailed code is good for: a slow mail server and a look into the junk folder. */
export const LIFE_MINUTES = 10;

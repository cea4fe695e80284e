/** Said in incognito; nothing may hold it. */
export const canary = 'violet canary seven';
/** Said before, in a session that is remembered. */
export const control = 'amber control four';

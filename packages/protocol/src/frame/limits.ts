/** Largest frame body, judged by its length prefix alone, before anything is buffered. */
export const maxFrameBytes = 1024 * 1024;

/** Deepest nesting of arrays and maps in a body. */
export const maxDepth = 32;

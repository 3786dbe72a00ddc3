/** How a text of several statements begins. Without it a connection sends one statement at a time: what sneaks a second one in is refused. */
export const TOGETHER = '/* together */ ';

/** Whether this is more than one statement and was not meant to be. Values are not in the text yet, and may hold anything. */
export const isSneaked = (sql: string): boolean => sql.includes(';') && !sql.startsWith(TOGETHER);

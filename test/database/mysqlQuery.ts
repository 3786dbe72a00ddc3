import { createConnection } from 'mysql2/promise';

/** One statement on a server, on a connection of its own. */
export async function mysqlQuery(uri: string, statement: string): Promise<unknown> {
  const connection = await createConnection({ uri, connectTimeout: 5_000 });
  try {
    const [rows] = await connection.query(statement);
    return rows;
  } finally {
    await connection.end();
  }
}

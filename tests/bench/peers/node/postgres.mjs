// The size of the database alone: the log of writes is of a size that the server's settings bound, whatever it holds.
export async function databaseBytes(pool) {
  await pool.query("CHECKPOINT");
  const { rows } = await pool.query("SELECT pg_database_size(current_database())::float8 AS bytes");
  return rows[0].bytes;
}

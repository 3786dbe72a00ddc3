import type { DataSource } from 'typeorm';

/** What is added to the first statement of each connection, so that a read sees every commit that was answered before it. */
export type CausalReads = '' | `, SESSION ${string}`;

/** A cluster whose reads would miss what another of its servers has committed: no withdrawal would be sure there. */
export class DirtyCluster extends Error {
  override readonly name = 'DirtyCluster';
}

/**
 * How reads are made causal on this server. A single server needs nothing; Galera is told to wait for what the cluster has
 * committed, Group Replication for what is before in its order. Asynchronous replicas are not supported: they know no such wait.
 */
export async function causalReads(source: DataSource): Promise<CausalReads> {
  const rows = await source.query<{ Variable_name: string; Value: string }[]>(
    "SHOW VARIABLES WHERE Variable_name IN ('wsrep_on', 'wsrep_dirty_reads', 'group_replication_consistency')",
  );
  const settings = new Map(rows.map(({ Variable_name: name, Value: value }) => [name, value.toUpperCase()]));
  if (settings.get('wsrep_on') === 'ON') {
    if (settings.get('wsrep_dirty_reads') === 'ON') throw new DirtyCluster('wsrep_dirty_reads is on: a node that is cut off would answer');
    return ', SESSION wsrep_sync_wait = 1';
  }
  return settings.has('group_replication_consistency') ? ", SESSION group_replication_consistency = 'BEFORE'" : '';
}

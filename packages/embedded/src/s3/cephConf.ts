/** What the configuration of a cluster of one node depends on. */
export interface CephCluster {
  /** A UUID. */
  fsid: string;
  /** The folder of the cluster, absolute. */
  dir: string;
  monitorPort: number;
  pluginSettings: Record<string, string>;
}

const MEMORY_BYTES = 4 * 1024 ** 3;

/** The address of the monitor, as Ceph writes it. */
export function monitorAddress({ monitorPort }: Pick<CephCluster, 'monitorPort'>): string {
  return `v2:127.0.0.1:${monitorPort}`;
}

/** The text of a `ceph.conf`: one node on 127.0.0.1, objects in memory, everything else below `dir`. */
export function cephConf(cluster: CephCluster): string {
  const { fsid, dir, pluginSettings } = cluster;
  const settings = {
    fsid,
    mon_host: monitorAddress(cluster),
    public_network: '127.0.0.0/8',
    ms_bind_msgr1: false,
    // Each of the many steps at a start waits for the monitor: by default a second each.
    paxos_propose_interval: 0.05,
    paxos_min_wait: 0.01,
    // How often a client that came before the store looks again; by default every 5 s.
    objecter_tick_interval: 0.2,

    keyring: `${dir}/keyring`,
    mon_data: `${dir}/mon`,
    osd_data: `${dir}/osd`,
    rgw_data: `${dir}/gateway`,
    run_dir: dir,
    crash_dir: dir,
    // The path of a socket may be too long for the system.
    admin_socket: '',
    log_to_file: false,
    mon_cluster_log_to_file: false,
    log_to_stderr: true,
    debug_rocksdb: 1,

    osd_objectstore: 'memstore',
    memstore_device_bytes: MEMORY_BYTES,
    osd_crush_chooseleaf_type: 0,
    osd_pool_default_size: 1,
    osd_pool_default_min_size: 1,
    osd_pool_default_pg_num: 1,
    osd_pool_default_pgp_num: 1,
    osd_pool_default_pg_autoscale_mode: 'off',
    mon_allow_pool_size_one: true,
    ...pluginSettings,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${String(value)}`);
  return `${['[global]', ...lines].join('\n')}\n`;
}

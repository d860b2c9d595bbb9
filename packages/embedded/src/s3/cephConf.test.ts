import { cephConf, monitorAddress } from './cephConf';

const cluster = { fsid: 'F', dir: '/a home/s3', monitorPort: 4711, pluginSettings: {} };
const linesOf = (changed: object = {}) => cephConf({ ...cluster, ...changed }).split('\n');

test('a cluster keeps to its folder, to memory and to 127.0.0.1', () => {
  expect(linesOf()).toEqual(
    expect.arrayContaining([
      '[global]',
      'fsid = F',
      'mon_host = v2:127.0.0.1:4711',
      'public_network = 127.0.0.0/8',
      'osd_objectstore = memstore',
      'mon_data = /a home/s3/mon',
    ]),
  );
  const outside = linesOf().filter((line) => / = \//.test(line) && !line.includes('/a home/s3'));
  expect(outside).toEqual([]);
});

test('plugins are looked for where they were unpacked', () => {
  const pluginSettings = { osd_class_dir: '/cache/rados-classes' };
  expect(linesOf({ pluginSettings })).toContain('osd_class_dir = /cache/rados-classes');
});

test('the monitor is named the way Ceph does', () => {
  expect(monitorAddress(cluster)).toBe('v2:127.0.0.1:4711');
});

import { BlockList } from 'node:net';
import fc from 'fast-check';
import { createOutbound } from './outbound';
import { isPublicAddress } from './publicAddress';

/** The special-purpose registries of IANA, and what else is not to be dialled. */
const CLOSED_V4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24'],
  ...['192.168.0.0/16', '192.175.48.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4', '168.63.129.16/32'],
];
const CLOSED_V6 = [
  ...['::/3', '2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'],
  ...['4000::/2', '8000::/1'],
];

function blockList(family: 'ipv4' | 'ipv6', ranges: string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [base = '', bits = ''] = range.split('/');
    list.addSubnet(base, Number(bits), family);
  }
  return list;
}

const dotted = (value: number) =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
const toNumber = (address: string) =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

const any = fc.nat({ max: 2 ** 32 - 1 });
const closed = fc.constantFrom(...CLOSED_V4).chain((range) => {
  const [base = '', bits = ''] = range.split('/');
  const first = toNumber(base);
  const last = first + 2 ** (32 - Number(bits)) - 1;
  return fc.oneof(fc.constantFrom(first, last), fc.integer({ min: first, max: last }));
});

test('IPv4 is public where no registry closes it', () => {
  const list = blockList('ipv4', CLOSED_V4);
  const beside = closed.chain((value) => fc.constantFrom(value - 1, value, value + 1));
  const property = fc.property(fc.oneof(any, beside), (value) => {
    const address = dotted(Math.min(Math.max(value, 0), 2 ** 32 - 1));
    expect(isPublicAddress(address)).toBe(!list.check(address, 'ipv4'));
  });
  fc.assert(property, { numRuns: 2_000 });
});

test('IPv6 is public where no registry closes it', () => {
  const list = blockList('ipv6', CLOSED_V6);
  const group = fc.nat({ max: 0xffff });
  const start = fc.oneof(
    fc.constantFrom([0x2001, 0x1ff], [0x2001, 0x200], [0x2001, 0xdb7], [0x2001, 0xdb8]),
    fc.constantFrom([0x2620, 0x4f], [0x3fff, 0xfff], [0x3fff, 0x1000], [0x2606, 0x4700]),
    fc.tuple(fc.constantFrom(0x64, 0x1fff, 0x2000, 0x2002, 0x2003, 0x3fff, 0x4000, 0xfe80), group),
    fc.tuple(group, group),
  );
  const rest = fc.array(fc.oneof(fc.constant(0), group), { minLength: 6, maxLength: 6 });
  const property = fc.property(start, rest, (first, others) => {
    const address = [...first, ...others].map((part) => part.toString(16)).join(':');
    expect(isPublicAddress(address)).toBe(!list.check(address, 'ipv6'));
  });
  fc.assert(property, { numRuns: 2_000 });
});

test('an IPv4 address that is not public is refused in every notation', () => {
  const outbound = createOutbound({ isHttpAllowed: true });
  const property = fc.property(closed, (value) => {
    const parts = dotted(value).split('.').map(Number);
    const [a = 0, b = 0, c = 0, d = 0] = parts;
    const hex = (part: number) => `0x${part.toString(16)}`;
    const octal = (part: number) => `0${part.toString(8)}`;
    const notations = [
      ...[dotted(value), String(value), hex(value), octal(value), `${dotted(value)}.`],
      ...[parts.map(hex).join('.'), parts.map(octal).join('.'), `${hex(a)}.${octal(b)}.${c}.${d}`],
      ...[`${a}.${b}.${c * 256 + d}`, `${a}.${(b * 256 + c) * 256 + d}`],
      dotted(value).replaceAll(/./g, (sign) => `%${sign.charCodeAt(0).toString(16)}`),
      dotted(value).replaceAll(/\d/g, (sign) => String.fromCodePoint(0xff10 + Number(sign))),
    ];
    const urls = notations.flatMap((host) => [`http://${host}/`, `https://${host}:8443/`]);
    expect(urls.filter((url) => outbound.refusalOf(url) === null)).toEqual([]);
  });
  fc.assert(property, { numRuns: 1_000 });
});

test('an IPv4 address inside IPv6 is refused, whichever it is', () => {
  const outbound = createOutbound({ isHttpAllowed: true });
  const property = fc.property(fc.oneof(any, closed), (value) => {
    const [high, low] = [value >>> 16, value & 0xffff].map((half) => half.toString(16));
    const [turnedHigh, turnedLow] = [~value >>> 16, ~value & 0xffff].map((half) =>
      half.toString(16),
    );
    const forms = [
      ...[`::ffff:${high}:${low}`, `::ffff:${dotted(value)}`, `::${high}:${low}`],
      ...[`::ffff:0:${high}:${low}`, `64:ff9b::${high}:${low}`, `64:ff9b:1::${high}:${low}`],
      ...[`64:ff9b:1:${high}:0:${low}::`, `2002:${high}:${low}::`, `2002:${high}:${low}::1`],
      ...[`2001:0:${high}:${low}::`, `2001::${turnedHigh}:${turnedLow}`],
    ];
    const isTaken = (form: string) =>
      isPublicAddress(form) || outbound.refusalOf(`https://[${form}]/`) === null;
    expect(forms.filter(isTaken)).toEqual([]);
  });
  fc.assert(property, { numRuns: 2_000 });
});

test.each(['8.8.8.8', '1.1.1.1', '100.63.255.255', '2606:4700:4700::1111', '2a00:1450::200e'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each(['', 'localhost', '127.1', '8', '8.8.8.8:80', '2606:4700:4700::1111%eth0', '[::1]'])(
  '%j is no public address',
  (text) => {
    expect(isPublicAddress(text)).toBe(false);
  },
);

import { createS3Storage, type S3StorageOptions } from './index';

const keys = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
const options = { size: 5, contentType: 'image/png', expiresInS: 60 };

const inside = { endpoint: 'http://10.0.0.1:9000' };
const outside = { ...inside, publicEndpoint: 'https://s3.example.org' };

async function sign(store: Partial<S3StorageOptions>) {
  const settings = { bucket: 'pictures', region: 'eu-central-1', ...keys };
  const storage = createS3Storage({ ...settings, forcePathStyle: 'endpoint' in store, ...store });
  const signed = await storage.presignPut('a/b', options);
  await storage.close();
  return signed && new URL(signed.url);
}

describe('presignPut in S3', () => {
  it.each([
    ['AWS', {}, 'https://pictures.s3.eu-central-1.amazonaws.com/a/b'],
    ['another service, as clients reach it', outside, 'https://s3.example.org/pictures/a/b'],
  ])('gives an address of %s, without asking it', async (_, store, address) => {
    const url = await sign(store);
    expect(`${url?.origin}${url?.pathname}`).toBe(address);
  });

  it('gives none of a service that clients are not known to reach', async () => {
    expect(await sign(inside)).toBeNull();
  });

  it('signs the type, the size and the host, for that long', async () => {
    const searchParams = (await sign({}))?.searchParams ?? new URLSearchParams();
    const signed = searchParams.get('X-Amz-SignedHeaders');
    expect(signed).toBe('content-length;content-type;host');
    expect(searchParams.get('X-Amz-Expires')).toBe('60');
    expect([...searchParams.keys()].join()).not.toMatch(/checksum/i);
  });
});

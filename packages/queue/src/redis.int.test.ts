import { testRedisUrl } from '@avatarforge/testing';
import { connectRedis } from './redis';

const options = { maxRetriesPerRequest: null };

describe('connectRedis', () => {
  it('lets nobody open a connection again that was closed, nor a copy of it', async () => {
    const { client, close } = connectRedis(testRedisUrl(), options, () => undefined);
    const copy = client.duplicate();
    await Promise.all([client.ping(), copy.ping()]);
    close();
    await expect(client.connect()).rejects.toThrow('Connection is closed.');
    await expect(copy.connect()).rejects.toThrow('Connection is closed.');
  });
});

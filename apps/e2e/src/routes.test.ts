import { operations, type OperationName } from '@avatarforge/contracts';
import { startSmtpSink, type SmtpSink } from '@avatarforge/testing';
import { givenHome, startAvatarForge, type AvatarForge } from './fixtures/avatarForge';
import { givenStores } from './fixtures/stores';
import { apiAt } from './routes/api';
import { avatars } from './routes/avatars';
import { batches } from './routes/batches';
import { cleanUps } from './routes/cleanUps';
import { directUploads } from './routes/directUploads';
import { emails } from './routes/emails';
import { files } from './routes/files';
import { generations } from './routes/generations';
import { instances } from './routes/instances';
import { live } from './routes/live';
import { originalFiles } from './routes/originalFiles';
import { pages } from './routes/pages';
import { webhooks } from './routes/webhooks';
import { STEP_MS } from './routes/wishes';
import { workflows } from './routes/workflows';

jest.setTimeout(90_000);

/** What a store without addresses of its own refuses. */
const ONLY_ON_S3: OperationName[] = ['startUpload', 'completeUpload'];

describe.each(givenStores())('every route, with pictures on $store', ({ store, env }) => {
  let avatarForge: AvatarForge;
  let sink: SmtpSink;
  const api = apiAt(() => avatarForge.url);

  beforeAll(async () => {
    sink = await startSmtpSink();
    const own = {
      COMFY_SIM_STEP_MS: String(STEP_MS),
      OUTBOUND_ALLOW: '127.0.0.1',
      SMTP_URL: sink.url,
    };
    avatarForge = await startAvatarForge(await givenHome(), { ...own, ...env });
  }, 150_000);

  afterAll(() => avatarForge.stop(), 30_000);

  pages(api);
  originalFiles(api);
  avatars(api);
  generations(api, () => avatarForge.executions());
  files(api);
  directUploads(api, store);
  cleanUps(api, { store, storageDir: () => `${avatarForge.home}/storage` });
  workflows(api);
  instances(api);
  batches(api);
  emails(api, () => sink);
  live(api);
  webhooks(api);

  test('no operation was left out', () => {
    const names = Object.keys(operations) as OperationName[];
    const missing = names.filter((name) => !api.answered.has(name));
    expect(missing.sort()).toEqual(store === 'disk' ? [...ONLY_ON_S3].sort() : []);
  });
});

export { judgeAnswer, type Outcome } from './judgeAnswer';
export { nextWait, parseRetryAfter, RETRY_WAITS } from './schedule';
export { newSecret, verifierOf, type Signing } from './secrets';
export { signDelivery } from './signDelivery';
export { verifySignature, type Signed } from './verifySignature';

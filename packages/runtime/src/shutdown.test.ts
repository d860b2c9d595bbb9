import { onShutdown } from './shutdown';

describe('onShutdown', () => {
  it('calls the handler once, at the first of the signals', () => {
    const seen: string[] = [];
    const stopListening = onShutdown((signal) => Promise.resolve(void seen.push(signal)));
    process.emit('SIGTERM', 'SIGTERM');
    process.emit('SIGINT', 'SIGINT');
    process.emit('SIGTERM', 'SIGTERM');
    stopListening();
    expect(seen).toEqual(['SIGTERM']);
  });

  it('stops listening when told to', () => {
    const before = process.listenerCount('SIGTERM');
    onShutdown(() => Promise.resolve())();
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });
});

/** The SDK is pinned; what a later version of it wants from Node is no news for who runs this one. */
export function silenceVersionWarning(): void {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
}

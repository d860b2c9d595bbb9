/** The real servers to try beside the simulator: `COMFYUI_URLS`, separated by commas. */
export function comfyUrls(): string[] {
  const urls = (process.env['COMFYUI_URLS'] ?? '').split(',').map((url) => url.trim());
  return urls.filter((url) => url !== '');
}

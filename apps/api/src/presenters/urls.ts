/** Where v1 shows a file. */
export function fileUrl(id: string): string {
  return `/v1/files/${id}`;
}

/** Where v1 has the bytes of a file. */
export function contentUrl(id: string): string {
  return `${fileUrl(id)}/content`;
}

/** Where the original contract has the bytes of a file. */
export function originalFileUrl(fileId: string): string {
  return `/avatarforge-controller/files/${fileId}`;
}

/** Where v1 shows a generation. */
export function generationUrl(id: string): string {
  return `/v1/generations/${id}`;
}

/** Where v1 shows a batch. */
export function batchUrl(id: string): string {
  return `/v1/batches/${id}`;
}

/** Where v1 shows a webhook endpoint. */
export function webhookEndpointUrl(id: string): string {
  return `/v1/webhook-endpoints/${id}`;
}

/** Where v1 shows a delivery. */
export function deliveryUrl(id: string): string {
  return `/v1/deliveries/${id}`;
}

/** Where v1 shows an instance. */
export function instanceUrl(id: string): string {
  return `/v1/instances/${id}`;
}

/** The address of an instance without its credentials; what is no URL is not shown at all. */
export function shownAddress(address: string): string {
  if (!URL.canParse(address)) return '';
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href.replace(/\/+$/, '');
}

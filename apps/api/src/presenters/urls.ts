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

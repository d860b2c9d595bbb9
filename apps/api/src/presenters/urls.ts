/** Where the bytes of a file are. */
export function fileUrl(fileId: string): string {
  return `/avatarforge-controller/files/${fileId}`;
}

/** Where v1 shows a generation. */
export function generationUrl(id: string): string {
  return `/v1/generations/${id}`;
}
